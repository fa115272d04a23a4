import { afterEach, describe, expect, test } from 'vitest';
import { messagesAs, newPair, sql } from '../support/chats/chats.ts';
import type { Answer } from '../support/client.ts';
import { localApi, runningApi } from '../support/client.ts';
import { expectUnavailable, FAILURES } from '../support/faults.ts';
import { database, heal, redis } from '../support/proxies.ts';

const api = runningApi();
afterEach(heal);

/** Two people with a chat, whose sessions are known, and one message. */
const newTalk = async (of = api) => {
  const { anna, boris, chat } = await newPair();
  const [asAnna, asBoris] = [messagesAs(of, anna, chat), messagesAs(of, boris, chat)];
  const { body } = await asAnna.send({ text: 'Первое', clientId: 'first' });
  await asBoris.list('?limit=1');
  return { anna, boris, chat, asAnna, asBoris, id: String(body.id) };
};

const callsOf = async (work: () => Promise<unknown>) => {
  await heal();
  await work();
  return { sql: await database.calls(), redis: await redis.calls() };
};

/** All that a change of a chat writes. */
const stateOf = (chat: string) => sql`
  select chats.*, (select json_agg(messages order by seq) from messages where chat_id = chats.id),
    (select json_agg(chat_members order by user_id) from chat_members where chat_id = chats.id),
    (select json_agg(entry order by user_id, n) from feed_entries as entry
      where entry.chat_id = chats.id),
    (select json_agg(feeds order by user_id) from feeds join chat_members using (user_id)
      where chat_id = chats.id),
    (select json_agg(user_rates order by user_id, name) from user_rates
      join chat_members using (user_id) where chat_id = chats.id)
  from chats where id = ${chat}`;

type Talk = Awaited<ReturnType<typeof newTalk>>;

const REQUESTS: readonly (readonly [name: string, request: (talk: Talk) => Promise<Answer>])[] = [
  ['sending', ({ asAnna }) => asAnna.send({ text: 'Второе' })],
  ['sending once more', ({ asAnna }) => asAnna.send({ text: 'Первое', clientId: 'first' })],
  ['what a legacy client lists, and its mark', ({ asBoris }) => asBoris.list()],
  ['a page', ({ asBoris }) => asBoris.list('?limit=10')],
  ['one message', ({ asBoris, id }) => asBoris.get(id)],
  ['editing', ({ asAnna, id }) => asAnna.edit(id, { text: 'Иначе' })],
  ['deleting', ({ asAnna, id }) => asAnna.remove(id)],
  ['a mark', ({ asBoris }) => asBoris.read(1)],
];

describe('calls to the stores', () => {
  test.each(REQUESTS)(
    '[M15] %s is one call to the database, its limit included',
    async (_, request) => {
      const talk = await newTalk();
      expect(await callsOf(() => request(talk))).toEqual({ sql: 1, redis: 0 });
    },
  );

  test('[M12, M13] what is refused at sight asks no store', async () => {
    const { asAnna } = await newTalk();
    const bodies = [{ text: '' }, { text: 'a\0' }, { text: 'Раз', attachment: { type: 'x' } }];
    for (const body of bodies) {
      expect(await callsOf(() => asAnna.send(body))).toEqual({ sql: 0, redis: 0 });
    }
  });
});

const CHANGES = REQUESTS.filter(
  ([name]) => !['a page', 'one message', 'sending once more'].includes(name),
);

/** What can be asked for again without a clientId. */
const REPEATABLE = CHANGES.filter(([name]) => name !== 'sending');

describe('a database that fails', () => {
  test.each(
    FAILURES.flatMap((failure) =>
      CHANGES.map(([name, request]) => ({ ...failure, failure, name, request })),
    ),
  )(
    '[M17, H13] $name with the database $mode is 503, and nothing is half-done',
    async ({ failure, request }) => {
      const talk = await newTalk();
      const before = await stateOf(talk.chat);
      await database.behave(failure);
      await expectUnavailable(() => request(talk));
      await heal();
      expect(await stateOf(talk.chat)).toEqual(before);
    },
  );

  test('[M10, M17] a lost answer is asked for again by the clientId: the same message, told once', async () => {
    const { boris, chat, asAnna, asBoris } = await newTalk();
    await database.behave({ mode: 'deaf' });
    await expectUnavailable(() => asAnna.send({ text: 'Второе', clientId: 'second' }));
    await heal();
    await database.idle();
    const known = await asBoris.list('?limit=10');
    const again = await asAnna.send({ text: 'Второе', clientId: 'second' });
    expect(again).toMatchObject({ status: 200, body: { text: 'Второе', seq: 2 } });
    const after = await asBoris.list('?limit=10');
    expect(after.text).toBe(known.text);
    expect(after.text).toContain(again.body.id);
    expect(await sql`select n::int from feeds where user_id = ${boris.id}`).toEqual([{ n: 2 }]);
    expect(await sql`select last_seq::int from chats where id = ${chat}`).toEqual([
      { last_seq: 2 },
    ]);
  });

  test.each(REPEATABLE)(
    '[M17] %s whose answer was lost is made again, and is done once',
    async (_, request) => {
      const talk = await newTalk();
      await database.behave({ mode: 'deaf' });
      await expectUnavailable(() => request(talk));
      await heal();
      await database.idle();
      const after = await stateOf(talk.chat);
      expect(await request(talk)).toMatchObject({ status: 200 });
      expect(await stateOf(talk.chat)).toEqual(after);
    },
  );

  test('[M17] one that is slow and late is there wholly, or the client hears of nothing', async () => {
    const { chat, asAnna } = await newTalk();
    await database.behave({ mode: 'slow', ms: 3_000 });
    await expectUnavailable(() => asAnna.send({ text: 'Второе', clientId: 'second' }));
    await heal();
    await database.idle();
    const { status, body } = await asAnna.send({ text: 'Второе', clientId: 'second' });
    expect([200, 201]).toContain(status);
    expect(body).toMatchObject({ seq: 2 });
    const entries = await sql`select count(*)::int as count from feed_entries
      where chat_id = ${chat} and seq = 2`;
    expect(entries).toEqual([{ count: 2 }]);
  });

  test('[H13, H14] a page is asked for twice where the database passes through a state', async () => {
    const { asBoris } = await newTalk();
    await database.behave({ mode: 'state', code: '57P01', times: 1 });
    expect((await asBoris.list('?limit=10')).status).toBe(200);
    expect(await database.calls()).toBe(2);
  });

  test.each(['40001', '40P01', '57014', '53300'])(
    '[M17, H14] a change in the state %s is 503, and not made twice',
    async (code) => {
      const { chat, asAnna } = await newTalk();
      const before = await stateOf(chat);
      await database.behave({ mode: 'state', code, times: 1 });
      await expectUnavailable(() => asAnna.send({ text: 'Второе' }));
      expect(await database.calls()).toBe(1);
      expect(await stateOf(chat)).toEqual(before);
    },
  );

  test('[M17] without Redis nobody new sends, and nothing is written', async () => {
    const talk = await newTalk();
    const before = await stateOf(talk.chat);
    await redis.behave({ mode: 'dead' });
    const local = localApi();
    await expectUnavailable(() => messagesAs(local, talk.anna, talk.chat).send({ text: 'Раз' }));
    await heal();
    expect(await stateOf(talk.chat)).toEqual(before);
  });
});
