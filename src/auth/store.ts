import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { CODE_TTL_SECONDS } from '../contract/auth.ts';
import type { Database } from '../db/client.ts';
import { ask } from '../db/client.ts';
import { users } from '../db/schema.ts';
import type { Settings } from '../env.ts';
import type { RedisClient } from '../redis/client.ts';
import { keys, TTL } from '../redis/keys.ts';
import { REQUEST_CODE, VOID_REQUEST } from '../redis/scripts/request-code.ts';
import { VERIFY_CODE, VOID_VERIFY } from '../redis/scripts/verify-code.ts';

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
}

/**
 * Applies the limits of sending, stores the code in place of any other, and reads where to send it: one EVAL.
 *
 * @returns `wait`: past a limit for `waitMs` · `stored` · `spent`: too many wrong codes, no new one for `waitMs` · `voided` by {@link voidRequest}
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
      limits.ADDRESS_LIMITS ? limits.ADDRESS_SENDS_PER_HOUR : 0,
    ],
  );
};

/** Takes back a {@link storeCode} whose answer did not come: one EVAL, also if the call is yet to arrive. */
export const voidRequest = async (
  redis: RedisClient,
  { phone, address, requestId }: Pick<NewCode, 'phone' | 'address' | 'requestId'>,
): Promise<void> => {
  await redis.run(
    VOID_REQUEST,
    [keys.code(phone), keys.previousCode(phone), keys.sends(phone), keys.addressSends(address), keys.voided(requestId)],
    [requestId, phone, TTL.voided],
  );
};

/** One try at a code. */
export interface Attempt {
  readonly phone: string;
  readonly mac: string;
  /** The same code's hash under the previous secret, while secrets rotate. */
  readonly previousMac: string | undefined;
  /** What request-code had answered, when the client sends it back. */
  readonly requestId: string | undefined;
  /** Names this very try. */
  readonly id: string;
  readonly address: string;
  readonly now: number;
}

/**
 * Applies the limits of guessing, counts the try, compares, and uses the code up: one EVAL.
 *
 * @returns `wait`: past a limit for `waitMs` · `wrong`: no live code, or another · `voided` by {@link voidCheck} · `ok` with the user, unless there is
 *   none yet, and the time of signing in (that of the first answer, when this repeats it)
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
      limits.ADDRESS_LIMITS ? limits.ADDRESS_FAILURES_PER_HOUR : 0,
      REPEATABLE_MS,
      TTL.used,
    ],
  );
};

/** Takes back a check that did not end in an answer, so that its code is not burnt: one EVAL, also if the check is yet to arrive. */
export const voidCheck = async (
  redis: RedisClient,
  { phone, id }: Pick<Attempt, 'phone' | 'id'>,
  now: number,
): Promise<void> => {
  await redis.run(VOID_VERIFY, [keys.code(phone), keys.used(phone), keys.voided(id)], [now, id, TTL.voided]);
};

/**
 * The user with this phone number, made if there is none: one statement, and never two users when two sign in at once.
 *
 * @param newUserId the id of the user in case there is none yet
 */
export const findOrCreateUser = (db: Database, phone: string, newUserId: string): Promise<string> => {
  const query = db
    .insert(users)
    .values({ id: newUserId, phone })
    .onConflictDoUpdate({ target: users.phone, set: { phone: sql`excluded.phone` } })
    .returning({ id: users.id });
  return ask('find or create user', query, (rows) => z.tuple([z.object({ id: z.string() })]).parse(rows)[0].id);
};
