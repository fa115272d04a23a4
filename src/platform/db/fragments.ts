import { sql } from 'drizzle-orm';

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
