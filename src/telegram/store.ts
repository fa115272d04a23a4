import type { SQL } from 'drizzle-orm';
import { and, desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery, UniqueViolation } from '../platform/db/client.ts';
import { formerLinks, telegramLinks, users } from '../platform/db/schema.ts';
import type {
  ChangedPhone,
  ChatLink,
  ChatPhones,
  FormerChat,
  KnownPhone,
  NewLink,
  PhoneChange,
  ReplacedLinks,
  ReplacingLink,
} from './records.ts';
import { parseFormerChat, parsePhone, parsePhones } from './records.ts';

/** The chat that a number had before the statement that this is part of, resting or not. */
const previousChat = (phone: string) =>
  sql`(select chat_id from telegram_links where phone = ${phone}) as "previousChatId"`;

/**
 * The chat that a number leaves for another one: the chat that has it, or the last one that had it
 * and whose sessions have not ended yet.
 */
const formerChat = ({ phone, chatId }: NewLink) => sql`(
  select row_to_json(one) from (
    select chat_id as "chatId", language, proved, 0 as age from telegram_links
    where phone = ${phone} and chat_id <> ${chatId}
    union all select chat_id, language, false, 1 from former_links
    where phone = ${phone} and chat_id <> ${chatId}
    order by age limit 1) as one) as "formerChat"`;

/** Keeps which chats numbers were linked to. */
const keepFormer = (links: SQL) => sql`
  insert into former_links (phone, chat_id, language) ${links}
  on conflict (phone) do update set chat_id = excluded.chat_id, language = excluded.language`;

const linkToOtherChat = ({ phone, chatId }: NewLink) => sql`
  select phone, chat_id, language from telegram_links
  where phone = ${phone} and chat_id <> ${chatId}`;

const NO_LINK = sql`select phone, chat_id, language from telegram_links where false`;

/** Overwrites the link of a number. What another chat had turned off is turned on again. */
const RELINK = sql`
  chat_id = excluded.chat_id, linked_at = now(), blocked_at = null, language = excluded.language,
  proved = excluded.proved, missed_calls = excluded.missed_calls
    and (telegram_links.missed_calls or telegram_links.chat_id <> excluded.chat_id)`;

/** Keeps the link that a number has already. */
const KEEP_LINK = sql`phone = excluded.phone`;

/** Makes a link and, so that the first sign-in needs no SQL, its user. */
const insertLink = (link: NewLink, newUserId: string, onConflict: SQL) => {
  const { phone, chatId, language, proved } = link;
  return sql`
    with kept as (${keepFormer(onConflict === RELINK ? linkToOtherChat(link) : NO_LINK)}),
    the_user as (
      insert into users (id, phone) values (${newUserId}, ${phone})
      on conflict (phone) do update set phone = excluded.phone returning id),
    link as (
      insert into telegram_links (phone, chat_id, language, proved)
      values (${phone}, ${chatId}, ${language}, ${proved})
      on conflict (phone) do update set ${onConflict}
      returning case when blocked_at is null then chat_id end as chat_id, language)
    select the_user.id as "userId", link.chat_id as "chatId", link.language,
      ${previousChat(phone)}, ${formerChat(link)}
    from the_user, link`;
};

/** Looks a number up. One that Postgres does not know takes the same statement. */
export const findPhone = (db: Database, phone: string): Promise<KnownPhone> => {
  const query = db.execute(sql`
    select (select ${users.id} from ${users} where ${users.phone} = ${phone}) as "userId", link.*
    from (select 1) as one left join lateral (
      select ${telegramLinks.chatId} as "chatId", ${telegramLinks.language} from ${telegramLinks}
      where ${telegramLinks.phone} = ${phone}
        and ${telegramLinks.blockedAt} is null) as link on true`);
  return runReadQuery('find phone', query, ({ rows }) => parsePhone(rows));
};

/**
 * Links a number to a chat in place of any link it had, and makes its user if there is none.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const linkPhone = (
  db: Database,
  link: NewLink,
  newUserId: string,
): Promise<ChangedPhone & { readonly formerChat: FormerChat | undefined }> => {
  const query = db.execute(insertLink(link, newUserId, RELINK));
  return runQuery('link phone', query, ({ rows }) => ({
    ...parsePhone(rows),
    formerChat: parseFormerChat(rows),
  }));
};

/**
 * Takes over a link that the legacy server kept in Redis [A48]. A link that Postgres has already
 * is newer, and stays.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const adoptLink = (
  db: Database,
  { phone, chatId }: Pick<NewLink, 'phone' | 'chatId'>,
  newUserId: string,
): Promise<KnownPhone> => {
  const link = { phone, chatId, language: null, proved: false };
  const query = db.execute(insertLink(link, newUserId, KEEP_LINK));
  return runQuery('adopt link', query, ({ rows }) => parsePhone(rows));
};

const isLinkOf = ({ phone, chatId }: Pick<NewLink, 'phone' | 'chatId'>) =>
  and(eq(telegramLinks.phone, phone), eq(telegramLinks.chatId, chatId));

/** Notes that the person blocked the bot: nothing is sent to the chat until it is linked anew. */
export const markBlocked = (
  db: Database,
  link: Pick<NewLink, 'phone' | 'chatId'>,
  at: Date,
): Promise<unknown> => {
  const query = db.update(telegramLinks).set({ blockedAt: at }).where(isLinkOf(link));
  return runQuery('mark blocked', query, () => undefined);
};

