import { and, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../db/client.ts';
import { ask } from '../db/client.ts';
import { telegramLinks, users } from '../db/schema.ts';
import type { RedisClient } from '../redis/client.ts';
import { keys, TTL } from '../redis/keys.ts';
import { BEGIN_CHANGE, END_CHANGE, REMEMBER_READING } from '../redis/scripts/phone.ts';

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

/** A link and, so that the first sign-in needs no SQL, its user. What to do about a link that is there already is the caller's part. */
const insertLink = (phone: string, chatId: number, newUserId: string, onConflict: ReturnType<typeof sql>) => sql`
  with the_user as (
    insert into users (id, phone) values (${newUserId}, ${phone})
    on conflict (phone) do update set phone = excluded.phone returning id),
  link as (
    insert into telegram_links (phone, chat_id) values (${phone}, ${chatId})
    on conflict (phone) do update set ${onConflict}
    returning case when blocked_at is null then chat_id end as chat_id)
  select the_user.id as "userId", link.chat_id as "chatId" from the_user, link`;

/**
 * Links a phone number to a chat, in place of any link it had, and makes its user if there is none: one statement.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const linkPhone = (db: Database, phone: string, chatId: number, newUserId: string): Promise<KnownPhone> => {
  const replace = sql`chat_id = excluded.chat_id, linked_at = now(), blocked_at = null`;
  const query = db.execute(insertLink(phone, chatId, newUserId, replace));
  return ask('link phone', query, ({ rows }) => toKnownPhone(rows));
};

/**
 * Takes over a link that the original kept in Redis: one statement. A link that Postgres has already is newer, and stays.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const adoptLink = (db: Database, phone: string, chatId: number, newUserId: string): Promise<KnownPhone> => {
  const query = db.execute(insertLink(phone, chatId, newUserId, sql`phone = excluded.phone`));
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

const ttlOf = ({ userId, chatId }: KnownPhone) => (userId || chatId ? TTL.phoneKnown : TTL.phoneUnknown);

/** Keeps in Redis what was read in Postgres of a phone, for the scripts of signing in: one EVAL. */
export const rememberReading = async (redis: RedisClient, phone: string, known: KnownPhone): Promise<void> => {
  await redis.run(
    REMEMBER_READING,
    [keys.phone(phone), keys.changing(phone), keys.code(phone)],
    [known.userId ?? '', known.chatId ?? '', ttlOf(known)],
  );
};

/**
 * Changes what Postgres knows of a phone, and keeps Redis from remembering anything else: an EVAL before the change and one after it. The
 * change counts even if the second fails; Postgres is asked for a minute then.
 *
 * @param change changes Postgres and returns what it knows afterwards
 * @param onForgotten is told why Redis could not be told of the end
 */
export const changePhone = async (
  redis: RedisClient,
  phone: string,
  change: () => Promise<KnownPhone>,
  onForgotten: (reason: unknown) => void,
): Promise<KnownPhone> => {
  const token = crypto.randomUUID();
  const [phoneKey, changing] = [keys.phone(phone), keys.changing(phone)];
  await redis.run(BEGIN_CHANGE, [phoneKey, changing], [token, TTL.changing]);
  const known = await change();
  try {
    await redis.run(
      END_CHANGE,
      [phoneKey, changing, keys.code(phone), keys.legacyLink(phone)],
      [known.userId ?? '', known.chatId ?? '', ttlOf(known), token],
    );
  } catch (reason) {
    onForgotten(reason);
  }
  return known;
};
