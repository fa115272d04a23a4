import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '../support/chats/chats.ts';
import { messagesAs, newChat, newGroup, newPair, newPeople, sql } from '../support/chats/chats.ts';
import type { Answer } from '../support/client.ts';
import { runningApi } from '../support/client.ts';
import { database, heal } from '../support/proxies.ts';
import { crowd, race, repeated, statuses, together } from '../support/races.ts';

const api = runningApi();
afterEach(heal);

/** How many deadlocks the database has ended so far, which are answered with 503 as well. */
const deadlocks = async (): Promise<number> => {
  const [row] = await sql`
    select deadlocks::int from pg_stat_database where datname = current_database()`;
  return Number(row?.deadlocks);
};

let deadlocksBefore = 0;
beforeAll(async () => {
  deadlocksBefore = await deadlocks();
});
afterAll(async () => expect(await deadlocks()).toBe(deadlocksBefore));

/** A text of the calls that send a message, and of no others. */
const SENDS = 'insert into messages';

/** How many write at once: the embedded database, which does one thing at a time, has a few. */
const writersIn = (run: number) => (process.env.DATABASE_URL === undefined ? 8 : crowd(run));

/** Sends a message as clients do: a machine that is too slow answers 503, and is asked again. */
const sendOnce = async (person: Person, chat: string): Promise<Answer> => {
  const clientId = crypto.randomUUID();
  for (;;) {
    const answer = await messagesAs(api, person, chat).send({ text: person.id, clientId });
    if (answer.status !== 503) return answer;
  }
};

const refusals = (answers: readonly Answer[]) =>
  answers.filter(({ status }) => status > 201).map(({ text }) => text);

const numbers = (count: number) => repeated(count, (index) => index + 1);

/** Everything that has to be true of a chat when nobody writes any more, and is not. */
const faultsOf = async (chat: string): Promise<unknown[]> => {
  const [row] = await sql`
    select last_seq::int, (
      select coalesce(array_agg(seq::int order by seq), '{}') from messages
      where chat_id = chats.id) as seqs, (
      select coalesce(array_agg(version::int order by version), '{}') from messages
      where chat_id = chats.id) as versions, version::int, last_message, (
      select text from messages where chat_id = chats.id and deleted_at is null
      order by seq desc limit 1) as newest, (
      select count(*)::int from (
        select created_at < lag(created_at) over (order by seq) as is_older from messages
        where chat_id = chats.id) as times where is_older) as older
    from chats where id = ${chat}`;
  const members = await sql`
    select user_id, own_unread as told, (
      select count(*)::int from messages where chat_id = ${chat} and seq > read_seq
        and sender_id = user_id) as counted
    from chat_members where chat_id = ${chat}`;
  const feeds = await sql`
    select member.user_id, feeds.n::int, array_agg(entry.n::int order by entry.n) as entries
    from chat_members as member join feeds using (user_id)
      join feed_entries as entry using (user_id)
    where member.chat_id = ${chat} and entry.kind <> 'read' group by member.user_id, feeds.n`;
  if (!row) return ['no chat'];
  return [
    ...(String(row.seqs) === String(numbers(row.last_seq)) ? [] : [{ seqs: row.seqs }]),
    ...(new Set(row.versions).size === row.versions.length ? [] : [{ versions: row.versions }]),
    ...(row.versions.at(-1) <= row.version ? [] : ['a message is newer than its chat']),
    ...(row.last_message === row.newest ? [] : [{ shown: row.last_message, is: row.newest }]),
    ...(row.older === 0 ? [] : ['a later message has an earlier time']),
    ...members.filter(({ told, counted }) => told !== counted),
    ...feeds.filter(({ n, entries }) => entries.at(-1) > n),
    ...feeds.filter(({ entries }) => new Set(entries).size !== entries.length),
  ];
};

