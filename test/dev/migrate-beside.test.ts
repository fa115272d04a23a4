import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseUnderTest, MIGRATIONS } from './support/database.ts';
import { FULL_LEGACY } from './support/legacy.ts';
import { oldChats } from './support/old-chats.ts';

let database: DatabaseUnderTest;

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
});
afterAll(() => database.close());

/** The statements of the legacy server, to the letter. */
const LEGACY = {
  createChat: 'INSERT INTO chats (id, type, name, photo, meta) VALUES ($1, $2, $3, $4, $5)',
  addMember: 'INSERT INTO chat_members (chat_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING',
  send: `INSERT INTO messages (id, chat_id, sender_id, text, attachment)
    VALUES ($1, $2, $3, $4, $5)`,
  touch: 'UPDATE chats SET last_message = $1, last_time = NOW() WHERE id = $2',
  list: `SELECT c.* FROM chats c JOIN chat_members m ON m.chat_id = c.id
    WHERE m.user_id = $1 ORDER BY c.last_time DESC NULLS LAST`,
  read: 'SELECT * FROM messages WHERE chat_id = $1 ORDER BY created_at ASC',
  rename: 'UPDATE users SET username = $1, display_name = $2, updated_at = NOW() WHERE id = $3',
};

const createChat = async (id: string, type: string | null, members: readonly string[]) => {
  await database.sql.query(LEGACY.createChat, [id, type, null, null, null]);
  for (const member of members) await database.sql.query(LEGACY.addMember, [id, member]);
};

const send = async (id: string, chat: string | null, sender: string, attachment?: object) => {
  const json = attachment ? JSON.stringify(attachment) : null;
  await database.sql.query(LEGACY.send, [id, chat, sender, `text of ${id}`, json]);
  await database.sql.query(LEGACY.touch, [`text of ${id}`, chat]);
};

const chatOf = async (id: string) => {
  const [chat] = await database.sql`
    select pair, last_seq::int as last, version::int from chats where id = ${id}`;
  return chat;
};

