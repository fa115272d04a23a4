import { and, desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Language } from '../contract/errors.ts';
import { toLanguage } from '../contract/errors.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery, UniqueViolation } from '../platform/db/client.ts';
import { formerLinks, telegramLinks, users } from '../platform/db/schema.ts';
import type { Change, ChangedPhone, KnownPhone } from './phone-store.ts';

export { adoptPhone, changePhone, changePhones, rememberReading } from './phone-store.ts';
export { claimUpdate, endUpdate, wasHeard } from './update-store.ts';

const Row = z.object({
  userId: z.string().nullable(),
  chatId: z.coerce.number().int().nullable(),
  language: z.string().nullable(),
});

const OneRow = z.tuple([Row]);

/** With the chat that a number had before a change. */
const ChangedRow = Row.extend({ formerChatId: z.coerce.number().int().nullish() });

const knownOf = ({ userId, chatId, language }: z.output<typeof Row>): KnownPhone => ({
  userId: userId ?? undefined,
  chatId: chatId ?? undefined,
  language: toLanguage(language),
});

const toKnownPhone = (rows: unknown): KnownPhone => knownOf(OneRow.parse(rows)[0]);

const changedOf = ({ formerChatId, ...row }: z.output<typeof ChangedRow>): ChangedPhone => ({
  ...knownOf(row),
  formerChatId: formerChatId ?? undefined,
});

const toChangedPhone = (rows: unknown): ChangedPhone =>
  changedOf(z.tuple([ChangedRow]).parse(rows)[0]);

const Left = z
  .object({ chatId: z.int(), language: z.string().nullable(), proved: z.boolean() })
  .transform(({ language, ...left }) => ({ ...left, language: toLanguage(language) }));

/** The chat that a number was linked to before it went to another one; `proved`: by its person. */
export type LeftChat = z.output<typeof Left>;

const LeftRows = z.array(z.object({ left: Left.nullish() }));

const leftOf = (rows: unknown): LeftChat | undefined => {
  const [left] = LeftRows.parse(rows).flatMap((row) => row.left ?? []);
  return left;
};

/**
 * The chat that a number leaves for another one: the one that has it, or the last one whose
 * sessions have not ended yet.
 */
const leftFor = (phone: string, chatId: number) => sql`(
  select row_to_json(one) from (
    select chat_id as "chatId", language, proved, 0 as age from telegram_links
    where phone = ${phone} and chat_id <> ${chatId}
    union all select chat_id, language, false, 1 from former_links
    where phone = ${phone} and chat_id <> ${chatId}
    order by age limit 1) as one) as "left"`;

/** Keeps which chat numbers were linked to. */
const noteFormer = (links: typeof RELINK) => sql`
  insert into former_links (phone, chat_id, language) ${links}
  on conflict (phone) do update set chat_id = excluded.chat_id, language = excluded.language`;

const losing = (phone: string, chatId: number) => sql`
  select phone, chat_id, language from telegram_links
  where phone = ${phone} and chat_id <> ${chatId}`;

/** Forgets that a chat had a number: its sessions have ended. One statement. */
export const forgetFormer = (db: Database, phone: string, chatId: number): Promise<unknown> => {
  const itself = and(eq(formerLinks.phone, phone), eq(formerLinks.chatId, chatId));
  const query = db.delete(formerLinks).where(itself);
  return runQuery('forget former', query, () => undefined);
};

/** The chat of a number before the statement that this is part of, resting or not. */
const formerChat = (phone: string) =>
  sql`(select chat_id from telegram_links where phone = ${phone}) as "formerChatId"`;

/** Looks a phone number up: one statement, whether it is known or not. */
export const findPhone = (db: Database, phone: string): Promise<KnownPhone> => {
  const query = db.execute(sql`
    select (select ${users.id} from ${users} where ${users.phone} = ${phone}) as "userId", link.*
    from (select 1) as one left join lateral (
      select ${telegramLinks.chatId} as "chatId", ${telegramLinks.language} from ${telegramLinks}
      where ${telegramLinks.phone} = ${phone} and ${telegramLinks.blockedAt} is null) as link on true`);
  return runReadQuery('find phone', query, ({ rows }) => toKnownPhone(rows));
};

