import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../db/client.ts';
import { ask } from '../db/client.ts';
import { telegramLinks, users } from '../db/schema.ts';
import type { RedisClient } from '../redis/client.ts';
import { keys, TTL } from '../redis/keys.ts';
import { REMEMBER_PHONE } from '../redis/scripts.ts';

/** What Postgres knows of a phone number. */
export interface KnownPhone {
  /** The user with this number, if there is one. */
  readonly userId: string | undefined;
  /** The private chat its codes go to, if it is linked and the bot not blocked. */
  readonly chatId: number | undefined;
}

const OneRow = z.tuple([z.object({ userId: z.string().nullable(), chatId: z.coerce.number().int().nullable() })]);

const toKnownPhone = (rows: unknown): KnownPhone => {
  const [{ userId, chatId }] = OneRow.parse(rows);
  return { userId: userId ?? undefined, chatId: chatId ?? undefined };
};

/** Looks a phone number up: one statement, whether it is known or not. */
export const findPhone = (db: Database, phone: string): Promise<KnownPhone> => {
  const query = db.execute(sql`
    select (select ${users.id} from ${users} where ${users.phone} = ${phone}) as "userId",
      (select ${telegramLinks.chatId} from ${telegramLinks}
        where ${telegramLinks.phone} = ${phone} and ${telegramLinks.blockedAt} is null) as "chatId"`);
  return ask('find phone', query, ({ rows }) => toKnownPhone(rows));
};

/** The user is made with the link, so that the first sign-in needs no SQL. */
const insertUser = (phone: string, newUserId: string) => sql`
  insert into users (id, phone) values (${newUserId}, ${phone})
  on conflict (phone) do update set phone = excluded.phone returning id`;

/**
 * Links a phone number to a chat, in place of any link it had, and makes its user if there is none: one statement.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const linkPhone = (db: Database, phone: string, chatId: number, newUserId: string): Promise<KnownPhone> => {
  const query = db.execute(sql`
    with the_user as (${insertUser(phone, newUserId)}),
    link as (
      insert into telegram_links (phone, chat_id) values (${phone}, ${chatId})
      on conflict (phone) do update set chat_id = excluded.chat_id, linked_at = now(), blocked_at = null
      returning chat_id)
    select the_user.id as "userId", link.chat_id as "chatId" from the_user, link`);
  return ask('link phone', query, ({ rows }) => toKnownPhone(rows));
};

/**
 * Takes over a link that the original kept in Redis: one statement. A link that Postgres has already is newer, and stays.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const adoptLink = (db: Database, phone: string, chatId: number, newUserId: string): Promise<KnownPhone> => {
  const query = db.execute(sql`
    with the_user as (${insertUser(phone, newUserId)}),
    link as (
      insert into telegram_links (phone, chat_id) values (${phone}, ${chatId})
      on conflict (phone) do update set phone = excluded.phone
      returning case when blocked_at is null then chat_id end as chat_id)
    select the_user.id as "userId", link.chat_id as "chatId" from the_user, link`);
  return ask('adopt link', query, ({ rows }) => toKnownPhone(rows));
};

/** Notes that the person blocked the bot: codes are not sent to this chat any more until it is linked anew. */
export const markBlocked = (db: Database, phone: string, chatId: number, at: Date): Promise<unknown> => {
  const query = db
    .update(telegramLinks)
    .set({ blockedAt: at })
    .where(and(eq(telegramLinks.phone, phone), eq(telegramLinks.chatId, chatId)));
  return ask('mark blocked', query, () => undefined);
};

/**
 * Keeps in Redis what Postgres knows of a phone, for the scripts of signing in: one EVAL.
 *
 * @param source `written`: Postgres was just changed, what Redis has is out of date; `read`: it was only read, what Redis has is newer
 */
export const rememberPhone = async (
  redis: RedisClient,
  phone: string,
  { userId, chatId }: KnownPhone,
  source: 'written' | 'read',
): Promise<void> => {
  const ttl = userId || chatId ? TTL.phoneKnown : TTL.phoneUnknown;
  await redis.run(
    REMEMBER_PHONE,
    [keys.phone(phone), keys.code(phone), keys.legacyLink(phone)],
    [userId ?? '', chatId ?? '', ttl, source],
  );
};
