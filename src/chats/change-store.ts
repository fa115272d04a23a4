import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Chat } from '../contract/http/chats.ts';
import { FEED_KINDS } from '../contract/http/sync.ts';
import { ChatRow, toChat } from '../feed/chat.ts';
import { chatsSeenBy, IS_ADMIN } from '../platform/db/chat-fragments.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery } from '../platform/db/client.ts';
import { lockChat, takeRate, WRITE_FEED } from '../platform/db/fragments.ts';
import { CHANGE_CHATS } from './limits.ts';
import type { Outcome } from './outcome.ts';
import { REFUSALS } from './outcome.ts';

/** Who changes which chat, and when, in milliseconds since 1970. */
export interface Change {
  readonly chatId: string;
  readonly userId: string;
  readonly now: number;
}

const Answered = z.object({
  refused: z.enum(REFUSALS).nullable(),
  needed: z.boolean(),
  allowed: z.boolean(),
  waitMs: z.int(),
  change: z
    .object({
      chatId: z.string(),
      version: z.int(),
      large: z.boolean(),
      told: z.array(z.object({ userId: z.string(), n: z.int(), what: z.enum(FEED_KINDS) })),
    })
    .nullable(),
  answer: z.unknown(),
});
const Outcomes = z.tuple([z.object({ outcome: Answered })]);

/** The time of a column without a zone, which means UTC. */
export const NOW = sql`(now() at time zone 'UTC')`;

/** Whether a change is neither refused nor done already; the part before is `refused`. */
export const IS_NEEDED = sql`(select code is null and needed from refused)`;

/**
 * Ends a statement that changes a chat. Its parts before are `refused (code, needed)`, `rate`,
 * `changed (id, version, large)`, which is empty when nothing is changed, and what `WRITE_FEED`
 * makes.
 *
 * @param answer JSON of what was changed, which no later part of the statement can read
 */
export const selectOutcome = (answer: SQL = sql`null`): SQL => sql`
  last_told as (
    select distinct on (user_id) user_id, kind from told order by user_id, place desc)
  select json_build_object('refused', refused.code, 'needed', refused.needed,
    'allowed', rate.allowed, 'waitMs', rate.wait_ms, 'answer', ${answer},
    'change', (
      select json_build_object('chatId', id, 'version', version, 'large', large, 'told', (
        select coalesce(json_agg(json_build_object('userId', user_id, 'n', n, 'what', kind)
          order by user_id), '[]')
        from numbered join last_told using (user_id)))
      from changed)) as outcome
  from refused cross join rate`;

/**
 * Reads what came of a change.
 *
 * @param rows the one row of {@link selectOutcome}
 * @param readAnswer gets the answer that the statement made itself, if it did
 */
export const readOutcome = <Answer>(
  rows: unknown,
  readAnswer: (answer: unknown) => Answer,
): Outcome<Answer> => {
  const [{ outcome }] = Outcomes.parse(rows);
  const { refused, needed, allowed, waitMs, change, answer } = outcome;
  if (refused !== null) return { refused };
  if (needed && !allowed) return { waitMs };
  return { answer: readAnswer(answer), change: change ?? undefined };
};

const Chats = z.tuple([z.object({ chat: ChatRow })]);

/** Selects one chat as a user sees it. */
export const selectChat = (userId: string, chatId: SQL): SQL =>
  sql`select to_json(seen) as chat from (${chatsSeenBy(userId)}) as seen where id = (${chatId})`;

/** Reads the one row of {@link selectChat}. */
export const readChat = (rows: unknown): Chat => toChat(Chats.parse(rows)[0].chat);

/** The role and the chat of who acts: the first part of a change, empty for who is not in it. */
export const actingIn = ({ chatId, userId }: Change): SQL => sql`
  me as (
    select chats.*, member.user_id, ${IS_ADMIN} as is_admin,
      chats.type in ('group', 'channel') is true as has_roles
    from chat_members as member join chats on chats.id = member.chat_id
    where chats.id = ${chatId} and member.user_id = ${userId})`;

/** What to change of a chat: what is undefined stays, `photo` of null is taken away. */
export interface ChatChange {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly photo: string | null | undefined;
}

const jsonOf = (value: object) => sql`${JSON.stringify(value)}::jsonb`;

/** Changes a group or channel [M30]. */
export const changeChat = (
  db: Database,
  change: Change,
  { name, description, photo }: ChatChange,
): Promise<Outcome<Chat>> => {
  const { chatId, userId, now } = change;
  const given = name !== undefined || description !== undefined || photo !== undefined;
  const meta = description === undefined ? {} : { description };
  const statement = sql`
    with ${actingIn(change)},
    refused as (
      select case when me.id is null then 'chat_not_found'
        when not (has_roles and is_admin) then 'not_allowed_in_chat' end as code,
        ${given}::boolean as needed
      from (select) as one left join me on true),
    ${takeRate({ ...CHANGE_CHATS, userId, now }, IS_NEEDED)},
    changed as (
      update chats set version = version + 1, name = coalesce(${name ?? null}, name),
        photo = case when ${photo !== undefined}::boolean then ${photo ?? null} else photo end,
        meta = case when ${description !== undefined}::boolean
          then case when jsonb_typeof(meta) = 'object' then meta else '{}' end || ${jsonOf(meta)}
          else meta end
      where id = ${chatId} and (select allowed from rate)
      returning id, version, large),
    told as (
      select 0 as place, user_id, 'chat' as kind, chat_id, null::bigint as seq, null as about
      from changed join chat_members on chat_id = changed.id where not large),
    ${WRITE_FEED},
    ${selectOutcome()}`;
  const batch = db.batch([
    db.execute(lockChat(chatId, userId)),
    db.execute(statement),
    db.execute(selectChat(userId, sql`${chatId}`)),
  ]);
  return runQuery('change chat', batch, ([, { rows }, seen]) =>
    readOutcome(rows, () => readChat(seen.rows)),
  );
};
