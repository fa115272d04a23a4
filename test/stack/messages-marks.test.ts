import { describe, expect, test } from 'vitest';
import { messagesAs, newGroup, newPair, newPeople, sql } from '../support/chats/chats.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

/** A talk, what each does in it, and what they have not read by the columns and by counting. */
const newTalk = async () => {
  const { anna, boris, chat } = await newPair();
  const unread = async (userId: string) =>
    (
      await sql`select last_seq::int - read_seq::int - own_unread as told, (
        select count(*)::int from messages
        where chat_id = ${chat} and seq > read_seq and sender_id <> user_id) as counted
      from chat_members join chats on id = chat_id
      where chat_id = ${chat} and user_id = ${userId}`
    )[0];
  const [asAnna, asBoris] = [messagesAs(api, anna, chat), messagesAs(api, boris, chat)];
  return { anna, boris, chat, asAnna, asBoris, unread };
};

const readEntries = (chat: string) =>
  sql`select user_id, about from feed_entries where chat_id = ${chat} and kind = 'read'
    order by user_id`;

describe('a mark', () => {
  test('[M18] it grows, and who says less changes nothing', async () => {
    const { asAnna, asBoris } = await newTalk();
    for (let i = 0; i < 5; i++) await asAnna.send({ text: 'Раз' });
    const marks = [2, 1, 0, 2, 4].map((seq) => async () => (await asBoris.read(seq)).body);
    const seen = [];
    for (const mark of marks) seen.push(await mark());
    expect(seen).toEqual([
      { readSeq: 2, unread: 3 },
      { readSeq: 2, unread: 3 },
      { readSeq: 2, unread: 3 },
      { readSeq: 2, unread: 3 },
      { readSeq: 4, unread: 1 },
    ]);
  });

  test('[M18] it never gets past the last message', async () => {
    const { asAnna, asBoris } = await newTalk();
    expect((await asBoris.read(7)).body).toEqual({ readSeq: 0, unread: 0 });
    await asAnna.send({ text: 'Раз' });
    expect((await asBoris.read(Number.MAX_SAFE_INTEGER)).body).toEqual({ readSeq: 1, unread: 0 });
    await asAnna.send({ text: 'Два' });
    expect((await asBoris.read(0)).body).toEqual({ readSeq: 1, unread: 1 });
  });

  test.each(['1', 1.5, -1, true, [], {}, null, undefined, 2 ** 53])(
    '[M18] %j is no mark',
    async (seq) => {
      const { asBoris } = await newTalk();
      expect(await asBoris.read(seq)).toMatchObject({
        ...{ status: 400, body: { code: 'invalid_field' } },
      });
    },
  );

  test('[M18] in a personal chat both hear of it, once until they have read that', async () => {
    const { anna, boris, chat, asAnna, asBoris } = await newTalk();
    await asAnna.send({ text: 'Раз' });
    await asAnna.send({ text: 'Два' });
    await asBoris.read(1);
    await asBoris.read(2);
    const ids = [anna.id, boris.id].sort();
    expect(await readEntries(chat)).toEqual(ids.map((id) => ({ user_id: id, about: boris.id })));
    expect(await sql`select version::int from chats where id = ${chat}`).toEqual([{ version: 4 }]);
  });

  test.each([
    ['a channel', { type: 'channel' }],
    ['a large group', { type: 'group', large: true }],
  ])(
    '[M18, M26] in %s only the reader’s own devices do, and the chat has not changed',
    async (_, row) => {
      const {
        people: [admin, reader],
        chat,
      } = await newGroup(2, row);
      if (!admin || !reader) throw new Error('Nobody was made');
      await messagesAs(api, admin, chat).send({ text: 'Раз' });
      const answer = await messagesAs(api, reader, chat).read(1);
      expect(answer.body).toEqual({ readSeq: 1, unread: 0 });
      expect(await readEntries(chat)).toEqual([{ user_id: reader.id, about: reader.id }]);
      expect(await sql`select version::int from chats where id = ${chat}`).toEqual([
        { version: 1 },
      ]);
    },
  );
});

describe('what is unread', () => {
  test('[M19] it is what others wrote after the mark, whoever wrote and read when', async () => {
    const { anna, boris, asAnna, asBoris, unread } = await newTalk();
    const both = async () => [await unread(anna.id), await unread(boris.id)];
    const same = (count: number) => ({ told: count, counted: count });
    await asAnna.send({ text: '1' });
    await asAnna.send({ text: '2' });
    expect(await both()).toEqual([same(0), same(2)]);
    await asBoris.send({ text: '3' });
    expect(await both()).toEqual([same(1), same(2)]);
    await asBoris.read(1);
    expect(await both()).toEqual([same(1), same(1)]);
    await asBoris.read(2);
    expect(await both()).toEqual([same(1), same(0)]);
    await asBoris.send({ text: '4' });
    await asAnna.send({ text: '5' });
    expect(await both()).toEqual([same(2), same(1)]);
    await asAnna.read(3);
    expect(await both()).toEqual([same(1), same(1)]);
    await asBoris.list();
    await asAnna.list();
    expect(await both()).toEqual([same(0), same(0)]);
  });

  test('[M19] what somebody sends is not unread for them, and moves no mark', async () => {
    const { anna, boris, asAnna, asBoris } = await newTalk();
    await asAnna.send({ text: '1' });
    expect((await asAnna.read(0)).body).toEqual({ readSeq: 0, unread: 0 });
    await asBoris.send({ text: '2' });
    expect((await asBoris.read(0)).body).toEqual({ readSeq: 0, unread: 1 });
    await asBoris.read(2);
    await asBoris.send({ text: '3' });
    expect((await asBoris.read(0)).body).toEqual({ readSeq: 2, unread: 0 });
    const own = await sql`
      select user_id, own_unread from chat_members where user_id in (${anna.id}, ${boris.id})
      order by user_id = ${boris.id}`;
    expect(own.map(({ own_unread }) => own_unread)).toEqual([1, 1]);
  });

  test('[M19, M25] what was written before somebody joined is not unread', async () => {
    const {
      people: [admin],
      chat,
    } = await newGroup(1);
    const [late] = await newPeople(1);
    if (!admin || !late) throw new Error('Nobody was made');
    const asAdmin = messagesAs(api, admin, chat);
    await asAdmin.send({ text: '1' });
    await asAdmin.send({ text: '2' });
    await sql`insert into chat_members (chat_id, user_id, from_seq)
      values (${chat}, ${late.id}, 2)`;
    const asLate = messagesAs(api, late, chat);
    expect((await asLate.read(1)).body).toEqual({ readSeq: 2, unread: 0 });
    await asAdmin.send({ text: '3' });
    await asLate.send({ text: '4' });
    expect((await asLate.read(0)).body).toEqual({ readSeq: 2, unread: 1 });
    expect((await asLate.read(3)).body).toEqual({ readSeq: 3, unread: 0 });
  });

  test('[M19] a deleted message does not make the count wrong', async () => {
    const { asAnna, asBoris } = await newTalk();
    const { body } = await asAnna.send({ text: '1' });
    await asBoris.send({ text: '2' });
    await asAnna.remove(String(body.id));
    expect((await asBoris.read(1)).body).toEqual({ readSeq: 1, unread: 0 });
    expect((await asAnna.read(2)).body).toEqual({ readSeq: 2, unread: 0 });
  });
});
