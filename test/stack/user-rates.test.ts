import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createDatabase } from '../../src/platform/db/client.ts';
import { takeRate } from '../../src/platform/db/fragments.ts';
import { TestClock } from '../support/client.ts';
import { crowd, race, repeated } from '../support/races.ts';
import { stack } from '../support/stack.ts';

const { DATABASE_URL, DATABASE_ENDPOINT } = stack.settings;
const db = createDatabase(String(DATABASE_URL), DATABASE_ENDPOINT);
const Rates = z.tuple([z.object({ allowed: z.boolean(), wait_ms: z.int() })]);
const RATE = { name: 'tests', burst: 3, perSecond: 0.5 };

/** A user who asks for room at the time of a clock. */
const newAsker = (clock = new TestClock()) => {
  const userId = crypto.randomUUID();
  const ask = async (when = sql`true`) => {
    const asked = { ...RATE, userId, now: clock.now() };
    const { rows } = await db.execute(sql`with ${takeRate(asked, when)} select * from rate`);
    const [{ allowed, wait_ms: waitMs }] = Rates.parse(rows);
    return allowed ? 'allowed' : waitMs;
  };
  return { ask, clock };
};

describe('rates of users', () => {
  test('a burst is allowed at once, then one in each span, and the wait says when', async () => {
    const { ask, clock } = newAsker();
    for (let i = 0; i < 3; i++) expect(await ask()).toBe('allowed');
    expect(await ask()).toBe(2_000);
    clock.advance(1.5);
    expect(await ask()).toBe(500);
    clock.advance(0.5);
    expect(await ask()).toBe('allowed');
    expect(await ask()).toBe(2_000);
  });

  test('after a rest the burst is there again, and no more than it', async () => {
    const { ask, clock } = newAsker();
    for (let i = 0; i < 3; i++) await ask();
    clock.advance(3_600);
    for (let i = 0; i < 3; i++) expect(await ask()).toBe('allowed');
    expect(await ask()).toBe(2_000);
  });

  test('what does not ask for room costs nothing', async () => {
    const { ask } = newAsker();
    for (let i = 0; i < 5; i++) expect(await ask(sql`false`)).not.toBe('allowed');
    for (let i = 0; i < 3; i++) expect(await ask()).toBe('allowed');
  });

  test('one user takes nothing from another', async () => {
    const clock = new TestClock();
    const [one, other] = [newAsker(clock), newAsker(clock)];
    for (let i = 0; i < 4; i++) await one.ask();
    expect(await other.ask()).toBe('allowed');
  });

  test('of many who ask at once exactly the burst is allowed', () =>
    race(async (index) => {
      const { ask } = newAsker();
      const answers = await Promise.all(repeated(crowd(index), () => ask()));
      expect(answers.filter((answer) => answer === 'allowed')).toHaveLength(3);
    }));
});