describe('racing senders', () => {
  test('[M11, M20] all messages of a crowd get places without a gap, and are in every feed', () =>
    race(async (index) => {
      const count = writersIn(index);
      const { people, chat } = await newGroup(count);
      const answers = await together(
        database,
        SENDS,
        people.map((person) => () => sendOnce(person, chat)),
      );
      expect(refusals(answers)).toEqual([]);
      const seqs = answers.map(({ body }) => Number(body.seq)).sort((a, b) => a - b);
      expect(seqs).toEqual(numbers(count));
      expect(await faultsOf(chat)).toEqual([]);
      const feeds = await sql`
        select array_agg(seq::int order by n) as seqs, array_agg(n::int order by n) as ns
        from feed_entries where chat_id = ${chat} group by user_id`;
      expect(feeds).toEqual(people.map(() => ({ seqs: numbers(count), ns: numbers(count) })));
    }));

  test('[M23] the same people who write in two chats at once do not get in each other’s way', () =>
    race(async (index) => {
      const people = await newPeople(Math.ceil(writersIn(index) / 2));
      const chats = [
        await newChat({ type: 'group' }, people),
        await newChat({ type: 'group' }, [...people].reverse()),
      ];
      const answers = await together(
        database,
        SENDS,
        people.flatMap((person) => chats.map((chat) => () => sendOnce(person, chat))),
      );
      expect(refusals(answers)).toEqual([]);
      for (const chat of chats) expect(await faultsOf(chat)).toEqual([]);
      const feeds = await sql`select n::int from feeds
        where user_id = any(${people.map(({ id }) => id)})`;
      expect(feeds).toEqual(people.map(() => ({ n: answers.length })));
    }));

  test('[M10] twenty tries with one clientId make one message: one 201, and 200 for the others', () =>
    race(async () => {
      const { anna, boris, chat } = await newPair();
      const tries = repeated(
        20,
        (index) => () =>
          messagesAs(api, anna, chat).send({ text: `Попытка ${index}`, clientId: 'a-1' }),
      );
      const answers = await together(database, SENDS, tries);
      expect(statuses(answers)).toEqual({ 200: 19, 201: 1 });
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(await faultsOf(chat)).toEqual([]);
      expect(await sql`select last_seq::int from chats where id = ${chat}`).toEqual([
        { last_seq: 1 },
      ]);
      expect(await sql`select n::int from feeds where user_id = ${boris.id}`).toEqual([{ n: 1 }]);
    }));

  test('[M25, M34] who joins or leaves meanwhile has all messages of their time in the feed', () =>
    race(async (index) => {
      const count = writersIn(index);
      const { people, chat } = await newGroup(count);
      const [comes] = await newPeople(1);
      const leaves = people[1];
      if (!comes || !leaves) throw new Error('Nobody was made');
      const join = async () => {
        const [, joined] = await sql.transaction([
          sql`select from chats where id = ${chat} for no key update`,
          sql`insert into chat_members (chat_id, user_id, from_seq, read_seq)
            select id, ${comes.id}, last_seq, last_seq from chats where id = ${chat}
            returning from_seq::int`,
        ]);
        return Number(joined?.[0]?.from_seq);
      };
      const writers = people.filter(({ id }) => id !== leaves.id);
      const [from, ...answers] = await Promise.all([
        join(),
        ...writers.map((person) => sendOnce(person, chat)),
      ]);
      expect(refusals(answers)).toEqual([]);
      const seen =
        await sql`select seq::int from feed_entries where user_id = ${comes.id} order by n`;
      expect(seen.map(({ seq }) => seq)).toEqual(numbers(writers.length).slice(from));
    }));
});

describe('racing changes', () => {
  const actions = (person: Person, chat: string, ids: readonly string[]) => {
    const as = messagesAs(api, person, chat);
    const [id = ''] = ids;
    return [
      () => as.send({ text: `Новое от ${person.id}` }),
      () => as.edit(id, { text: `Иначе от ${person.id}` }),
      () => as.remove(ids[1] ?? ''),
      () => as.read(2),
      () => as.read(1_000),
      () => as.list(),
    ];
  };

  test('[M11, M19, M23] sends, edits, deletions and marks at once leave the chat as it has to be', () =>
    race(async (index) => {
      const { people, chat } = await newGroup(Math.ceil(writersIn(index) / 5));
      const own = new Map<string, string[]>();
      for (const person of [...people, ...people]) {
        const { body } = await messagesAs(api, person, chat).send({ text: 'Раз' });
        own.set(person.id, [...(own.get(person.id) ?? []), String(body.id)]);
      }
      const all = people.flatMap((person) => actions(person, chat, own.get(person.id) ?? []));
      const answers = await together(database, 'with', all);
      // What was too slow for its answer may still be under way.
      await database.idle();
      expect(refusals(answers.filter(({ status }) => status !== 503))).toEqual([]);
      expect(await faultsOf(chat)).toEqual([]);
    }));

  test('[M18] of racing marks the highest stays', () =>
    race(async () => {
      const { anna, boris, chat } = await newPair();
      for (let i = 0; i < 10; i++) await messagesAs(api, anna, chat).send({ text: 'Раз' });
      const marks = repeated(10, (index) => () => messagesAs(api, boris, chat).read(index));
      expect(statuses(await together(database, 'with', marks))).toEqual({ 200: 10 });
      expect((await messagesAs(api, boris, chat).read(0)).body).toEqual({ readSeq: 9, unread: 1 });
    }));

  test('[M14] of a racing edit and deletion nothing of the text is left', () =>
    race(async () => {
      const { anna, chat } = await newPair();
      const as = messagesAs(api, anna, chat);
      const id = String((await as.send({ text: 'Тайна' })).body.id);
      const answers = await together(database, 'with', [
        () => as.edit(id, { text: 'Тайна!' }),
        () => as.remove(id),
        () => as.edit(id, { text: 'Тайна?' }),
        () => as.remove(id),
      ]);
      expect(answers.filter(({ status }) => status !== 200 && status !== 404)).toEqual([]);
      expect((await as.get(id)).body).toMatchObject({ text: '', deleted: true });
      expect(await faultsOf(chat)).toEqual([]);
    }));
});
