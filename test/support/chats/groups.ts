import { sql } from 'drizzle-orm';
import { chats } from '../../../src/platform/db/schema.ts';
import type { Api } from '../client.ts';
import type { Person } from './chats.ts';
import { db } from './database.ts';
import { chatsAs } from './people.ts';

/** Makes a group or channel of people of whom the first is the admin. */
export const groupOf = async (
  api: Api,
  people: readonly Person[],
  type = 'group',
): Promise<string> => {
  const [admin, ...others] = people;
  if (!admin) throw new Error('Nobody makes the group');
  const members = others.map(({ id }) => id);
  const { id } = await chatsAs(api, admin).made({ type, name: 'Аисты', members });
  return id;
};

/** The number of the changes of a chat, and who is in it with which role. */
export const stateOf = async (chatId: string) => {
  const { rows } = await db.execute(sql`
    select version::int, large, (
      select json_object_agg(user_id, role) from chat_members where chat_id = chats.id) as roles
    from chats where id = ${chatId}`);
  return rows[0];
};

/** Lets the chat have had messages, without any in the table. */
export const talkIn = (chatId: string, lastSeq: number) =>
  db.update(chats).set({ lastSeq }).where(sql`id = ${chatId}`);

/** The id of a member of a crowd: no room has such an id, so nobody is told of what happens. */
export const crowdId = (index: number): string => `crowd ${index}`;

/** Puts so many into a chat who have no account and no devices. */
export const crowdInto = (chatId: string, count: number) =>
  db.execute(sql`
    insert into chat_members (chat_id, user_id)
    select ${chatId}, 'crowd ' || i from generate_series(1, ${count}::int) as i`);
