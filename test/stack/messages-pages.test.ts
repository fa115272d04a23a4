import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { MESSAGE_PAGE_BYTES } from '../../src/contract/http/messages.ts';
import { messagesAs, newChat, newGroup, newPair, newPeople, sql } from '../support/chats/chats.ts';
import type { Answer } from '../support/client.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

const Listed = z.array(
  z.object({
    id: z.string(),
    seq: z.int(),
    text: z.string(),
    fromMe: z.boolean(),
    deleted: z.boolean().optional(),
    attachment: z.object({ url: z.string() }).optional(),
  }),
);
const listed = ({ text }: Answer) => Listed.parse(JSON.parse(text));
const seqs = (answer: Answer) => listed(answer).map(({ seq }) => seq);
const hasMore = ({ headers }: Answer) => headers.get('X-Has-More');

/** A sequence of numbers, both ends included. */
const span = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Fills a chat with messages as a server left them, the last one new; `length` is of each text. */
const fill = async (
  chat: string,
  senderId: string,
  { count, length = 1 }: { count: number; length?: number },
) => {
  await sql`insert into messages (id, chat_id, sender_id, text, seq, version)
    select gen_random_uuid(), ${chat}, ${senderId}, repeat('x', ${length}::int), n, n
    from generate_series(1, ${count}::int) as n`;
  await sql`update chats set last_seq = ${count}, version = ${count} where id = ${chat}`;
};

const markOf = async (chat: string, userId: string) =>
  (
    await sql`select read_seq::int, own_unread from chat_members
    where chat_id = ${chat} and user_id = ${userId}`
  )[0];

describe('the messages of a chat for a legacy client', () => {
  test('[M5] the newest 1,000 are answered, oldest first, and a header says that there are more', async () => {
    const { anna, boris, chat } = await newPair();
    await fill(chat, anna.id, { count: 1_003 });
    const answer = await messagesAs(api, boris, chat).list();
    expect(answer.status).toBe(200);
    expect(seqs(answer)).toEqual(span(4, 1_003));
    expect(hasMore(answer)).toBe('1');
    expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('X-Has-More');
  });

  test('[M5] of exactly 1,000 there are no more', async () => {
    const { anna, boris, chat } = await newPair();
    await fill(chat, anna.id, { count: 1_000 });
    const answer = await messagesAs(api, boris, chat).list();
    expect(seqs(answer)).toEqual(span(1, 1_000));
    expect(hasMore(answer)).toBeNull();
  });

  test('[M5] deleted ones are left out and the mark moves to the end', async () => {
    const { anna, boris, chat } = await newPair();
    const [asAnna, asBoris] = [messagesAs(api, anna, chat), messagesAs(api, boris, chat)];
    const ids = [];
    for (const text of ['Раз', 'Два', 'Три']) ids.push((await asAnna.send({ text })).body.id);
    await asAnna.remove(String(ids[1]));
    expect(await markOf(chat, boris.id)).toEqual({ read_seq: 0, own_unread: 0 });
    expect(seqs(await asBoris.list())).toEqual([1, 3]);
    expect(await markOf(chat, boris.id)).toEqual({ read_seq: 3, own_unread: 0 });
  });

  test('[M5, M18] the mark is news once, and who looks again and again writes nothing', async () => {
    const { anna, boris, chat } = await newPair();
    await messagesAs(api, anna, chat).send({ text: 'Раз' });
    const asBoris = messagesAs(api, boris, chat);
    await asBoris.list();
    const state = () => sql`select version, (select sum(n) from feeds where user_id in
      (${anna.id}, ${boris.id})) as entries from chats where id = ${chat}`;
    const after = await state();
    expect(after).toEqual([{ version: '2', entries: '4' }]);
    for (let i = 0; i < 3; i++) await asBoris.list();
    expect(await state()).toEqual(after);
  });

  test('[M1, M5] a chat without messages is an empty list', async () => {
    const { anna, chat } = await newPair();
    const answer = await messagesAs(api, anna, chat).list();
    expect([answer.status, answer.text, hasMore(answer)]).toEqual([200, '[]', null]);
  });
});

