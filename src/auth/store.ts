import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { CODE_TTL_SECONDS } from '../contract/http/auth.ts';
import { limitForAddress } from '../platform/address-limit.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery, UniqueViolation } from '../platform/db/client.ts';
import { users } from '../platform/db/schema.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import type { Settings } from '../platform/settings.ts';
import { NOTE_MESSAGE, REPLACE_CODE, REQUEST_CODE, VOID_REQUEST } from './scripts/request-code.ts';
import type { signedIn } from './scripts/sign-in.ts';
import { MOVE_SESSION } from './scripts/sign-in.ts';
import { VERIFY_CODE, VOID_VERIFY } from './scripts/verify-code.ts';

/** The settings that the limits of signing in come from. */
export type Limits = Pick<
  Settings,
  | 'ADDRESS_LIMITS'
  | 'CODE_TRIES'
  | 'PHONE_FAILURES_PER_DAY'
  | 'PHONE_SENDS_PER_DAY'
  | 'PHONE_SEND_GAPS_SECONDS'
  | 'ADDRESS_FAILURES_PER_HOUR'
  | 'ADDRESS_SENDS_PER_HOUR'
>;

/** How long the client of a used code may ask for the same answer again, in milliseconds [A11]. */
const REPEATABLE_MS = 30_000;

/** A code to be stored, and who asked for it. */
export interface NewCode {
  readonly phone: string;
  readonly mac: string;
  readonly requestId: string;
  readonly address: string;
  readonly now: number;
  /** The hash of a sign-in link's token. */
  readonly linkHash: string;
  /** Whether that link may take the place of digits. */
  readonly linkOffered: boolean;
}

/**
 * Applies the limits of sending, stores the code in place of any other, and reads where to send it.
 *
 * @returns `wait`: past a limit for `waitMs` · `stored` · `spent`: no new code for `waitMs` after
 *   too many wrong ones, but a link if one is offered · `voided` by {@link voidRequest}
 */
export const storeCode = (redis: RedisClient, limits: Limits, code: NewCode) => {
  const { phone, address, requestId } = code;
  return redis.run(
    REQUEST_CODE,
    {
      codeKey: keys.code(phone),
      previousKey: keys.previousCode(phone),
      failures: keys.failures(phone),
      sends: keys.sends(phone),
      addressSends: keys.addressSends(address),
      phoneKey: keys.phone(phone),
      legacyLink: keys.legacyLink(phone),
      voided: keys.voided(requestId),
      linkKey: keys.link(code.linkHash),
      links: keys.links(phone),
      lastMessage: keys.lastMessage(phone),
    },
    {
      now: code.now,
      mac: code.mac,
      rid: requestId,
      ttl: CODE_TTL_SECONDS * 1000,
      phone,
      perDay: limits.PHONE_SENDS_PER_DAY,
      gaps: limits.PHONE_SEND_GAPS_SECONDS.join(','),
      failuresPerDay: limits.PHONE_FAILURES_PER_DAY,
      addressLimit: limitForAddress(limits, address, limits.ADDRESS_SENDS_PER_HOUR),
      linkHash: code.linkOffered ? code.linkHash : '',
    },
  );
};

type Asked = Pick<NewCode, 'phone' | 'address' | 'requestId' | 'linkHash'>;

/** Notes the last message of a day, which further requests change. */
export const noteMessage = async (
  redis: RedisClient,
  phone: string,
  { chatId, messageId }: { readonly chatId: number; readonly messageId: number },
): Promise<void> => {
  const args = { chatId, messageId, ttl: TTL.lastMessage };
  await redis.run(NOTE_MESSAGE, { lastMessage: keys.lastMessage(phone) }, args);
};

/** A code in place of one that went nowhere. */
interface Replacement extends Pick<NewCode, 'phone' | 'mac' | 'now'> {
  /** Where it goes. */
  readonly chatId: number;
  /** How long it lives, in milliseconds. */
  readonly ttl: number;
}

/**
 * Replaces the live code of a phone if it went nowhere. It stays that of its request, and the tries
 * at it stay counted.
 *
 * @returns whether there was one
 */
export const replaceCode = (
  redis: RedisClient,
  { phone, chatId, ...code }: Replacement,
): Promise<boolean> =>
  redis.run(REPLACE_CODE, { codeKey: keys.code(phone) }, { ...code, chat: String(chatId) });

/** A request to be taken back. */
export interface VoidedRequest extends Asked {
  /** Whether it counts for the address all the same. */
  readonly addressCounts?: boolean;
}

/**
 * Takes back a {@link storeCode} whose answer did not come, or whose message did not arrive, also
 * if the call is yet to arrive.
 */
