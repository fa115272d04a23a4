import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Chat } from '../contract/http/chats.ts';
import type { Message } from '../contract/http/messages.ts';
import { INLINE_ATTACHMENT_LIMIT } from '../contract/http/messages.ts';
import type { Change } from '../contract/http/sync.ts';
import { FEED_DAYS, SYNC_PAGE } from '../contract/http/sync.ts';
import { CHAT_TYPE, chatsSeenBy, IS_ADMIN, MEMBER } from '../platform/db/chat-fragments.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery } from '../platform/db/client.ts';
import { ATTACHMENT_SIZE, INLINE_MESSAGE } from '../platform/db/fragments.ts';
import { ChatRow, MemberRow, toChat, toMember } from './chat.ts';
import type { Place } from './cursor.ts';
import { MessageRow, toMessage } from './message.ts';

/** How long the row `message` is about as JSON in a page, in bytes; what is long is not read. */
const MESSAGE_BYTES = sql`
  300 + octet_length(coalesce(message.text, '')) + case
    when ${ATTACHMENT_SIZE} > ${sql.raw(String(INLINE_ATTACHMENT_LIMIT))} then 0
    else ${ATTACHMENT_SIZE} end`;

/** How long the row `chats` is about as JSON in a page, in bytes. */
const CHAT_BYTES = sql`
  1000 + octet_length(coalesce(chats.photo, '')) + octet_length(coalesce(chats.meta::text, ''))`;

/** Whether a row is in a page: of the `total` bytes up to it, and its `place`, from 1. */
const FITS = (limit: number): SQL => sql`
  place <= ${limit} and (place = 1 or total <= ${sql.raw(String(SYNC_PAGE.bytes))})`;

/** A time in whole milliseconds since 1970, not before it. */
const toMs = (time: SQL): SQL => sql`ceil(extract(epoch from ${time}) * 1000)`;

/** An entry of a feed, as it is now; what cannot be seen any more is not among them. */
const EntryRow = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), body: MessageRow }),
  z.object({ type: z.literal('chat'), body: ChatRow }),
  z.object({ type: z.literal('member'), about: z.string(), body: MemberRow.nullable() }),
  z.object({ type: z.literal('read'), about: z.string(), body: z.int() }),
  z.object({ type: z.literal('left') }),
]);

const Entry = z.intersection(z.object({ n: z.int(), chatId: z.string() }), EntryRow);

const Page = z.object({
  reset: z.boolean(),
  more: z.boolean(),
  n: z.int(),
  at: z.int(),
  entries: z.array(Entry),
  large: z.array(z.object({ chatId: z.string(), version: z.int() })),
});

const Pages = z.tuple([z.object({ page: Page })]);

/** A page of a feed. */
export interface FeedPage extends Omit<z.output<typeof Page>, 'entries' | 'n' | 'at'> {
  readonly changes: Change[];
  /** Where the page ends. */
  readonly end: Place;
}

const toChange = (entry: z.output<typeof Entry>, userId: string): Change => {
  const { n, chatId } = entry;
  switch (entry.type) {
    case 'message':
      return { type: entry.type, n, chatId, message: toMessage(entry.body, userId) };
    case 'chat':
      return { type: entry.type, n, chatId, chat: toChat(entry.body) };
    case 'member': {
      const member = entry.body && toMember(entry.body);
      return { type: entry.type, n, chatId, userId: entry.about, member };
    }
    case 'read':
      return { type: entry.type, n, chatId, userId: entry.about, readSeq: entry.body };
    case 'left':
      return { type: entry.type, n, chatId };
  }
};

/** What to read of a feed. */
export interface FeedAsked {
  readonly userId: string;
  /** Where the page before ended; undefined = there was none that counts. */
  readonly since: Place | undefined;
  readonly limit: number;
}

/**
 * Reads a page of a feed, with all that its entries are about as it is now [M20, M25]. `reset` says
 * that `since` cannot be gone on from [M24].
 */
