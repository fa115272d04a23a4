import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { plainLine } from '../../dev/worker-lines.ts';
import { sql } from '../support/chats/rows.ts';
import { FAILURES } from '../support/faults.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { database } from '../support/proxies.ts';
import { stack } from '../support/stack.ts';

afterEach(() => database.behave({ mode: 'pass' }));

/** Runs what Cloudflare runs every hour. */
const runHourly = async () => {
  const answer = await fetch(`${stack.apiUrl}/cdn-cgi/local/scheduled?format=json`);
  expect([answer.status, await answer.json()]).toMatchObject([200, { outcome: 'ok' }]);
};

/** The lines that the Worker logged of an event, once there are so many. */
const linesOf = async (event: string, count: number) => {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    const lines = readFileSync(stack.logFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"event":"${event}"`));
    if (lines.length >= count || Date.now() > deadline)
      return lines.map((line) => JSON.parse(plainLine(line) ?? line));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Entries of a feed, numbered from 1, each so many hours old. */
const writeEntries = async (ages: readonly number[]) => {
  const userId = crypto.randomUUID();
  await sql`
    insert into feed_entries (user_id, n, at, chat_id, kind, seq)
    select ${userId}, n, now() - make_interval(hours => age), 'c', 'message', n
    from unnest(${ages}::int[]) with ordinality as given (age, n)`;
  const left = async () =>
    (await sql`select n from feed_entries where user_id = ${userId} order by n`).map(({ n }) => +n);
  return { userId, left };
};

const writeRates = async (hours: readonly number[]) => {
  const userId = crypto.randomUUID();
  await sql`
    insert into user_rates (user_id, name, free_at)
    select ${userId}, age::text, now() - make_interval(hours => age)
    from unnest(${hours}::int[]) as given (age)`;
  const left = async () =>
    (await sql`select name from user_rates where user_id = ${userId}`).map(({ name }) => +name);
  return { left };
};

const DAYS = 24;

describe('the hourly run', () => {
  test('[M29] it deletes entries older than 30 days, rates long unused, and nothing else', async () => {
    const before = (await linesOf('feed.trimmed', 0)).length;
    const entries = await writeEntries([40 * DAYS, 30 * DAYS + 2, 30 * DAYS, 29 * DAYS, 0]);
    const rates = await writeRates([100, 25, 23, 0, -1]);
    await runHourly();
    expect(await entries.left()).toEqual([3, 4, 5]);
    expect((await rates.left()).sort()).toEqual([-1, 0, 23].sort());
    expect((await linesOf('feed.trimmed', before + 1)).at(-1)).toMatchObject({
      level: 'info',
      done: true,
    });
  });

  test('[M29] it goes on in statements of a bounded size until nothing is left', async () => {
    const entries = await writeEntries([...Array(12_000).fill(31 * DAYS), 1]);
    await database.behave({ mode: 'pass' });
    const before = (await linesOf('feed.trimmed', 0)).length;
    await runHourly();
    // The last one is for the subscriptions of pushes.
    expect(await database.calls()).toBe(4);
    expect(await entries.left()).toEqual([12_001]);
    const line = (await linesOf('feed.trimmed', before + 1)).at(-1);
    expect(line).toMatchObject({ entries: 12_000, done: true });
  });

  test.each(FAILURES)(
    '[M29] with the database $mode it logs why and deletes nothing',
    async (fault) => {
      const before = (await linesOf('feed.not_trimmed', 0)).length;
      const entries = await writeEntries([31 * DAYS]);
      await database.behave(fault);
      await runHourly();
      await database.behave({ mode: 'pass' });
      const line = (await linesOf('feed.not_trimmed', before + 1)).at(-1);
      expect(line).toMatchObject({
        level: 'error',
        reason: expect.stringContaining('trim failed'),
      });
      expect(await entries.left()).toEqual([1]);
      await runHourly();
      expect(await entries.left()).toEqual([]);
    },
  );
});