export const voidRequest = async (
  redis: RedisClient,
  { phone, address, requestId, linkHash, addressCounts = false }: VoidedRequest,
): Promise<void> => {
  await redis.run(
    VOID_REQUEST,
    {
      codeKey: keys.code(phone),
      previousKey: keys.previousCode(phone),
      sends: keys.sends(phone),
      addressSends: keys.addressSends(address),
      voided: keys.voided(requestId),
      linkKey: keys.link(linkHash),
    },
    { rid: requestId, phone, ttl: TTL.voided, addressCounts },
  );
};

/** The session that a sign-in opens. */
export interface NewSession {
  readonly sid: string;
  /** The id of the user in case there is none yet. */
  readonly newUserId: string;
  /** How and where, for the list of sessions. */
  readonly record: string;
}

/** What a sign-in ends with. */
export type SignIn = z.output<typeof signedIn>;

/** The key of what a sign-in by code uses up. */
export const usedCode = (phone: string): string => keys.used(phone);

/** One try at a code. */
export interface Attempt {
  readonly phone: string;
  readonly mac: string;
  /** The same code's hash under the previous secret, while secrets rotate. */
  readonly previousMac: string | undefined;
  /** What request-code had answered, when the client sends it back. */
  readonly requestId?: string | undefined;
  /** Names this very try. */
  readonly id: string;
  readonly address: string;
  readonly now: number;
  readonly session: NewSession;
}

/**
 * Applies the limits of guessing, counts the try, compares, uses the code up and opens the session.
 *
 * @returns `wait`: past a limit for `waitMs` · `wrong`: no live code, or another · `voided` by
 *   {@link voidCheck} · `ok` with the user, unless there is none yet, the session, and the time of
 *   signing in: those of the first answer, when this repeats it
 */
export const checkCode = (redis: RedisClient, limits: Limits, attempt: Attempt) => {
  const { phone, address, now, mac, previousMac = '', requestId = '', id, session } = attempt;
  return redis.run(
    VERIFY_CODE,
    {
      codeKey: keys.code(phone),
      usedKey: keys.used(phone),
      failures: keys.failures(phone),
      addressFailures: keys.addressFailures(address),
      addressSends: keys.addressSends(address),
      phoneKey: keys.phone(phone),
      voided: keys.voided(id),
      addressMisses: keys.addressMisses(address),
    },
    {
      now,
      mac,
      previousMac,
      rid: requestId,
      attempt: id,
      phone,
      triesPerCode: limits.CODE_TRIES,
      failuresPerDay: limits.PHONE_FAILURES_PER_DAY,
      addressLimit: limitForAddress(limits, address, limits.ADDRESS_FAILURES_PER_HOUR),
      repeatableMs: REPEATABLE_MS,
      usedTtl: TTL.used,
      ...session,
    },
  );
};

/**
 * Takes back a {@link checkCode} that did not end in an answer, so that its code is not burnt, also
 * if the check is yet to arrive.
 */
export const voidCheck = async (
  redis: RedisClient,
  { phone, id }: Pick<Attempt, 'phone' | 'id'>,
  now: number,
): Promise<void> => {
  await redis.run(
    VOID_VERIFY,
    { codeKey: keys.code(phone), usedKey: keys.used(phone), voided: keys.voided(id) },
    { now, attempt: id, ttl: TTL.voided },
  );
};

/** A session that was opened for a user to be made. */
export interface MovedSession extends Pick<NewSession, 'sid' | 'newUserId'> {
  /** The key of what the sign-in used up. */
  readonly usedKey: string;
  /** The user who has the phone already. */
  readonly userId: string;
}

/** Gives a session to the user who has the phone. */
export const moveSession = async (
  redis: RedisClient,
  { sid, newUserId, usedKey, userId }: MovedSession,
): Promise<void> => {
  await redis.run(
    MOVE_SESSION,
    { newSessions: keys.sessions(newUserId), sessions: keys.sessions(userId), usedKey },
    { sid, userId },
  );
};

const UserIds = z.tuple([z.object({ id: z.string() })]);

/**
 * The user with this phone number, made if there is none: one statement, two in a race, and never
 * two users when two sign in at once.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const findOrCreateUser = async (
  db: Database,
  phone: string,
  newUserId: string,
): Promise<string> => {
  const upsert = () => {
    const query = db
      .insert(users)
      .values({ id: newUserId, phone })
      .onConflictDoUpdate({ target: users.phone, set: { phone: sql`excluded.phone` } })
      .returning({ id: users.id });
    return runQuery('find or create user', query, (rows) => UserIds.parse(rows)[0].id);
  };
  try {
    return await upsert();
  } catch (error) {
    // A repeat of the same sign-in has the same new id and has just made the user: find it now.
    if (error instanceof UniqueViolation) return upsert();
    throw error;
  }
};
