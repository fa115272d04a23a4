import { afterEach, describe, expect, test } from 'vitest';
import { BLOCK_RATE, BLOCKED_LIMIT } from '../../src/people/limits.ts';
import { newPeople, sql } from '../support/chats/chats.ts';
import type { Api } from '../support/client.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { newTwo, peopleAs } from '../support/people.ts';
import { ProxyControl } from '../support/proxy.ts';
import { race, repeated, statuses } from '../support/races.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);

afterEach(() => database.behave({ mode: 'pass' }));

/** Somebody who has blocked so many people, of whom the database knows nothing else. */
const withBlocked = async (count: number) => {
  const [anna, boris] = await newTwo();
  await sql`
    insert into blocks (user_id, blocked_id, created_at)
    select ${anna.id}, gen_random_uuid()::text, now() - interval '1 day'
    from generate_series(1, ${count})`;
  return { anna, boris };
};

const blockedBy = async (userId: string) =>
  (await sql`select count(*)::int as count from blocks where user_id = ${userId}`)[0]?.count;

describe('blocking somebody', () => {
  test('[M42, M44] puts them on my list, however often, and ending it takes them off', async () => {
    const [anna, boris, cyd] = await newPeople(3);
    if (!anna || !boris || !cyd) throw new Error('There are no three');
    const { block, unblock, blocked } = peopleAs(api, anna);
    expect(await blocked()).toEqual([]);
    for (const { id } of [boris, boris, cyd, boris]) {
      const { status, body } = await block(id);
      expect([status, body]).toEqual([200, { ok: true }]);
    }
    const shown = ({ id, username, displayName }: typeof boris) => ({ id, username, displayName });
    expect(await blocked(), 'the latest first').toEqual([shown(cyd), shown(boris)]);
    for (const id of [boris.id, boris.id, crypto.randomUUID(), anna.id]) {
      const { status, body } = await unblock(id);
      expect([status, body]).toEqual([200, { ok: true }]);
    }
    expect(await blocked()).toEqual([shown(cyd)]);
    for (const other of [boris, cyd]) expect(await peopleAs(api, other).blocked()).toEqual([]);
  });

  test('[M44] shows names as others see them, and who was deleted by their id alone', async () => {
    const [anna] = await newTwo();
    const [nameless] = await newPeople(1);
    if (!nameless) throw new Error('Nobody was made');
    await sql`update users set display_name = ${'\u3164'} where id = ${nameless.id}`;
    const { block, blocked } = peopleAs(api, anna);
    await block(nameless.id);
    expect(await blocked()).toEqual([
      { id: nameless.id, username: nameless.username, displayName: nameless.username },
    ]);
    await sql`delete from users where id = ${nameless.id}`;
    expect(await blocked()).toEqual([{ id: nameless.id, username: '', displayName: '' }]);
  });

  test('[M44] finds nobody in oneself, in nobody, and in what is no id', async () => {
    const [anna] = await newTwo();
    const { block, unblock, blocked } = peopleAs(api, anna);
    for (const id of [anna.id, crypto.randomUUID(), 'x', '%00', "'--", 'x'.repeat(65), '%ff']) {
      const answer = await block(id);
      expect([answer.status, answer.body.error], id).toEqual([404, 'User not found']);
    }
    for (const id of ['%00', "'--", 'x'.repeat(65)]) expect((await unblock(id)).status).toBe(404);
    expect(await blocked()).toEqual([]);
    const gone = { token: await legacyToken(crypto.randomUUID()) };
    expect((await peopleAs(api, gone).block(anna.id)).status).toBe(404);
  });

  test(`[M44] takes ${BLOCKED_LIMIT} people, and who is among them is so still`, async () => {
    const { anna, boris } = await withBlocked(BLOCKED_LIMIT - 1);
    const [, other] = await newTwo();
    const { block, unblock, blocked } = peopleAs(api, anna);
    expect((await block(boris.id)).status).toBe(200);
    const refused = await block(other.id);
    expect([refused.status, refused.body.code]).toEqual([409, 'too_many_blocked']);
    expect((await block(boris.id)).status).toBe(200);
    expect(await blocked()).toHaveLength(BLOCKED_LIMIT);
    await unblock(boris.id);
    expect((await block(other.id)).status).toBe(200);
  });

  test('[M44] takes no more than that when many are blocked at once', () =>
    race(async () => {
      const { anna } = await withBlocked(BLOCKED_LIMIT - 2);
      const others = await newPeople(8);
      const answers = await Promise.all(others.map(({ id }) => peopleAs(api, anna).block(id)));
      expect(statuses(answers)).toEqual({ 200: 2, 409: 6 });
      expect(await blockedBy(anna.id)).toBe(BLOCKED_LIMIT);
    }));

  test('[M44] somebody many times at once blocks them once', () =>
    race(async () => {
      const [anna, boris] = await newTwo();
      const answers = await Promise.all(repeated(8, () => peopleAs(api, anna).block(boris.id)));
      expect(statuses(answers)).toEqual({ 200: answers.length });
      expect(await blockedBy(anna.id)).toBe(1);
    }));

  test('[M44, H12] is limited, together with ending it, and nothing is written beyond', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const [anna, boris] = await newTwo();
    const { block, unblock, blocked } = peopleAs(local, anna);
    for (let n = 0; n < BLOCK_RATE.burst; n++)
      expect((await (n % 2 === 0 ? block : unblock)(boris.id)).status).toBe(200);
    for (const ask of [block, unblock]) {
      const refused = await ask(boris.id);
      expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
      expect(refused.headers.get('Retry-After')).toBe('1');
    }
    expect(await blocked()).toEqual([]);
    expect((await peopleAs(local, boris).block(anna.id)).status).toBe(200);
    clock.advance(1);
    expect((await block(boris.id)).status).toBe(200);
  });

  test('[M44] is 1 statement, ending it too, and so is the list', async () => {
    const [anna, boris] = await newTwo();
    const { block, unblock, blocked } = peopleAs(api, anna);
    await blocked();
    for (const ask of [() => block(boris.id), () => unblock(boris.id), blocked]) {
      await database.behave({ mode: 'pass' });
      await ask();
      expect(await database.calls()).toBe(1);
    }
  });
});

describe('whom I have blocked', () => {
  /** What somebody sees of the one who may have blocked them, but for ids and names. */
  const viewOf = async (local: Api, me: { token: string }, other: { id: string }) => {
    const key = await peopleAs(local, me).keyOf(other.id);
    return [key.status, key.body, await peopleAs(local, me).blocked()];
  };

  test('[M42] sees nothing of it in my key and in their own list', async () => {
    const [anna, boris] = await newTwo();
    const before = await viewOf(api, boris, anna);
    await peopleAs(api, anna).block(boris.id);
    expect(await viewOf(api, boris, anna)).toEqual(before);
    // They may block me as well.
    expect((await peopleAs(api, boris).block(anna.id)).status).toBe(200);
  });
});
