import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import { INLINE_ATTACHMENT_LIMIT } from '../../contract/http/messages.ts';

/**
 * Locks a chat for whoever is in it until the transaction ends. It goes first in the batch of every
 * change of a chat, so that the statement after it sees all changes before: seq, version, members.
 * Who is not in the chat locks nothing.
 */
export const lockChat = (chatId: string, userId: string) => sql`
  select from chats
  where id = ${chatId}
    and exists (select from chat_members where chat_id = ${chatId} and user_id = ${userId})
  for no key update`;

/** Locks a channel like {@link lockChat}, for who is about to join it. */
export const lockChannel = (chatId: string) => sql`
  select from chats where id = ${chatId} and type = 'channel' for no key update`;

/**
 * The last parts of a `with` that changes a chat: writes an entry of the feed for each row of
 * `told (place, user_id, kind, chat_id, seq, about)`, a user's entries in the order of `place`.
 * Feeds are locked in the order of user ids, or two chats of the same people would deadlock [M23].
 * The numbers are in `numbered (user_id, n)`: the last one of each user.
 */
export const WRITE_FEED = sql`
  numbered as (
    insert into feeds as feed (user_id, n, at)
    select user_id, count(*), clock_timestamp() from told group by user_id order by user_id
    on conflict (user_id) do update set n = feed.n + excluded.n,
      at = greatest(clock_timestamp(), feed.at + interval '1 microsecond')
    returning user_id, n, at),
  placed as (
    select told.*, row_number() over (partition by user_id order by place desc) - 1 as back
    from told),
  entries as (
    insert into feed_entries (user_id, n, at, chat_id, kind, seq, about)
    select user_id, numbered.n - back, at, chat_id, kind, seq, about
    from placed join numbered using (user_id)
    on conflict (user_id, chat_id, about) where kind = 'read'
      do update set n = excluded.n, at = excluded.at)`;

/** How much of something a user may do: `burst` at once, then so many a second. */
export interface Rate {
  /** What is limited; the key beside the user. */
  readonly name: string;
  readonly burst: number;
  readonly perSecond: number;
}

/** Who asks for room in a {@link Rate}, and at what time in milliseconds since 1970. */
export interface RateAsked extends Rate {
  readonly userId: string;
  readonly now: number;
}

/**
 * Parts of a `with` that take one from a rate (GCRA), race-free, if there is room and `when` holds.
 * What they found is the one row of `rate (allowed, wait_ms)`: `allowed` when one was taken. What
 * is written has to depend on it, so that a refused request writes nothing.
 *
 * @param when a condition on the parts before: what it leaves out costs nothing and is not allowed
 * @example
 * sql`with ${takeRate({ ...SEARCH_RATE, userId, now })}
 *   select ... from rate where allowed`
 */
export const takeRate = (
  { userId, name, burst, perSecond, now }: RateAsked,
  when: SQL = sql`true`,
): SQL => {
  const asked = sql`to_timestamp(${now / 1_000}::float8)`;
  const span = sql`${1_000 / perSecond}::float8 * interval '1 millisecond'`;
  const room = sql`${((burst - 1) * 1_000) / perSecond}::float8 * interval '1 millisecond'`;
  return sql`
  taken as (
    insert into user_rates as used (user_id, name, free_at)
    select ${userId}, ${name}, ${asked} + ${span} where ${when}
    on conflict (user_id, name) do update set free_at = greatest(used.free_at, ${asked}) + ${span}
      where used.free_at <= ${asked} + ${room}
    returning free_at),
  rate as (
    select exists (select from taken) as allowed, greatest(1, coalesce((
      select ceil(extract(epoch from free_at - ${asked} - ${room}) * 1000)
      from user_rates where user_id = ${userId} and name = ${name}), 1))::int as wait_ms)`;
};

/** Writes a time without a zone, which means UTC, as clients read it; the session's zone is out. */
export const formatUtc = (time: SQL): SQL => sql`to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** How long the attachment of the row `message` is as JSON, in characters. */
export const ATTACHMENT_SIZE = sql`
  case when message.attachment is null then 0
    else coalesce(message.attachment_size, length(message.attachment::text)) end`;

const messageWith = (attachment: SQL) => sql`
  json_build_object('id', message.id, 'senderId', message.sender_id,
    'text', coalesce(message.text, ''), 'attachment', ${attachment},
    'time', ${formatUtc(sql`coalesce(message.created_at, 'epoch')`)},
    'seq', message.seq, 'version', coalesce(message.version, message.seq),
    'clientId', message.client_id,
    'editedAt', ${formatUtc(sql`message.edited_at at time zone 'UTC'`)},
    'deleted', message.deleted_at is not null)`;

/** The row `message` of `messages` as JSON: what `MessageRow` (src/feed/message.ts) reads. */
export const MESSAGE = messageWith(sql`message.attachment`);

/** {@link MESSAGE} for sync and frames: a long attachment is without its URL. */
export const INLINE_MESSAGE = messageWith(sql`
  case when ${ATTACHMENT_SIZE} > ${sql.raw(String(INLINE_ATTACHMENT_LIMIT))}
    then message.attachment - 'url' else message.attachment end`);