export const readFeed = (db: Database, { userId, since, limit }: FeedAsked): Promise<FeedPage> => {
  const query = db.execute(sql`
    with feed as (
      select coalesce(feeds.n, 0) as n, ${toMs(sql`greatest(clock_timestamp(), feeds.at)`)} as at
      from (values (${userId})) as given (user_id) left join feeds using (user_id)),
    asked as (
      select since.n, feed.n as newest, feed.at as now,
        since.n is null or since.n > feed.n
        or since.n < feed.n and since.at < feed.at - ${FEED_DAYS * 86_400_000}::bigint
        -- The database was restored: that number was given again, after the cursor was made.
        or coalesce((
          select ${toMs(sql`at`)} > since.at from feed_entries
          where user_id = ${userId} and n <= since.n order by n desc limit 1), false) as reset
      from feed, (values (${since?.n ?? null}::bigint, ${since?.at ?? null}::bigint))
        as since (n, at)),
    entries as materialized (
      select entry.*, row_number() over (order by entry.n) as place
      from asked cross join lateral (
        select n, at, chat_id, kind, seq, about from feed_entries
        where user_id = ${userId} and n > asked.n and not asked.reset
        order by n limit ${limit + 1}) as entry),
    sized as (
      select entries.*, sum(case kind
        when 'message' then (
          select ${MESSAGE_BYTES} from messages as message
          where message.chat_id = entries.chat_id and message.seq = entries.seq)
        when 'chat' then (select ${CHAT_BYTES} from chats where id = entries.chat_id)
        else 300 end) over (order by n) as total
      from entries),
    page as (select * from sized where ${FITS(limit)}),
    mine as (
      select member.chat_id, member.from_seq,
        ${CHAT_TYPE} = 'channel' and not ${IS_ADMIN} as listens
      from chat_members as member join chats on chats.id = member.chat_id
      where member.user_id = ${userId} and member.chat_id in (select chat_id from page)),
    seen as (
      select n, page.chat_id, seq, about, from_seq,
        case when mine.chat_id is null then 'left' else kind end as type
      from page left join mine using (chat_id)
      where mine.chat_id is null or not listens or kind not in ('member', 'read')
        or about = ${userId}),
    newest as (
      select distinct on (chat_id, type, case type when 'message' then seq end,
        case when type in ('member', 'read') then about end) *
      from seen order by chat_id, type, case type when 'message' then seq end,
        case when type in ('member', 'read') then about end, n desc),
    told as (
      select n, chat_id, type, about, case type
        when 'message' then (
          select ${INLINE_MESSAGE} from messages as message
          where message.chat_id = newest.chat_id and message.seq = newest.seq
            and message.seq > newest.from_seq)
        when 'chat' then (
          select to_json(chat) from (${chatsSeenBy(userId)}) as chat where chat.id = newest.chat_id)
        when 'member' then (
          select ${MEMBER} from chat_members as member join chats on chats.id = member.chat_id
            left join users as person on person.id = member.user_id
          where member.chat_id = newest.chat_id and member.user_id = newest.about)
        when 'read' then (
          select to_json(read_seq) from chat_members as member
          where member.chat_id = newest.chat_id and member.user_id = newest.about) end as body
      from newest),
    ended as (
      select max(n) as n, max(at) as at, count(*) < (select count(*) from entries) as more
      from page)
    select json_build_object('reset', reset, 'more', more,
      'n', case when more then ended.n else newest end,
      'at', case when more then ${toMs(sql`ended.at`)} else now end,
      'entries', (
        select coalesce(json_agg(json_build_object('type', type, 'n', n, 'chatId', chat_id,
          'about', about, 'body', body) order by n), '[]')
        from told where type in ('left', 'member') or body is not null),
      'large', (
        select coalesce(json_agg(json_build_object('chatId', id, 'version', version)
          order by id), '[]')
        from chat_members join chats on id = chat_id
        where user_id = ${userId} and large and not more)) as page
    from asked, ended`);
  return runReadQuery('read feed', query, ({ rows }) => {
    const [row] = Pages.parse(rows);
    const { n, at, entries, ...page } = row.page;
    return { ...page, end: { n, at }, changes: entries.map((entry) => toChange(entry, userId)) };
  });
};

/** Which changes of a chat to read. */
export interface ChangesAsked {
  readonly userId: string;
  readonly chatId: string;
  /** The version after which they begin. */
  readonly since: number;
}

const Changes = z.object({ chat: ChatRow, more: z.boolean(), messages: z.array(MessageRow) });
const ChangesRows = z.array(z.object({ changes: Changes }));

/** The messages of a chat that changed, in the order of their versions. */
export interface ChatChanges {
  readonly chat: Chat;
  readonly messages: Message[];
  readonly more: boolean;
}

/**
 * Reads the chat and a page of the messages that changed after a version, of those that the user
 * may read.
 *
 * @returns undefined when the user is in no such chat
 */
export const readChanges = (
  db: Database,
  { userId, chatId, since }: ChangesAsked,
): Promise<ChatChanges | undefined> => {
  const query = db.execute(sql`
    with chat as (select * from (${chatsSeenBy(userId)}) as seen where id = ${chatId}),
    found as materialized (
      select message.*, row_number() over (order by version) as place,
        sum(${MESSAGE_BYTES}) over (order by version) as total
      from (
        select * from messages where chat_id = ${chatId} and version > ${since}
          and seq > (select "fromSeq" from chat)
        order by version limit ${SYNC_PAGE.entries + 1}) as message),
    page as (select * from found where ${FITS(SYNC_PAGE.entries)})
    select json_build_object('chat', to_json(chat),
      'more', (select count(*) from page) < (select count(*) from found),
      'messages', (
        select coalesce(json_agg(${INLINE_MESSAGE} order by version), '[]')
        from page as message)) as changes
    from chat`);
  return runReadQuery('read changes', query, ({ rows }) => {
    const [row] = ChangesRows.parse(rows);
    if (!row) return undefined;
    const { chat, more, messages } = row.changes;
    return { chat: toChat(chat), more, messages: messages.map((one) => toMessage(one, userId)) };
  });
};

/**
 * How long an entry is there beyond the days that it is kept, so that a cursor which is just young
 * enough misses none that was being written when it was made.
 */
const GRACE = sql`interval '1 hour'`;

/** How many rows of each table were deleted. */
const Trimmed = z.object({ entries: z.int(), rates: z.int() });

export type Trimmed = z.output<typeof Trimmed>;

/**
 * Deletes entries of feeds that are no longer kept, and rates of which nothing is used any more.
 * Rows that somebody writes at the moment stay until the next time: waiting for one while holding
 * others could end in a deadlock.
 *
 * @param most how many rows of each table
 */
export const trim = (db: Database, most: number): Promise<Trimmed> => {
  const query = db.execute(sql`
    with entries as (
      delete from feed_entries where ctid = any (array(
        select ctid from feed_entries
        where at < now() - make_interval(days => ${FEED_DAYS}) - ${GRACE}
        order by at limit ${most} for update skip locked))
      returning 1),
    rates as (
      delete from user_rates where ctid = any (array(
        select ctid from user_rates where free_at < now() - interval '1 day'
        limit ${most} for update skip locked))
      returning 1)
    select (select count(*) from entries)::int as entries,
      (select count(*) from rates)::int as rates`);
  return runQuery('trim', query, ({ rows }) => Trimmed.parse(rows[0]));
};
