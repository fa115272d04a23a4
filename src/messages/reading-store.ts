import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { MESSAGE_PAGE, MESSAGE_PAGE_BYTES } from '../contract/http/messages.ts';
import { MessageRow } from '../feed/message.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery } from '../platform/db/client.ts';
import { ATTACHMENT_SIZE, MESSAGE, takeRate, WRITE_FEED } from '../platform/db/fragments.ts';
import { MARK_RATE } from './limits.ts';
import type { Place } from './seat-store.ts';
import { seatOf, TOLD } from './seat-store.ts';

/** Part of a messages' list; oldest first. */
export interface Page {
  readonly messages: readonly MessageRow[];
  /** Whether there are older ones. */
  readonly more: boolean;
}

/** Which messages of a chat a page is made of: the newest ones that meet `condition`. */
interface Selection {
  readonly chatId: string;
  readonly condition: SQL;
  readonly limit: number;
}

/**
 * The parts `newest` and `page` of a `with`. Chat and place are no columns of a join, so that the
 * index is walked from its end for as many rows as are wanted, however many there are. What the
 * reader may not see is left out afterwards: between two bounds of which one is not known yet, the
 * planner takes a chat for small, and sorts all of it.
 */
const selectPage = ({ chatId, condition, limit }: Selection): SQL => sql`
  newest as (
    select *, row_number() over latest as place, sum(bytes) over latest as total
    from (
      select message.*, ${ATTACHMENT_SIZE} + coalesce(octet_length(message.text), 0) as bytes
      from (
        select * from messages as message where message.chat_id = ${chatId} and ${condition}
        order by message.seq desc limit ${limit + 1}) as message
      where message.seq > (select from_seq from seat)) as message
    window latest as (order by seq desc)),
  page as (
    select * from newest
    where place <= ${limit} and (place = 1 or total <= ${MESSAGE_PAGE_BYTES}))`;

const PAGE = sql`
  (select coalesce(json_agg(${MESSAGE} order by seq), '[]') from page as message) as messages,
  (select count(*) from newest) > (select count(*) from page) as more`;

const Page = { messages: z.array(MessageRow), more: z.boolean() };
const Pages = z.array(z.object(Page));
const FoundMessages = z.array(z.object({ message: MessageRow.nullable() }));

/** Which messages to list. */
export interface PageQuery extends Place {
  /** Only messages before this `seq`; the newest ones when absent. */
  readonly before: number | undefined;
  readonly limit: number;
}

/**
 * Lists messages, deleted ones too.
 *
 * @returns undefined for who is not in the chat
 */
export const listMessages = (db: Database, query: PageQuery): Promise<Page | undefined> => {
  const { chatId, before, limit } = query;
  const condition = before === undefined ? sql`true` : sql`message.seq < ${before}`;
  const statement = sql`with ${seatOf(query)}, ${selectPage({ chatId, condition, limit })}
    select ${PAGE} from seat`;
  return runReadQuery('list messages', db.execute(statement), ({ rows }) => Pages.parse(rows)[0]);
};

/**
 * Finds a message.
 *
 * @returns undefined for who is not in the chat, null when there is no such message for them
 */
export const findMessage = (
  db: Database,
  place: Place,
  messageId: string,
): Promise<MessageRow | null | undefined> => {
  const statement = sql`with ${seatOf(place)}
    select (
      select ${MESSAGE} from messages as message
      where message.id = ${messageId} and message.chat_id = seat.chat_id
        and message.seq > seat.from_seq) as message
    from seat`;
  return runReadQuery(
    'find message',
    db.execute(statement),
    ({ rows }) => FoundMessages.parse(rows)[0]?.message,
  );
};

/**
 * The parts of a `with` after `target (seq)`, how far somebody wants to have read: `marked` is
 * their mark if it moves, `moved` the chat after it. Marks are for all to see only where the
 * members are: in channels and large chats nobody else is told, and the chat has not changed [M18].
 */
