import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import { CHAT_TYPE, IS_ADMIN } from '../platform/db/chat-fragments.ts';

/** A chat, and who asks for something in it. */
export interface Place {
  readonly chatId: string;
  readonly userId: string;
}

/**
 * The first part of a `with`: `seat` is the chat as its member has it, and has no row for anybody
 * else. `mark` is how far they have read. Whom another side of a personal chat has blocked is
 * `blocked` there [M42]; in a channel only admins may write [M31].
 */
export const seatOf = ({ chatId, userId }: Place): SQL => sql`
  seat as (
    select chats.id as chat_id, chats.last_seq, chats.large, kind.*,
      member.from_seq, greatest(member.read_seq, member.from_seq) as mark, member.own_unread,
      kind.type = 'user' and exists (
        select from blocks join chat_members as other on other.user_id = blocks.user_id
        where other.chat_id = chats.id and blocks.blocked_id = member.user_id) as blocked,
      kind.type <> 'channel' or kind.is_admin as may_write
    from chats join chat_members as member on member.chat_id = chats.id
      cross join lateral (
        select ${CHAT_TYPE} as type, ${CHAT_TYPE} <> 'user' and ${IS_ADMIN} as is_admin) as kind
    where chats.id = ${chatId} and member.user_id = ${userId})`;

/** Whom a message reaches, as {@link TOLD}, and whether they have subscribed to pushes [P6]. */
export const TOLD_OF_MESSAGE = sql`(
  select coalesce(json_agg(json_build_object('userId', user_id, 'n', n, 'push', exists (
    select from push_subscriptions where user_id = numbered.user_id))), '[]')
  from numbered)`;

/** Whom a change reaches, as JSON: the rows of `numbered` [M21]. */
export const TOLD = sql`(
  select coalesce(json_agg(json_build_object('userId', user_id, 'n', n)), '[]') from numbered)`;
