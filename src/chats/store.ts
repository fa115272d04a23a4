import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Chat, Member } from '../contract/http/chats.ts';
import { ChatRow, MemberRow, toChat, toMember } from '../feed/chat.ts';
import { chatsSeenBy, IS_ADMIN, MEMBER } from '../platform/db/chat-fragments.ts';
import type { Database } from '../platform/db/client.ts';
import { runReadQuery } from '../platform/db/client.ts';
import { selectChat } from './change-store.ts';
import { LISTED_CHATS, LISTED_PHOTOS } from './limits.ts';

const Chats = z.array(z.object({ chat: ChatRow }));

/**
 * Lists the chats of a user, the newest last message first: one more than the list has if there are
 * too many. Photos beyond {@link LISTED_PHOTOS} bytes are left out [M7].
 */
export const listChats = (db: Database, userId: string): Promise<Chat[]> => {
  const order = sql`at desc nulls last, "joinedAt" desc nulls last, id`;
  const query = db.execute(sql`
    select case when photos > ${LISTED_PHOTOS}::int
      then jsonb_set(to_jsonb(listed), '{photo}', 'null') else to_jsonb(listed) end as chat
    from (
      select seen.*, sum(octet_length(photo)) over (order by ${order}) as photos
      from (${chatsSeenBy(userId)}) as seen
      order by ${order} limit ${LISTED_CHATS + 1}::int) as listed
    order by ${order}`);
  return runReadQuery('list chats', query, ({ rows }) =>
    Chats.parse(rows).map(({ chat }) => toChat(chat)),
  );
};

/** One chat of a user; undefined when they are in none of this id [M34]. */
export const findChat = (db: Database, userId: string, chatId: string): Promise<Chat | undefined> =>
  runReadQuery('find chat', db.execute(selectChat(userId, sql`${chatId}`)), ({ rows }) =>
    Chats.parse(rows)
      .map(({ chat }) => toChat(chat))
      .at(0),
  );

/** Which members of a chat somebody asks for. */
export interface MembersQuery {
  readonly chatId: string;
  readonly userId: string;
  /** Only those whose id is after it. */
  readonly after: string;
  readonly limit: number;
}

const Listed = z.array(
  z.object({
    allowed: z.boolean(),
    members: z.array(MemberRow.transform(toMember)),
  }),
);

/**
 * Lists members of a chat in the order of their ids; who is in a channel its admins alone may see
 * [M31].
 *
 * @returns undefined when the user is in no such chat
 */
export const listMembers = (
  db: Database,
  { chatId, userId, after, limit }: MembersQuery,
): Promise<Member[] | 'not_allowed' | undefined> => {
  const query = db.execute(sql`
    with me as (
      select chats.type is distinct from 'channel' or ${IS_ADMIN} as allowed
      from chat_members as member join chats on chats.id = member.chat_id
      where member.chat_id = ${chatId} and member.user_id = ${userId}),
    page as (
      select member.* from me, chat_members as member
      where allowed and member.chat_id = ${chatId} and member.user_id > ${after}
      order by member.user_id limit ${limit}::int)
    select allowed, (
      select coalesce(json_agg(${MEMBER} order by member.user_id), '[]')
      from page as member join chats on chats.id = member.chat_id
        left join users as person on person.id = member.user_id) as members
    from me`);
  return runReadQuery('list members', query, ({ rows }) => {
    const [listed] = Listed.parse(rows);
    return listed && (listed.allowed ? listed.members : 'not_allowed');
  });
};
