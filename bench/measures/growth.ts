import type { NeonQueryFunction } from '@neondatabase/serverless';
import { GOALS } from '../goals.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { ms, rowOf, times } from '../rows.ts';
import { median } from '../statistics.ts';
import type { Person, Request } from '../systems/accounts.ts';
import { ours } from '../systems/accounts.ts';
import { Requests } from '../systems/requests.ts';
import type { User } from '../users.ts';

type Sql = NeonQueryFunction<false, false>;

/** How often everybody asks for the same. */
const ROUNDS = 10;

/** The line of the table for a figure before and after; both are in milliseconds. */
export const growthRow = (what: string, before: number, after: number): Row =>
  rowOf(what, {
    here: `${ms(before)} → ${ms(after)} (${times(after / before)})`,
    value: after / before,
    goal: GOALS.growth,
  });

/** Names that many have, for a search that finds people however few there are. */
const search: Request = (requests, { token }) =>
  requests.send('GET', `/api/users/search?q=${encodeURIComponent('анна 7')}`, { token });

/** What people ask for: the median of how long each takes, in milliseconds. */
const askAll = async (url: string, people: readonly Person[]): Promise<Map<string, number>> => {
  const requests = new Requests(url, 1);
  const taken = new Map<string, number[]>();
  const time = async (what: string, send: Request, person: Person) => {
    const began = performance.now();
    await send(requests, person);
    taken.set(what, [...(taken.get(what) ?? []), performance.now() - began]);
  };
  for (let round = 0; round < ROUNDS; round++) {
    for (const person of people) {
      await ours.requestCode(requests, person);
      await time('verify-code, known user', ours.verifyCode, person);
      await time('GET profile', ours.readProfile, person);
      await time('PATCH profile', ours.changeProfile, person);
      await time('a search of people', search, person);
    }
  }
  requests.close();
  return new Map([...taken].map(([what, all]) => [what, median(all)]));
};

/**
 * Adds people, of whom a tenth have names: so many names in the index take most of the time, and
 * row by row they would take an hour.
 */
const addPeople = async (sql: Sql, count: number): Promise<void> => {
  await sql`alter table users disable trigger keep_user_name`;
  await sql`drop index user_names_grams_idx`;
  await sql`
    insert into users (id, phone, username, display_name)
    select 'grown-' || n, '+7' || (9000000000 + n),
      case when n % 10 = 7 then 'anna_' || n end, case when n % 10 = 7 then 'Анна ' || n end
    from generate_series(1, ${count}::int) as n`;
  await sql`
    insert into user_names (user_id, layer, name)
    select id, name_layer(id), fold_name(username) || E'\n' || fold_name(display_name) from users
    on conflict do nothing`;
  await sql`
    create index user_names_grams_idx on user_names
    using gin (name_grams(layer, name, '{2,3}')) with (fastupdate = off)`;
  await sql`alter table users enable trigger keep_user_name`;
  await sql`analyze users`;
  await sql`analyze user_names`;
};

/** Measures what people ask for, before and after there are so many more. */
export const measureManyPeople = async (
  url: string,
  { sql, people, count }: { sql: Sql; people: readonly Person[]; count: number },
): Promise<Row[]> => {
  await step('a few people, warming up', () => askAll(url, people));
  const before = await step('a few people', () => askAll(url, people));
  await step(`adding ${count.toLocaleString('en')} people`, () => addPeople(sql, count));
  await step('many people, warming up', () => askAll(url, people));
  const after = await step('many people', () => askAll(url, people));
  const growth = `${people.length} → ${count.toLocaleString('en')} users`;
  return [...before].map(([what, ms]) =>
    growthRow(`${what}, ${growth}`, ms, after.get(what) ?? Number.NaN),
  );
};

/** How many messages a sender sends: they may send 20 at once. */
const SENDS = 15;
/** How many messages a chat has at first. */
const FEW_MESSAGES = 10;

interface Chat {
  readonly id: string;
  readonly requests: Requests;
  readonly users: readonly [User, User];
  readonly messages: number;
}

const openChat = async (
  url: string,
  users: readonly [User, User],
  { sql, messages }: { sql: Sql; messages: number },
): Promise<Chat> => {
  const requests = new Requests(url, 1);
  const [{ token }, peer] = users;
  const body = { type: 'user', peerUserId: peer.id };
  const id = String((await requests.send('POST', '/api/chats', { token, body })).id);
  await sql`
    insert into messages (id, chat_id, sender_id, text, seq, version)
    select ${id} || '-' || n, ${id}, ${users[0].id}, 'Message ' || n, n, n
    from generate_series(1, ${messages}::int) as n`;
  await sql`
    update chats set last_seq = ${messages}::int, version = version + ${messages}::int,
      last_time = now()
    where id = ${id}`;
  return { id, requests, users, messages };
};

/** What is asked of a chat, one after the other. */
const askChat = async ({ id, requests, users, messages }: Chat, taken: Map<string, number[]>) => {
  const path = `/api/chats/${id}/messages`;
  const time = async (what: string, send: () => Promise<unknown>) => {
    const began = performance.now();
    await send();
    taken.set(what, [...(taken.get(what) ?? []), performance.now() - began]);
  };
  for (const { token } of users) {
    await time('sending a message', () =>
      requests.send('POST', path, { token, body: { text: 'Here I am' } }),
    );
    await time('the newest messages', () => requests.send('GET', `${path}?limit=10`, { token }));
    const middle = `${path}?limit=10&before=${Math.floor(messages / 2) + 1}`;
    await time('a page of older messages', () => requests.send('GET', middle, { token }));
    await time('the list of chats', () => requests.send('GET', '/api/chats', { token }));
  }
};

/** Measures what is asked of a chat with few messages and, in turns, of one with so many. */
export const measureManyMessages = async (
  url: string,
  { sql, users, count }: { sql: Sql; users: readonly User[]; count: number },
): Promise<Row[]> => {
  const [a, b, c, d] = users;
  if (!a || !b || !c || !d) throw new Error('There are too few users');
  const few = await openChat(url, [a, b], { sql, messages: FEW_MESSAGES });
  const many = await step(`adding ${count.toLocaleString('en')} messages`, () =>
    openChat(url, [c, d], { sql, messages: count }),
  );
  await sql`analyze messages`;
  const [before, after] = [new Map<string, number[]>(), new Map<string, number[]>()];
  await step('asking for messages', async () => {
    for (let n = 0; n <= SENDS; n++) {
      // The first time wakes what sleeps, and does not count.
      await askChat(few, n === 0 ? new Map() : before);
      await askChat(many, n === 0 ? new Map() : after);
    }
  });
  for (const { requests } of [few, many]) requests.close();
  const growth = `${FEW_MESSAGES} → ${count.toLocaleString('en')} in the chat`;
  return [...before].map(([what, all]) =>
    growthRow(`${what}, ${growth}`, median(all), median(after.get(what) ?? [])),
  );
};