describe('the legacy server beside the Worker, on a migrated database', () => {
  beforeEach(async () => {
    await database.become(FULL_LEGACY);
    expect(await database.migrate()).toBe(MIGRATIONS);
  });

  test('[M11] its messages are numbered after those that were there, and read in that order', async () => {
    await send('m-4', 'chat-1', 'somebody-who-is-gone', { type: 'image' });
    await send('m-5', 'chat-1', '0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001');
    expect(await chatOf('chat-1')).toMatchObject({ last: 4, version: 4 });
    const rows = await database.sql`
      select id, seq::int, version::int, attachment_size as size from messages
      where chat_id = 'chat-1' order by seq`;
    expect(rows).toEqual([
      { id: 'm-1', seq: 1, version: 1, size: null },
      { id: 'm-2', seq: 2, version: 2, size: rows[1]?.size },
      { id: 'm-4', seq: 3, version: 3, size: '{"type": "image"}'.length },
      { id: 'm-5', seq: 4, version: 4, size: null },
    ]);
    const read = await database.sql.query(LEGACY.read, ['chat-1']);
    expect(read.map(({ id }) => id)).toEqual(['m-1', 'm-4', 'm-5', 'm-2']);
    const [first] = await database.sql.query(LEGACY.list, ['somebody-who-is-gone']);
    expect(first).toMatchObject({ id: 'chat-1', last_message: 'text of m-5' });
  });

  test('[M20] its messages are in the feed of each member', async () => {
    await send('m-4', 'chat-1', 'somebody-who-is-gone');
    await send('m-5', 'chat-1', 'somebody-who-is-gone');
    await send('m-6', 'chat-2', '0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001');
    const entries = await database.sql`
      select right(user_id, 4) as who, n::int, chat_id as chat, kind, seq::int
      from feed_entries order by who, n`;
    const message = { kind: 'message' };
    expect(entries).toEqual([
      { ...message, who: '0001', n: 1, chat: 'chat-1', seq: 3 },
      { ...message, who: '0001', n: 2, chat: 'chat-1', seq: 4 },
      { ...message, who: '0001', n: 3, chat: 'chat-2', seq: 1 },
      { ...message, who: 'gone', n: 1, chat: 'chat-1', seq: 3 },
      { ...message, who: 'gone', n: 2, chat: 'chat-1', seq: 4 },
    ]);
    const feeds = await database.sql`select n::int from feeds order by n`;
    expect(feeds).toEqual([{ n: 2 }, { n: 3 }]);
  });

  test('[M26] of a large chat only the sender has it in the feed', async () => {
    await database.run(`update chats set large = true where id = 'chat-1'`);
    await send('m-4', 'chat-1', 'somebody-who-is-gone');
    const entries = await database.sql`select user_id as who from feed_entries`;
    expect(entries).toEqual([{ who: 'somebody-who-is-gone' }]);
  });

  test('[M19] its messages are unread for the others, and not for the sender', async () => {
    const unread = async () => {
      const rows = await database.sql`
        select right(user_id, 4) as who, last_seq - read_seq - own_unread as unread,
          own_unread as own
        from chat_members join chats on id = chat_id where chat_id = 'chat-1' order by 1`;
      return rows.map(({ who, unread, own }) => `${who} ${unread} ${own}`);
    };
    await send('m-4', 'chat-1', 'somebody-who-is-gone');
    expect(await unread()).toEqual(['0001 1 0', 'gone 0 1']);
    await send('m-5', 'chat-1', '0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0001');
    expect(await unread()).toEqual(['0001 1 1', 'gone 1 1']);
  });

  test('[M32] a personal chat that it creates is the one of its pair, unless there is one', async () => {
    await createChat('first', 'user', ['b', 'B']);
    await createChat('second', 'user', ['B', 'b']);
    await createChat('untyped', null, ['x', 'a']);
    await createChat('group', 'group', ['c', 'd']);
    await createChat('alone', 'user', ['e']);
    const pairs = await Promise.all(['first', 'second', 'untyped', 'group', 'alone'].map(chatOf));
    expect(pairs.map((chat) => chat?.pair)).toEqual(['B:b', null, 'a:x', null, null]);
  });

  test('a message without a chat stays without a number', async () => {
    await database.sql.query(LEGACY.send, ['lost', null, 'a', 'text', null]);
    expect(await database.sql`select seq from messages where id = 'lost'`).toEqual([{ seq: null }]);
  });

  test('[M40] people are found by the names that it gives them', async () => {
    const id = '0b9f1f5e-7d0e-4a3f-9a55-1c9d3a1f0002';
    await database.sql.query(LEGACY.rename, ['Petr', 'ПЁТР Ильич', id]);
    const names = () => database.sql`select name from user_names where user_id = ${id}`;
    expect(await names()).toEqual([{ name: 'petr\nпетр ильич' }]);
    await database.sql`delete from users where id = ${id}`;
    expect(await names()).toEqual([]);
  });
});

const { DATABASE_URL } = process.env;

// The embedded database has one session, so nothing happens beside a migration.
if (DATABASE_URL) {
  test('what the legacy server writes during the migration is numbered and found as well', async () => {
    await database.become(oldChats({ messages: 20_000, chats: 200 }));
    const [people] = await database.sql`select array_agg(id) as ids from users where id < '2'`;
    const [chat] = await database.sql`
      select chat_id as id from messages group by 1 order by count(*) desc limit 1`;
    const clients = await Promise.all([1, 2, 3].map(() => database.connect(DATABASE_URL)));
    let over = false;
    let written = 0;
    const work = clients.map(async (client) => {
      for (; !over; written += 1) {
        const id = `meanwhile-${written}-${client.escapeLiteral(String(Math.random()))}`;
        await client.query(LEGACY.send, [id, chat?.id, people?.ids[0], 'text', null]);
        await client.query(LEGACY.touch, ['text', chat?.id]);
        const user = people?.ids[written % people.ids.length];
        await client.query(LEGACY.rename, [null, `Имя ${written}`, user]);
      }
    });
    expect(await database.migrate()).toBe(MIGRATIONS);
    over = true;
    await Promise.all(work);
    await Promise.all(clients.map((client) => client.end()));

    expect(written).toBeGreaterThan(0);
    const gaps = await database.sql`
      select chat_id from messages join chats on chats.id = chat_id group by chat_id, last_seq
      having count(*) <> last_seq or max(seq) <> last_seq or count(distinct seq) <> last_seq`;
    expect(gaps).toEqual([]);
    const stale = await database.sql`
      select id from users full join user_names on user_id = id
      where name is distinct from fold_name(username) || E'\n' || fold_name(display_name)`;
    expect(stale).toEqual([]);
  }, 120_000);
}
