import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../platform/db/client.ts';
import { runReadQuery } from '../platform/db/client.ts';

/** Who types, and where. */
interface Typing {
  readonly user: string;
  readonly chat: string;
}

/** The members after one of them, in the order of ids; only those who may read `seq` [M25]. */
interface MembersQuery {
  readonly chat: string;
  readonly after: string | undefined;
  readonly seq: number | undefined;
  readonly limit: number;
}

const Users = z.array(z.object({ user: z.string() }));
const Newest = z.tuple([z.object({ n: z.coerce.number().int() })]);

/** Reads the number of the newest entry in the feed of a user; 0 if there is none [M22]. */
export const readNewest = (db: Database, user: string): Promise<number> => {
  const query = db.execute(sql`
    select coalesce((select n from feeds where user_id = ${user}), 0)::int8 as n`);
  return runReadQuery('read newest', query, ({ rows }) => Newest.parse(rows)[0].n);
};

/**
 * Lists who hears that a member types: nobody in a large chat or a channel, nor where either side
 * of a personal chat has blocked the other; and nobody if they are no member [M28].
 */
export const listTypingAudience = (
  db: Database,
  { user, chat }: Typing,
): Promise<readonly string[]> => {
  const query = db.execute(sql`
    select other.user_id as "user"
    from chat_members as own
    join chats on chats.id = own.chat_id
    join chat_members as other on other.chat_id = own.chat_id and other.user_id <> own.user_id
    where own.chat_id = ${chat} and own.user_id = ${user}
      and not chats.large and coalesce(chats.type, 'user') <> 'channel'
      and (chats.type = 'group' or not exists (
        select from blocks
        where (user_id = own.user_id and blocked_id = other.user_id)
          or (user_id = other.user_id and blocked_id = own.user_id)))`);
  return runReadQuery('list typing audience', query, ({ rows }) => toUsers(rows));
};

/** Lists the next members of a chat [M27]. */
export const listMembersAfter = (
  db: Database,
  { chat, after = '', seq = Number.MAX_SAFE_INTEGER, limit }: MembersQuery,
): Promise<readonly string[]> => {
  const query = db.execute(sql`
    select user_id as "user" from chat_members
    where chat_id = ${chat} and user_id > ${after} and from_seq < ${seq}
    order by user_id limit ${limit}`);
  return runReadQuery('list members', query, ({ rows }) => toUsers(rows));
};

const toUsers = (rows: unknown): readonly string[] => Users.parse(rows).map(({ user }) => user);
