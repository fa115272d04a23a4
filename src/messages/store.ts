import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { SentAttachment } from '../contract/http/attachment.ts';
import { MessageRow } from '../feed/message.ts';
import type { Told } from '../feed/tell.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery, UniqueViolation } from '../platform/db/client.ts';
import type { Rate } from '../platform/db/fragments.ts';
import { lockChat, MESSAGE, takeRate, WRITE_FEED } from '../platform/db/fragments.ts';
import { DELETE_RATE, EDIT_RATE, SEND_RATE } from './limits.ts';
import type { Place } from './seat-store.ts';
import { seatOf, TOLD_OF_MESSAGE } from './seat-store.ts';

/** Why nothing was written. */
const REFUSALS = [
  'chat_not_found',
  'message_not_found',
  'not_allowed_in_chat',
  'message_empty',
] as const;

const Written = z.tuple([
  z.object({
    refusal: z.enum(REFUSALS).nullable(),
    /** Whether it was so before, and nothing was written now. */
    again: z.boolean(),
    allowed: z.boolean(),
    wait_ms: z.int(),
    large: z.boolean().nullable(),
    message: MessageRow.nullable(),
    told: z.array(z.object({ userId: z.string(), n: z.int(), push: z.boolean() })),
  }),
]);

/** A message that was written, or was so already, and whose feeds have it; or why it was not. */
export type Writing =
  | {
      readonly outcome: 'written' | 'again';
      readonly message: MessageRow;
      readonly large: boolean;
      readonly told: readonly Told[];
    }
  | { readonly outcome: (typeof REFUSALS)[number] }
  | { readonly outcome: 'too_many_requests'; readonly waitMs: number };

const toWriting = (rows: unknown): Writing => {
  const [row] = Written.parse(rows);
  const { refusal, again, allowed, large, message, told } = row;
  if (refusal !== null) return { outcome: refusal };
  if (!again && !allowed) return { outcome: 'too_many_requests', waitMs: row.wait_ms };
  if (message === null) throw new Error('a message was written that is not there');
  return {
    outcome: again ? 'again' : 'written',
    message,
    large: large === true,
    told,
  };
};

/** What a change of a message is made of, each part seeing those before it. */
interface Parts {
  readonly rate: Rate;
  /** Selects the message that there is, if there is one. */
  readonly target: SQL;
  /** The cases of a `case` on `seat` and `target` in which the change is refused. */
  readonly refusals: SQL;
  /** Whether `target` is already what the change would make of it. */
  readonly again: SQL;
  /** The last parts: `moved`, the chat after it, and `changed`, the message. */
  readonly change: SQL;
}

/** The statement that changes a message, if nothing speaks against it, and all who are told. */
const writeMessage = (place: Place, now: number, parts: Parts): SQL => {
  const rate = takeRate(
    { ...parts.rate, userId: place.userId, now },
    sql`exists (select from verdict where refusal is null and not again)`,
  );
  return sql`
    with ${seatOf(place)},
    target as (${parts.target}),
    verdict as (
      select case ${parts.refusals} end as refusal, coalesce(${parts.again}, false) as again
      from (values (1)) as one left join seat on true left join target on true),
    ${rate},
    ${parts.change},
    told as (
      select 1 as place, member.user_id, 'message' as kind, changed.chat_id, changed.seq,
        null::text as about
      from changed join seat using (chat_id) join chat_members as member using (chat_id)
      where member.from_seq < changed.seq
        and (not seat.large or member.user_id = ${place.userId})),
    ${WRITE_FEED}
    select refusal, again, allowed, wait_ms, seat.large, ${TOLD_OF_MESSAGE} as told, (
        select ${MESSAGE} from (
          select * from changed
          union all select * from target where not exists (select from changed)) as message
      ) as message
    from verdict cross join rate left join seat on true`;
};

const runWriting = (
  db: Database,
  { place, what, statement }: { place: Place; what: string; statement: SQL },
): Promise<Writing> => {
  const lock = db.execute(lockChat(place.chatId, place.userId));
  return runQuery(what, db.batch([lock, db.execute(statement)]), ([, { rows }]) => toWriting(rows));
};

/** A message to send. */
export interface Draft extends Place {
  readonly text: string;
  readonly attachment: SentAttachment | undefined;
  /** The sender's own id of it: one message for ever [M10]. */
  readonly clientId: string | undefined;
  readonly now: number;
}