/** A phone number, the private chat that its codes shall go to, and what the person there reads, if that is known. */
export interface NewLink {
  readonly phone: string;
  readonly chatId: number;
  readonly language: Language | null;
  /** Whether the person there proved the number to be theirs. */
  readonly proved: boolean;
}

/** Another chat has not turned anything off. */
const RELINK = sql`chat_id = excluded.chat_id, linked_at = now(), blocked_at = null, language = excluded.language,
  proved = excluded.proved, missed_calls = excluded.missed_calls
    and (telegram_links.missed_calls or telegram_links.chat_id <> excluded.chat_id)`;

const NOBODY = sql`select phone, chat_id, language from telegram_links where false`;

/** A link and, so that the first sign-in needs no SQL, its user. What to do about a link that is there already is the caller's part. */
const insertLink = (
  { phone, chatId, language, proved }: NewLink,
  newUserId: string,
  onConflict: typeof RELINK,
) => sql`
  with noted as (${noteFormer(onConflict === RELINK ? losing(phone, chatId) : NOBODY)}),
  the_user as (
    insert into users (id, phone) values (${newUserId}, ${phone})
    on conflict (phone) do update set phone = excluded.phone returning id),
  link as (
    insert into telegram_links (phone, chat_id, language, proved)
    values (${phone}, ${chatId}, ${language}, ${proved})
    on conflict (phone) do update set ${onConflict}
    returning case when blocked_at is null then chat_id end as chat_id, language)
  select the_user.id as "userId", link.chat_id as "chatId", link.language, ${formerChat(phone)},
    ${leftFor(phone, chatId)}
  from the_user, link`;

/**
 * Links a phone number to a chat, in place of any link it had, and makes its user if there is none: one statement.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const linkPhone = (
  db: Database,
  link: NewLink,
  newUserId: string,
): Promise<ChangedPhone & { readonly left: LeftChat | undefined }> => {
  const query = db.execute(insertLink(link, newUserId, RELINK));
  return runQuery('link phone', query, ({ rows }) => ({
    ...toChangedPhone(rows),
    left: leftOf(rows),
  }));
};

/**
 * Takes over a link that the legacy server kept in Redis. One that Postgres has is newer, and stays.
 *
 * @param adopted `newUserId` is the id of the user in case there is none yet
 */
export const adoptLink = (
  db: Database,
  { phone, chatId, newUserId }: Pick<NewLink, 'phone' | 'chatId'> & { readonly newUserId: string },
): Promise<KnownPhone> => {
  const link = { phone, chatId, language: null, proved: false };
  const query = db.execute(insertLink(link, newUserId, sql`phone = excluded.phone`));
  return runQuery('adopt link', query, ({ rows }) => toKnownPhone(rows));
};

/** Notes that the person blocked the bot: the chat gets no more codes until it is linked anew. */
export const markBlocked = (
  db: Database,
  { phone, chatId, at }: { readonly phone: string; readonly chatId: number; readonly at: Date },
): Promise<unknown> => {
  const query = db
    .update(telegramLinks)
    .set({ blockedAt: at })
    .where(and(eq(telegramLinks.phone, phone), eq(telegramLinks.chatId, chatId)));
  return runQuery('mark blocked', query, () => undefined);
};

/** A number that a chat is linked to. */
export interface ChatLink {
  readonly phone: string;
  readonly userId: string | undefined;
  /** Whether the link rests, since the person had blocked the bot. */
  readonly blocked: boolean;
  /** Whether the chat is told of missed calls. */
  readonly hearsOfCalls: boolean;
}