describe('a page of messages', () => {
  test('[M16] pages lead from the newest to the first, without a gap and without a repeat', async () => {
    const { anna, boris, chat } = await newPair();
    await fill(chat, anna.id, { count: 250 });
    const asBoris = messagesAs(api, boris, chat);
    const pages = [await asBoris.list('?limit=100')];
    for (let last = pages[0]; last && hasMore(last) === '1'; last = pages.at(-1)) {
      pages.push(await asBoris.list(`?limit=100&before=${seqs(last)[0]}`));
    }
    expect(pages.map(seqs)).toEqual([span(151, 250), span(51, 150), span(1, 50)]);
  });

  test('[M16] it has 50 messages unless a limit is given, deleted ones too', async () => {
    const { anna, boris, chat } = await newPair();
    await fill(chat, anna.id, { count: 120 });
    await sql`update messages set text = '', deleted_at = now()
      where chat_id = ${chat} and seq = 100`;
    const answer = await messagesAs(api, boris, chat).list('?before=101');
    expect(seqs(answer)).toEqual(span(51, 100));
    expect(listed(answer).at(-1)).toMatchObject({ text: '', deleted: true });
    expect(hasMore(answer)).toBe('1');
  });

  test('[M16, M18] it moves no mark', async () => {
    const { anna, boris, chat } = await newPair();
    await fill(chat, anna.id, { count: 3 });
    await messagesAs(api, boris, chat).list('?limit=100');
    await messagesAs(api, boris, chat).list('?before=3');
    expect(await markOf(chat, boris.id)).toMatchObject({ read_seq: 0 });
  });

  test.each([
    '?limit=0',
    '?limit=101',
    '?limit=x',
    '?limit=',
    '?before=0',
    '?before=-1',
    '?before=1.5',
    '?before=9999999999999999',
    '?before=%00',
  ])('[M16] %s is no page', async (query) => {
    const { anna, chat } = await newPair();
    const answer = await messagesAs(api, anna, chat).list(query);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_field' } });
  });

  test('[M16] before a place past the end it is the newest page', async () => {
    const { anna, boris, chat } = await newPair();
    await fill(chat, anna.id, { count: 3 });
    const answer = await messagesAs(api, boris, chat).list('?before=999999999999999');
    expect(seqs(answer)).toEqual([1, 2, 3]);
  });

  test.each(['', '?limit=100'])(
    '[M5, M16] it ends before it is longer than 8 MiB, and says that there are more: GET%s',
    async (query) => {
      const { anna, boris, chat } = await newPair();
      const url = `data:image/png;base64,${'A'.repeat(1024 * 1024)}`;
      const attachment = JSON.stringify({ type: 'image', url });
      await sql`insert into messages (id, chat_id, sender_id, attachment, seq, version)
        select gen_random_uuid(), ${chat}, ${anna.id}, ${attachment}::jsonb, n, n
        from generate_series(1, 12) as n`;
      await sql`update chats set last_seq = 12 where id = ${chat}`;
      const answer = await messagesAs(api, boris, chat).list(query);
      expect(seqs(answer)).toEqual(span(6, 12));
      expect(answer.text.length).toBeLessThan(MESSAGE_PAGE_BYTES);
      expect(hasMore(answer)).toBe('1');
      const rest = await messagesAs(api, boris, chat).list('?before=6');
      expect(listed(rest)[0]?.attachment?.url).toBe(url);
      expect([seqs(rest), hasMore(rest)]).toEqual([span(1, 5), null]);
    },
  );

  test('[M16] it has one message at least, however long that is, and counts long texts', async () => {
    const { anna, boris, chat } = await newPair();
    await fill(chat, anna.id, { count: 3, length: MESSAGE_PAGE_BYTES - 1_000 });
    const answer = await messagesAs(api, boris, chat).list('?limit=3');
    expect([seqs(answer), hasMore(answer)]).toEqual([[3], '1']);
  });
});

describe('one message', () => {
  test('[M1] it is answered whole, a deleted one as it is', async () => {
    const { anna, boris, chat } = await newPair();
    const url = `data:image/png;base64,${'A'.repeat(200_000)}`;
    const sent = await messagesAs(api, anna, chat).send({ attachment: { type: 'image', url } });
    expect(sent.status, sent.text.slice(0, 300)).toBe(201);
    const id = String(sent.body.id);
    const asBoris = messagesAs(api, boris, chat);
    const found = await asBoris.get(id);
    expect([found.status, found.body]).toEqual([200, { ...sent.body, fromMe: false }]);
    await messagesAs(api, anna, chat).remove(id);
    expect((await asBoris.get(id)).body).toMatchObject({ id, seq: 1, deleted: true, text: '' });
  });

  test('[M34] it is of this chat, and there', async () => {
    const [one, other] = [await newPair(), await newPair()];
    const { body } = await messagesAs(api, one.anna, one.chat).send({ text: 'Раз' });
    for (const id of [String(body.id), crypto.randomUUID(), 'x', 'a'.repeat(65), '%00', '..%2F']) {
      const answer = await messagesAs(api, other.anna, other.chat).get(id);
      expect(answer, id).toMatchObject({ status: 404, body: { code: 'message_not_found' } });
    }
  });
});

