import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseUnderTest, MIGRATIONS } from './support/database.ts';
import { LARGE_CHAT, oldChats } from './support/old-chats.ts';

/** How many messages the old database has; a chat for each hundred. */
const OLD_MESSAGES = Number(process.env.OLD_MESSAGES ?? 20_000);
const TIMEOUT_MS = 60_000 + OLD_MESSAGES;

let database: DatabaseUnderTest;
let before: Awaited<ReturnType<typeof sums>>;

/** The columns of the legacy server that a table keeps. */
const COLUMNS: Readonly<Record<string, string>> = {
  users: 'id, phone, username, display_name, public_key, created_at, updated_at',
  chats: 'id, type, name, photo, last_message, last_time, meta, created_at',
  chat_members: 'chat_id, user_id, role, joined_at',
  messages: 'id, chat_id, sender_id, text, attachment, created_at',
};

/** How many rows each table has, and a sum over all that is in them. */
const sums = () =>
  Promise.all(
    Object.entries(COLUMNS).map(async ([table, columns]) => {
      const [sum] = await database.sql.query(`
        select count(*)::int as rows, sum(hashtextextended(row(${columns})::text, 0))::text as sum
        from ${table}`);
      return { table, ...sum };
    }),
  );

/** How many rows a query finds. */
const count = async (query: string): Promise<number> => {
  const [row] = await database.sql.query(`select count(*)::int as n from (${query}) as found`);
  return Number(row?.n);
};

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
  await database.become(oldChats({ messages: OLD_MESSAGES, chats: OLD_MESSAGES / 100 }));
  before = await sums();
  expect(await database.migrate()).toBe(MIGRATIONS);
}, TIMEOUT_MS);
afterAll(() => database.close());

describe('an old database with odd chats, once it is migrated', { timeout: TIMEOUT_MS }, () => {
  test('has every row and value that it had', async () => {
    expect(await sums()).toEqual(before);
    const messages = before.find(({ table }) => table === 'messages');
    expect(messages).toMatchObject({ rows: OLD_MESSAGES });
  });

  test('[M11] numbers the messages of each chat 1, 2, 3 and so on, and knows the last one', async () => {
    const chats = `
      select chat_id, count(*) as messages, min(seq) as first, max(seq) as last,
        count(distinct seq) as numbers, count(*) filter (where version = seq) as versions
      from messages where chat_id is not null group by chat_id`;
    expect(await count(chats)).toBeGreaterThan(OLD_MESSAGES / 200);
    expect(
      await count(`select from (${chats}) as chat
        where first <> 1 or last <> messages or numbers <> messages or versions <> messages`),
    ).toBe(0);
    expect(
      await count(`select from chats left join (${chats}) as chat on chat_id = id
        where last_seq <> coalesce(messages, 0) or version <> last_seq`),
    ).toBe(0);
    expect(await count('select from messages where chat_id is null and seq is not null')).toBe(0);
    expect(await count('select from messages where chat_id is null')).toBe(OLD_MESSAGES / 1000);
  });

  test('numbers them in the order in which the legacy server showed them', async () => {
    const place = 'row_number() over (partition by chat_id order by created_at, id)';
    expect(
      await count(`select from (select seq, ${place} as place from messages
        where chat_id is not null) as placed where seq <> place`),
    ).toBe(0);
  });

  test('knows how long each attachment is', async () => {
    expect(
      await count(`select from messages
        where chat_id is not null
          and attachment_size is distinct from length(attachment::text)`),
    ).toBe(0);
  });

  test('[M32] gives each pair the one of its personal chats that has the newest message', async () => {
    const personal = `
      select chats.id, pair, last_time, chats.created_at,
        (select string_agg(user_id, ':' order by user_id collate "C") from chat_members
          where chat_id = chats.id having count(*) = 2) as sides,
        (select max(created_at) from messages where chat_id = chats.id) as newest
      from chats where coalesce(type, 'user') = 'user'`;
    const pairs = await database.sql.query(`
      select sides, count(*)::int as chats, count(pair)::int as chosen,
        (array_agg(pair order by newest desc nulls last, last_time desc nulls last,
          created_at desc nulls last, id collate "C"))[1] as best
      from (${personal}) as chat where sides is not null group by sides`);
    expect(pairs.filter(({ chats }) => Number(chats) > 1).length).toBeGreaterThan(5);
    expect(pairs.filter(({ chosen, best, sides }) => chosen !== 1 || best !== sides)).toEqual([]);
    const unpaired = `select from (${personal}) as chat where sides is null and pair is not null`;
    expect(await count(unpaired)).toBe(0);
    expect(await count(`select from chats where type <> 'user' and pair is not null`)).toBe(0);
    const sides = pairs.map((pair) => String(pair.sides).split(':'));
    expect(sides.filter(([low = '', high = '']) => low >= high)).toEqual([]);
  });

  test('[M19] counts what was there as read, and shows it to all who are members', async () => {
    expect(
      await count(`select from chat_members join chats on id = chat_id
        where read_seq <> last_seq or own_unread <> 0 or from_seq <> 0`),
    ).toBe(0);
  });

  test('[M26] counts a chat with more than 256 members as large', async () => {
    const large = await database.sql`select id from chats where large`;
    const [chat] = await database.sql.query(`select md5('chat ${LARGE_CHAT}')::uuid::text as id`);
    expect(large).toEqual([chat]);
  });

  test('[M40] has the names of all in small letters', async () => {
    expect(await count('select from user_names')).toBe(await count('select from users'));
    const [seventh] = await database.sql`
      select name from user_names join users on id = user_id where username = 'User_7'`;
    expect(seventh).toEqual({ name: 'user_7\nеж 7' });
  });
});
