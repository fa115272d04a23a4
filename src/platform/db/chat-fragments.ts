import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import { formatUtc } from './fragments.ts';

/** The type of the row `chats`: legacy rows may have none. */
export const CHAT_TYPE = sql`
  case when chats.type in ('group', 'channel') then chats.type else 'user' end`;

/** Whether the row `member` of `chat_members` is an admin, by the words of legacy rows too. */
export const IS_ADMIN = sql`coalesce(member.role in ('admin', 'owner', 'creator'), false)`;

/**
 * Selects the chats of a user, each as they see it: `to_json` of a row is what `ChatRow`
 * (src/feed/chat.ts) reads. `at` is the time of the last message that the user may read.
 *
 * A personal chat has a peer if exactly one other is in it; legacy ones may have none or several.
 * The marks of others are not looked for in large chats, which would mean reading every member.
 *
 * @example
 * sql`select to_json(seen) as chat from (${chatsSeenBy(userId)}) as seen where id = ${chatId}`
 */
export const chatsSeenBy = (userId: string): SQL => sql`
  select chats.id, kind.type, chats.name, chats.photo, chats.large, chats.version,
    case when jsonb_typeof(chats.meta) = 'object' then chats.meta end as meta,
    case when chats.last_seq = 0 then chats.last_message else last.text end as "lastMessage",
    ${formatUtc(sql`last_at.at`)} as "lastTime", last_at.at, member.joined_at as "joinedAt",
    greatest(0, chats.last_seq - greatest(member.read_seq, member.from_seq) - member.own_unread)
      as unread,
    case when kind.type <> 'user' and ${IS_ADMIN} then 'admin' else 'member' end as role,
    chats.last_seq as "lastSeq", member.from_seq as "fromSeq", member.read_seq as "readSeq",
    case when chats.large then 0 else coalesce((
      select max(other.read_seq) from chat_members as other
      where other.chat_id = chats.id and other.user_id <> member.user_id), 0) end
      as "othersReadSeq",
    (select count(*) from chat_members as other where other.chat_id = chats.id) as members,
    peer.user_id as "peerUserId", person.username as "peerUsername",
    person.display_name as "peerDisplayName",
    case when nullif(person.public_key, '') is null then 0 else person.key_version end
      as "peerKeyVersion"
  from chat_members as member
    join chats on chats.id = member.chat_id
    cross join lateral (select ${CHAT_TYPE} as type) as kind
    left join lateral (
      select text, created_at from messages
      where chat_id = chats.id and seq > member.from_seq and deleted_at is null
      order by seq desc limit 1) as last on true
    cross join lateral (
      select case when chats.last_seq = 0 then chats.last_time else last.created_at end as at)
      as last_at
    left join lateral (
      select min(other.user_id) as user_id from chat_members as other
      where other.chat_id = chats.id and other.user_id <> member.user_id
      having count(*) = 1) as peer on kind.type = 'user'
    left join users as person on person.id = peer.user_id
  where member.user_id = ${userId}`;

/**
 * A member as JSON, which is what `MemberRow` (src/feed/chat.ts) reads: of the rows `member` of
 * `chat_members`, `chats`, and `person` of `users`, which is empty for who was deleted.
 */
export const MEMBER = sql`
  json_build_object('userId', member.user_id, 'username', person.username,
    'displayName', person.display_name, 'readSeq', member.read_seq,
    'role', case when ${CHAT_TYPE} <> 'user' and ${IS_ADMIN} then 'admin' else 'member' end)`;