describe('what was written before somebody joined', () => {
  test('[M25] in a group it is not theirs to read, edit, delete or hear of', async () => {
    const {
      people: [admin, writer],
      chat,
    } = await newGroup(2);
    const [late] = await newPeople(1);
    if (!admin || !writer || !late) throw new Error('Nobody was made');
    const asWriter = messagesAs(api, writer, chat);
    const { body: old } = await asWriter.send({ text: 'Раньше' });
    await sql`insert into chat_members (chat_id, user_id, from_seq, read_seq)
      values (${chat}, ${late.id}, 1, 1)`;
    await asWriter.send({ text: 'Позже' });
    const asLate = messagesAs(api, late, chat);
    for (const query of ['', '?limit=10', '?before=3']) {
      const answer = await asLate.list(query);
      expect([seqs(answer), hasMore(answer)]).toEqual([[2], null]);
    }
    expect(await asLate.get(String(old.id))).toMatchObject({ status: 404 });
    expect(await asLate.remove(String(old.id))).toMatchObject({ status: 404 });
    await asWriter.edit(String(old.id), { text: 'Исправлено' });
    await messagesAs(api, admin, chat).remove(String(old.id));
    const entries = await sql`select seq::int from feed_entries
      where user_id = ${late.id} and kind = 'message' order by n`;
    expect(entries).toEqual([{ seq: 2 }]);
  });

  test('[M25] in a channel all of it is theirs to read', async () => {
    const {
      people: [admin],
      chat,
    } = await newGroup(1, { type: 'channel' });
    const [late] = await newPeople(1);
    if (!admin || !late) throw new Error('Nobody was made');
    await messagesAs(api, admin, chat).send({ text: 'Раньше' });
    await sql`insert into chat_members (chat_id, user_id) values (${chat}, ${late.id})`;
    expect(seqs(await messagesAs(api, late, chat).list())).toEqual([1]);
  });

  test('[M25] who has left reads nothing any more', async () => {
    const { anna, boris, chat } = await newPair();
    await messagesAs(api, anna, chat).send({ text: 'Раз' });
    await sql`delete from chat_members where chat_id = ${chat} and user_id = ${boris.id}`;
    expect(await messagesAs(api, boris, chat).list()).toMatchObject({ status: 404 });
  });
});

describe('chats that the legacy server left', () => {
  test.each(['member', 'owner', 'creator', null])(
    '[M1, M31] in a channel the role %s means what it meant',
    async (role) => {
      const [person] = await newPeople(1);
      if (!person) throw new Error('Nobody was made');
      const chat = await newChat({ type: 'channel' }, [[person, { role }]]);
      const answer = await messagesAs(api, person, chat).send({ text: 'Раз' });
      expect(answer.status).toBe(role === 'owner' || role === 'creator' ? 201 : 403);
    },
  );

  test('[M1] a chat without a type, of a person alone, is written to and read', async () => {
    const [person] = await newPeople(1);
    if (!person) throw new Error('Nobody was made');
    const chat = await newChat({ type: null }, [person]);
    expect((await messagesAs(api, person, chat).send({ text: 'Раз' })).status).toBe(201);
    expect(seqs(await messagesAs(api, person, chat).list())).toEqual([1]);
  });

  test('[M1] a message without sender, text and time is shown', async () => {
    const { anna, chat } = await newPair();
    await sql`insert into messages (id, chat_id, text, created_at, seq, version)
      values (${crypto.randomUUID()}, ${chat}, null, null, 1, 1)`;
    expect(JSON.parse((await messagesAs(api, anna, chat).list()).text)).toMatchObject([
      { fromMe: false, text: '', time: '1970-01-01T00:00:00.000Z', senderId: null },
    ]);
  });
});