/** Lists the links of a chat, resting ones too, the latest first. */
export const listChatLinks = (db: Database, chatId: number): Promise<ChatLink[]> => {
  const { phone, blockedAt, missedCalls, linkedAt } = telegramLinks;
  const query = db
    .select({ phone, blockedAt, hearsOfCalls: missedCalls, userId: users.id })
    .from(telegramLinks)
    .leftJoin(users, eq(users.phone, phone))
    .where(eq(telegramLinks.chatId, chatId))
    .orderBy(desc(linkedAt));
  return runReadQuery('links of chat', query, (rows) =>
    rows.map(({ blockedAt, userId, ...link }) => ({
      ...link,
      userId: userId ?? undefined,
      blocked: blockedAt !== null,
    })),
  );
};

/** Has links of a chat live again, since its person has written to the bot [A43]. */
export const wakeLinks = (db: Database, { chatId, phones }: ChatPhones): Promise<PhoneChange> => {
  const query = db.execute(sql`
    update telegram_links set blocked_at = null where chat_id = ${chatId} and phone in ${phones}
    returning phone, chat_id as "chatId", language,
      (select id from users where users.phone = telegram_links.phone) as "userId"`);
  return runQuery('wake links', query, ({ rows }) => ({ known: parsePhones(rows) }));
};

/**
 * What is known of numbers that a chat has just lost. A statement sees the table as it was before,
 * so links to this chat do not count, nor does a user who has moved away.
 */
const afterLoss = ({ chatId, phones }: ChatPhones, movedUser = sql`select null::text`) => {
  const lost = sql.join(
    phones.map((phone) => sql`(${phone}::text)`),
    sql`, `,
  );
  return sql`
    select lost.phone, u.id as "userId", l.chat_id as "chatId", l.language,
      null::bigint as "previousChatId", null::json as "formerChat"
    from (values ${lost}) as lost (phone)
    left join users u on u.phone = lost.phone and u.id is distinct from (${movedUser})
    left join telegram_links l on l.phone = lost.phone and l.chat_id <> ${chatId}
      and l.blocked_at is null`;
};

/** Removes the links of numbers to a chat. A number that is linked to another chat by now stays. */
export const unlinkPhones = (db: Database, lost: ChatPhones): Promise<PhoneChange> => {
  const query = db.execute(sql`
    with gone as (
      delete from telegram_links where chat_id = ${lost.chatId} and phone in ${lost.phones}
      returning phone, chat_id, language),
    kept as (${keepFormer(sql`select * from gone`)})
    ${afterLoss(lost)}`);
  return runQuery('unlink phones', query, ({ rows }) => ({ known: parsePhones(rows) }));
};

const MovedRows = z.array(z.object({ moved: z.boolean() }));

const replaceStatement = (link: ReplacingLink, newUserId: string) => {
  const { phone, chatId, language, proved, former } = link;
  const isMine = sql`chat_id = ${chatId} and phone in ${former}`;
  return sql`
    with moved as (
      update users set phone = ${phone}, updated_at = now()
      where phone in (select phone from telegram_links where ${isMine} and proved)
        and (select count(*) from telegram_links where ${isMine}) = 1
        and not exists (select from users where phone = ${phone})
      returning id),
    made as (
      insert into users (id, phone)
      select ${newUserId}, ${phone} where not exists (select from moved)
      on conflict (phone) do update set phone = excluded.phone returning id),
    gone as (
      delete from telegram_links where ${isMine}
      returning phone, chat_id, language, missed_calls),
    kept as (${keepFormer(sql`
      select phone, chat_id, language from gone where not exists (select from moved)
      union all ${linkToOtherChat(link)}`)}),
    link as (
      insert into telegram_links (phone, chat_id, language, proved, missed_calls)
      select ${phone}, ${chatId}::bigint, ${language}, ${proved}::boolean,
        coalesce(bool_and(missed_calls), true) from gone
      on conflict (phone) do update set ${RELINK} returning *)
    select link.phone, coalesce((select id from moved), (select id from made)) as "userId",
      link.chat_id as "chatId", link.language, ${previousChat(phone)}, ${formerChat(link)},
      exists (select from moved) as moved
    from link
    union all select *, false
    from (${afterLoss({ chatId, phones: former }, sql`select id from moved`)}) as rest`;
};

/**
 * Links a number to a chat whose number has changed, in place of the links that the chat has. The
 * account of the former number gets the new one, but for three cases: the new number has an
 * account already; several numbers were linked, so that nobody can say whose the account is; the
 * person never proved the former number, since a link that another bot made is no title to it.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const replaceLinks = async (
  db: Database,
  link: ReplacingLink,
  newUserId: string,
): Promise<ReplacedLinks> => {
  const replace = () =>
    runQuery('replace links', db.execute(replaceStatement(link, newUserId)), ({ rows }) => ({
      known: parsePhones(rows),
      formerChat: parseFormerChat(rows),
      moved: MovedRows.parse(rows).some(({ moved }) => moved),
    }));
  try {
    return await replace();
  } catch (error) {
    // A second try sees the row of whoever has just got the new number.
    if (error instanceof UniqueViolation) return replace();
    throw error;
  }
};

/** Forgets that a chat had a number, once the sessions from then have ended. */
export const deleteFormerChat = (
  db: Database,
  { phone, chatId }: Pick<NewLink, 'phone' | 'chatId'>,
): Promise<unknown> => {
  const isIt = and(eq(formerLinks.phone, phone), eq(formerLinks.chatId, chatId));
  return runQuery('forget former', db.delete(formerLinks).where(isIt), () => undefined);
};
