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
import { NOTE_MESSAGE, REQUEST_CODE, VOID_REQUEST } from './scripts/request-code.ts';
import type { signedIn } from './scripts/sign-in.ts';
import { MOVE_SESSION } from './scripts/sign-in.ts';
import { USE_LINK, VOID_LINK } from './scripts/sign-in-link.ts';
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

/** How long the client of a used code may ask for the same answer again, in milliseconds (auth.md). */
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
 * Applies the limits of sending, stores the code in place of any other, and reads where to send it: one EVAL.
 *
 * @returns `wait`: past a limit for `waitMs` · `stored` · `spent`: too many wrong codes, no new one for `waitMs`, but a link if one is offered · `voided` by
 *   {@link voidRequest}
 */
export const storeCode = (redis: RedisClient, limits: Limits, code: NewCode) => {
  const { phone, address, requestId } = code;
  return redis.run(
    REQUEST_CODE,
    [
      keys.code(phone),
      keys.previousCode(phone),
      keys.failures(phone),
      keys.sends(phone),
      keys.addressSends(address),
      keys.phone(phone),
      keys.legacyLink(phone),
      keys.voided(requestId),
      keys.link(code.linkHash),
      keys.links(phone),
      keys.lastMessage(phone),
    ],
    [
      code.now,
      code.mac,
      requestId,
      CODE_TTL_SECONDS * 1000,
      phone,
      limits.PHONE_SENDS_PER_DAY,
      limits.PHONE_SEND_GAPS_SECONDS.join(','),
      limits.PHONE_FAILURES_PER_DAY,
      limitForAddress(limits, address, limits.ADDRESS_SENDS_PER_HOUR),
      code.linkOffered ? code.linkHash : '',
    ],
  );
};

type Asked = Pick<NewCode, 'phone' | 'address' | 'requestId' | 'linkHash'>;

/** Takes note of the last message of a day, which further requests change: one EVAL. */
export const noteMessage = async (
  redis: RedisClient,
  phone: string,
  { chatId, messageId }: { readonly chatId: number; readonly messageId: number },
): Promise<void> => {
  await redis.run(NOTE_MESSAGE, [keys.lastMessage(phone)], [chatId, messageId, TTL.lastMessage]);
};

/** A request to be taken back. */
export interface VoidedRequest extends Asked {
  /** Whether it counts for the address all the same. */
  readonly addressCounts?: boolean;
}

/**
 * Takes back a {@link storeCode} whose answer did not come, or whose message did not arrive: one
 * EVAL, also if the call is yet to arrive.
 */
export const voidRequest = async (
  redis: RedisClient,
  { phone, address, requestId, linkHash, addressCounts = false }: VoidedRequest,
): Promise<void> => {
  await redis.run(
    VOID_REQUEST,
    [
      keys.code(phone),
      keys.previousCode(phone),
      keys.sends(phone),
      keys.addressSends(address),
      keys.voided(requestId),
      keys.link(linkHash),
    ],
    [requestId, phone, TTL.voided, addressCounts ? '1' : '0'],
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

/** What a sign-in ends with: see redis/scripts/sign-in.ts. */
export type SignIn = z.output<typeof signedIn>;

/** The key of what a sign-in by code uses up. */
export const usedCode = (phone: string): string => keys.used(phone);

/** The key of what a sign-in by link uses up. */
export const usedLink = (linkHash: string): string => keys.link(linkHash);

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
 * Applies the limits of guessing, counts the try, compares, uses the code up and opens the session: one EVAL.
 *
 * @returns `wait`: past a limit for `waitMs` · `wrong`: no live code, or another · `voided` by {@link voidCheck} · `ok` with the user, unless there is
 *   none yet, the session, and the time of signing in (those of the first answer, when this repeats it)
 */
export const checkCode = (redis: RedisClient, limits: Limits, attempt: Attempt) => {
  const { phone, address } = attempt;
  return redis.run(
    VERIFY_CODE,
    [
      keys.code(phone),
      keys.used(phone),
      keys.failures(phone),
      keys.addressFailures(address),
      keys.addressSends(address),
      keys.phone(phone),
      keys.voided(attempt.id),
      keys.addressMisses(address),
    ],
    [
      attempt.now,
      attempt.mac,
      attempt.previousMac ?? '',
      attempt.requestId ?? '',
      attempt.id,
      phone,
      limits.CODE_TRIES,
      limits.PHONE_FAILURES_PER_DAY,
      limitForAddress(limits, address, limits.ADDRESS_FAILURES_PER_HOUR),
      REPEATABLE_MS,
      TTL.used,
      ...newSessionArgs(attempt.session),
    ],
  );
};

/** Takes back a check that did not end in an answer, so that its code is not burnt: one EVAL, also if the check is yet to arrive. */
export const voidCheck = async (
  redis: RedisClient,
  { phone, id }: Pick<Attempt, 'phone' | 'id'>,
  now: number,
): Promise<void> => {
  await redis.run(
    VOID_VERIFY,
    [keys.code(phone), keys.used(phone), keys.voided(id)],
    [now, id, TTL.voided],
  );
};

/** One try at a sign-in link. */
export interface LinkAttempt extends Pick<Attempt, 'id' | 'now' | 'session'> {
  readonly linkHash: string;
}

/**
 * Uses a sign-in link up and opens the session: one EVAL.
 *
 * @returns `wrong`: no such link, or used, or too old · `voided` by {@link voidLink} · `ok` as {@link checkCode}
 */
export const useLink = (redis: RedisClient, { linkHash, id, now, session }: LinkAttempt) =>
  redis.run(
    USE_LINK,
    [keys.link(linkHash), keys.voided(id)],
    [now, id, ...newSessionArgs(session), linkHash],
  );

/** Takes back a use of a link that did not end in an answer: one EVAL, also if it is yet to arrive. */
export const voidLink = async (
  redis: RedisClient,
  { linkHash, id }: Pick<LinkAttempt, 'linkHash' | 'id'>,
): Promise<void> => {
  await redis.run(VOID_LINK, [keys.link(linkHash), keys.voided(id)], [id, TTL.voided]);
};

/**
 * Gives a session to the user who has the phone, when it was opened for one to be made: one EVAL.
 *
 * @param usedKey what the sign-in used up
 */
export const moveSession = async (
  redis: RedisClient,
  usedKey: string,
  { sid, newUserId }: Pick<NewSession, 'sid' | 'newUserId'>,
  userId: string,
): Promise<void> => {
  await redis.run(
    MOVE_SESSION,
    [keys.sessions(newUserId), keys.sessions(userId), usedKey],
    [sid, userId],
  );
};

const newSessionArgs = ({ sid, newUserId, record }: NewSession) =>
  [sid, newUserId, record] as const;

/**
 * The user with this phone number, made if there is none: one statement (two in a race), and never two users when two sign in at once.
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
    return runQuery(
      'find or create user',
      query,
      (rows) => z.tuple([z.object({ id: z.string() })]).parse(rows)[0].id,
    );
  };
  try {
    return await upsert();
  } catch (error) {
    // A repeat of the same sign-in has the same new id, and is making the very user at this moment: now it is there to be found.
    if (error instanceof UniqueViolation) return upsert();
    throw error;
  }
};