const moveMark = ({ userId }: Place, condition: SQL): SQL => sql`
  marked as (
    update chat_members as me set read_seq = target.seq,
      own_unread = case when me.own_unread = 0 then 0 else greatest(0, me.own_unread - (
        select count(*) from messages as message
        where message.chat_id = seat.chat_id and message.sender_id = me.user_id
          and message.seq > seat.mark and message.seq <= target.seq)) end
    from seat, target
    where me.chat_id = seat.chat_id and me.user_id = ${userId}
      and target.seq > seat.mark and ${condition}
    returning me.chat_id, me.read_seq, me.own_unread),
  moved as (
    update chats set version = chats.version + 1 from marked, seat
    where chats.id = marked.chat_id and seat.type <> 'channel' and not seat.large
    returning chats.version),
  told as (
    select 1 as place, member.user_id, 'read' as kind, member.chat_id, null::bigint as seq,
      ${userId} as about
    from marked join seat using (chat_id) join chat_members as member using (chat_id)
    where member.user_id = ${userId} or (seat.type <> 'channel' and not seat.large)),
  ${WRITE_FEED}`;

const MARK = sql`
  coalesce(marked.read_seq, seat.mark) as mark,
  greatest(0, seat.last_seq - coalesce(marked.read_seq, seat.mark)
    - coalesce(marked.own_unread, seat.own_unread)) as unread,
  marked.read_seq is not null as moves, moved.version, ${TOLD} as told`;

const Mark = {
  mark: z.coerce.number(),
  unread: z.coerce.number(),
  moves: z.boolean(),
  version: z.coerce.number().nullable(),
  told: z.array(z.object({ userId: z.string(), n: z.int() })),
};
const PagesWithMark = z.array(z.object({ ...Page, ...Mark }));
const MovedMarks = z.array(z.object({ ...Mark, refused: z.boolean(), wait_ms: z.int() }));

/** How far somebody has read, and who is told if that is news. */
export type Mark = z.output<z.ZodObject<typeof Mark>>;

/**
 * Locks a chat of which others are told how far somebody has read, unless there is nothing new to
 * them: who only looks again and again has nobody wait.
 */
const lockUnread = ({ chatId, userId }: Place): SQL => sql`
  select from chats
  where id = ${chatId} and not large and coalesce(type, 'user') <> 'channel' and exists (
    select from chat_members as me
    where me.chat_id = ${chatId} and me.user_id = ${userId}
      and greatest(me.read_seq, me.from_seq) < chats.last_seq)
  for no key update`;

const NOT_DELETED = sql`message.deleted_at is null`;

/**
 * Lists the newest messages for a legacy client, without deleted ones, and moves the mark to the
 * end [M5].
 *
 * @returns undefined for who is not in the chat
 */
export const openChat = (db: Database, place: Place): Promise<(Page & Mark) | undefined> => {
  const statement = sql`
    with ${seatOf(place)},
    ${selectPage({ chatId: place.chatId, condition: NOT_DELETED, limit: MESSAGE_PAGE.legacy })},
    target as (select last_seq as seq from seat),
    ${moveMark(place, sql`true`)}
    select ${PAGE}, ${MARK} from seat left join marked on true left join moved on true`;
  const batch = db.batch([db.execute(lockUnread(place)), db.execute(statement)]);
  return runQuery('open chat', batch, ([, { rows }]) => PagesWithMark.parse(rows)[0]);
};

/** A mark to move. */
export interface MarkAsked extends Place {
  /** How far somebody has read; past the end counts as the end. */
  readonly seq: number;
  readonly now: number;
}

/**
 * Moves a mark [M18].
 *
 * @returns undefined for who is not in the chat, or how long to wait, in milliseconds
 */
export const moveReadMark = (
  db: Database,
  asked: MarkAsked,
): Promise<Mark | { readonly waitMs: number } | undefined> => {
  const { userId, seq, now } = asked;
  const grows = sql`exists (select from seat, target where target.seq > seat.mark)`;
  const statement = sql`
    with ${seatOf(asked)},
    target as (select least(last_seq, ${seq}::bigint) as seq from seat),
    ${takeRate({ ...MARK_RATE, userId, now }, grows)},
    ${moveMark(asked, sql`(select allowed from rate)`)}
    select ${MARK}, ${grows} and not rate.allowed as refused, rate.wait_ms
    from seat cross join rate left join marked on true left join moved on true`;
  const batch = db.batch([db.execute(lockUnread(asked)), db.execute(statement)]);
  return runQuery('move mark', batch, ([, { rows }]) => {
    const [row] = MovedMarks.parse(rows);
    return row?.refused ? { waitMs: row.wait_ms } : row;
  });
};