/** Sends a message. */
export const addMessage = async (db: Database, draft: Draft): Promise<Writing> => {
  const { chatId, userId, text, clientId = null, now } = draft;
  const attachment = draft.attachment ? JSON.stringify(draft.attachment) : null;
  const statement = writeMessage(draft, now, {
    rate: SEND_RATE,
    target: sql`
      select message.* from messages as message join seat using (chat_id)
      where sender_id = ${userId} and client_id = ${clientId}`,
    refusals: sql`
      when seat.chat_id is null then 'chat_not_found'
      when target.id is not null then null
      when seat.blocked then 'chat_not_found'
      when not seat.may_write then 'not_allowed_in_chat'`,
    again: sql`target.id is not null`,
    // No mark moves, since none would hear of it: own messages are counted beside it [M19].
    change: sql`
      moved as (
        update chats set last_seq = chats.last_seq + 1, version = version + 1,
          last_message = ${text}, last_time = clock_timestamp() at time zone 'UTC'
        from rate where allowed and id = ${chatId}
        returning id, chats.last_seq, version, last_time),
      changed as (
        insert into messages (id, chat_id, sender_id, text, attachment, attachment_size,
          created_at, seq, version, client_id)
        select ${crypto.randomUUID()}, id, ${userId}, ${text}, given, length(given::text),
          last_time, last_seq, version, ${clientId}
        from moved, (values (${attachment}::jsonb)) as attachments (given)
        returning *),
      counted as (
        update chat_members as me set own_unread = me.own_unread + 1
        from moved where me.chat_id = moved.id and me.user_id = ${userId})`,
  });
  const send = () => runWriting(db, { place: draft, what: 'add message', statement });
  try {
    return await send();
  } catch (error) {
    // Somebody who joined at that moment had locked nothing: now the first try is seen.
    if (error instanceof UniqueViolation) return send();
    throw error;
  }
};

/** A message that somebody wants to change. */
export interface Target extends Place {
  readonly messageId: string;
  readonly now: number;
}

/** Selects the message if it is there for the reader. */
const findTarget = (messageId: string): SQL => sql`
  select message.* from messages as message join seat using (chat_id)
  where message.id = ${messageId} and message.seq > seat.from_seq`;

/** Whether no message after `target` is left. */
const IS_LAST = sql`
  not exists (
    select from messages as later
    where later.chat_id = target.chat_id and later.seq > target.seq and deleted_at is null)`;

/** Edits the text of a message [M14]. */
export const editMessage = (
  db: Database,
  target: Target & { readonly text: string },
): Promise<Writing> => {
  const { userId, messageId, text, now } = target;
  const statement = writeMessage(target, now, {
    rate: EDIT_RATE,
    target: sql`${findTarget(messageId)} and message.deleted_at is null`,
    refusals: sql`
      when seat.chat_id is null or seat.blocked then 'chat_not_found'
      when target.id is null then 'message_not_found'
      when target.sender_id is distinct from ${userId} or not seat.may_write
        then 'not_allowed_in_chat'
      when ${text} = '' and target.attachment is null then 'message_empty'`,
    again: sql`target.text = ${text}`,
    change: sql`
      moved as (
        update chats set version = chats.version + 1,
          last_message = case when ${IS_LAST} then ${text} else last_message end
        from rate, target where allowed and chats.id = target.chat_id
        returning chats.version),
      changed as (
        update messages set text = ${text}, edited_at = clock_timestamp(), version = moved.version
        from moved where id = ${messageId}
        returning messages.*)`,
  });
  return runWriting(db, { place: target, what: 'edit message', statement });
};

/** Deletes a message: its row stays, without what it said [M14]. */
export const deleteMessage = (db: Database, target: Target): Promise<Writing> => {
  const { userId, messageId, now } = target;
  const statement = writeMessage(target, now, {
    rate: DELETE_RATE,
    target: findTarget(messageId),
    refusals: sql`
      when seat.chat_id is null then 'chat_not_found'
      when target.id is null then 'message_not_found'
      when target.sender_id is distinct from ${userId}
        and not seat.is_admin then 'not_allowed_in_chat'`,
    again: sql`target.deleted_at is not null`,
    change: sql`
      before as (
        select text, created_at from messages
        where chat_id = ${target.chatId} and seq < (select seq from target)
          and deleted_at is null
        order by seq desc limit 1),
      moved as (
        update chats set version = chats.version + 1,
          last_message = case when ${IS_LAST} then before.text else last_message end,
          last_time = case when ${IS_LAST} then before.created_at else last_time end
        from rate, target left join before on true
        where allowed and chats.id = target.chat_id
        returning chats.version),
      changed as (
        update messages set text = '', attachment = null, attachment_size = null,
          deleted_at = clock_timestamp(), version = moved.version
        from moved where id = ${messageId}
        returning messages.*)`,
  });
  return runWriting(db, { place: target, what: 'delete message', statement });
};