/** The links of a chat, the one that was made last first; resting ones too: one statement. */
export const linksOfChat = (db: Database, chatId: number): Promise<ChatLink[]> => {
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

/** Has links of a chat live again, since its person was heard of: one statement. */
export const wakeLinks = (
  db: Database,
  phones: readonly string[],
  chatId: number,
): Promise<Change> => {
  const query = db.execute(sql`
    update telegram_links set blocked_at = null where chat_id = ${chatId} and phone in ${phones}
    returning phone, chat_id as "chatId", language,
      (select id from users where users.phone = telegram_links.phone) as "userId"`);
  return runQuery('wake links', query, ({ rows }) => ({ known: knownPhones(rows) }));
};

/** Has a chat told of missed calls, or not, for all its numbers: one statement. Answers whether there was a number. */
export const setMissedCalls = (db: Database, chatId: number, told: boolean): Promise<boolean> => {
  const query = db
    .update(telegramLinks)
    .set({ missedCalls: told })
    .where(eq(telegramLinks.chatId, chatId))
    .returning({ phone: telegramLinks.phone });
  return runQuery('set missed calls', query, (rows) => rows.length > 0);
};

const Rows = z.array(ChangedRow.extend({ phone: z.string() }));

const knownPhones = (rows: unknown): Change['known'] =>
  new Map(Rows.parse(rows).map(({ phone, ...row }) => [phone, changedOf(row)]));

/** Phones that a chat has just lost: a statement sees the table as it was, so links to the chat and a user who moved away do not count. */
const afterLoss = (
  phones: readonly string[],
  chatId: number,
  moved = sql`select null::text`,
) => sql`
  select lost.phone, u.id as "userId", l.chat_id as "chatId", l.language,
    null::bigint as "formerChatId", null::json as "left"
  from (values ${sql.join(
    phones.map((phone) => sql`(${phone}::text)`),
    sql`, `,
  )}) as lost (phone)
  left join users u on u.phone = lost.phone and u.id is distinct from (${moved})
  left join telegram_links l on l.phone = lost.phone and l.chat_id <> ${chatId} and l.blocked_at is null`;

/** Removes the links of phones to a chat: one statement. One that leads to another chat by now stays. */
export const unlinkPhones = (
  db: Database,
  phones: readonly string[],
  chatId: number,
): Promise<Change> => {
  const query = db.execute(sql`
    with gone as (
      delete from telegram_links where chat_id = ${chatId} and phone in ${phones}
      returning phone, chat_id, language),
    noted as (${noteFormer(sql`select * from gone`)})
    ${afterLoss(phones, chatId)}`);
  return runQuery('unlink phones', query, ({ rows }) => ({ known: knownPhones(rows) }));
};

/**
 * Links a phone to a chat whose number has changed, in place of the links that the chat has: one statement. The account of the former number gets the
 * new one, unless that has an account already, or several numbers were linked, so that nobody can say whose it is, or the person never proved the former number:
 * a link that another bot made signs in, and is no title to the account.
 *
 * @param former the numbers that the chat was linked to
 * @param newUserId the id of the user in case there is none yet
 */
export const replaceLinks = async (
  db: Database,
  { phone, chatId, language, proved, former }: NewLink & { readonly former: readonly string[] },
  newUserId: string,
): Promise<Change & { readonly moved: boolean; readonly left: LeftChat | undefined }> => {
  const mine = sql`chat_id = ${chatId} and phone in ${former}`;
  const replace = () =>
    runQuery(
      'replace links',
      db.execute(sql`
        with moved as (
          update users set phone = ${phone}, updated_at = now()
          where phone in (select phone from telegram_links where ${mine} and proved)
            and (select count(*) from telegram_links where ${mine}) = 1
            and not exists (select from users where phone = ${phone})
          returning id),
        made as (
          insert into users (id, phone) select ${newUserId}, ${phone} where not exists (select from moved)
          on conflict (phone) do update set phone = excluded.phone returning id),
        gone as (
          delete from telegram_links where ${mine}
          returning phone, chat_id, language, missed_calls),
        noted as (${noteFormer(sql`
          select phone, chat_id, language from gone where not exists (select from moved)
          union all ${losing(phone, chatId)}`)}),
        link as (
          insert into telegram_links (phone, chat_id, language, proved, missed_calls)
          select ${phone}, ${chatId}::bigint, ${language}, ${proved}::boolean, coalesce(bool_and(missed_calls), true) from gone
          on conflict (phone) do update set ${RELINK} returning *)
        select link.phone, coalesce((select id from moved), (select id from made)) as "userId", link.chat_id as "chatId",
          link.language, ${formerChat(phone)}, ${leftFor(phone, chatId)},
          exists (select from moved) as moved
        from link
        union all select *, false from (${afterLoss(former, chatId, sql`select id from moved`)}) as rest`),
      ({ rows }) => ({
        known: knownPhones(rows),
        left: leftOf(rows),
        moved: z
          .array(z.object({ moved: z.boolean() }))
          .parse(rows)
          .some(({ moved }) => moved),
      }),
    );
  try {
    return await replace();
  } catch (error) {
    // Somebody has just got the new number: seen the second time.
    if (error instanceof UniqueViolation) return replace();
    throw error;
  }
};
