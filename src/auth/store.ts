import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { CODE_TTL_SECONDS } from '../contract/auth.ts';
import type { Database } from '../db/client.ts';
import { ask } from '../db/client.ts';
import { users } from '../db/schema.ts';
import type { Settings } from '../env.ts';
import { StoreError } from '../errors.ts';
import type { RedisClient, Script } from '../redis/client.ts';
import { keys, TTL } from '../redis/keys.ts';
import { REQUEST_CODE, VERIFY_CODE, VOID_VERIFY } from '../redis/scripts.ts';
import type { PhoneHint } from '../telegram/deliver.ts';

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

/** Runs a script and checks that what comes back is an answer of that script. */
const run = async <S extends z.ZodType>(
  redis: RedisClient,
  script: Script,
  scriptKeys: readonly string[],
  args: readonly (string | number)[],
  reply: S,
): Promise<z.output<S>> => {
  const parsed = reply.safeParse(await redis.run(script, scriptKeys, args));
  if (parsed.success) return parsed.data;
  throw new StoreError('redis', script.name, new Error('Not an answer of this script'));
};

const ms = z.string().regex(/^\d+$/).transform(Number);
const wait = z.tuple([z.literal('wait'), ms]).transform(([, waitMs]) => ({ outcome: 'wait' as const, waitMs }));
const optionalId = z.string().transform((value) => value || undefined);
const optionalChat = z
  .string()
  .regex(/^(\d{1,16})?$/)
  .transform((value) => (value ? Number(value) : undefined))
  // What the original kept may be anything: a link that cannot be one is none.
  .catch(undefined);

const StoreCodeReply = z.union([
  wait,
  z
    .tuple([z.enum(['stored', 'spent']), ms, z.enum(['0', '1']), optionalId, optionalChat, optionalChat])
    .transform(([outcome, waitMs, known, , chatId, legacyChatId]) => ({
      outcome,
      waitMs,
      hint: { known: known === '1', chatId, legacyChatId } satisfies PhoneHint,
    })),
]);

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
 * @returns `wait`: past a limit for `waitMs` · `stored` · `spent`: too many wrong codes, no new one for `waitMs`
 */
export const storeCode = (redis: RedisClient, limits: Limits, code: NewCode) => {
  const { phone, mac, requestId, address, now } = code;
  return run(
    redis,
    REQUEST_CODE,
    [
      keys.code(phone),
      keys.failures(phone),
      keys.sends(phone),
      keys.addressSends(address),
      keys.phone(phone),
      keys.legacyLink(phone),
    ],
    [
      now,
      mac,
      requestId,
      CODE_TTL_SECONDS * 1000,
      phone,
      limits.PHONE_SENDS_PER_DAY,
      limits.PHONE_SEND_GAPS_SECONDS.join(','),
      limits.PHONE_FAILURES_PER_DAY,
      limits.ADDRESS_LIMITS ? limits.ADDRESS_SENDS_PER_HOUR : 0,
    ],
    StoreCodeReply,
  );
};

const CheckCodeReply = z.union([
  wait,
  z.tuple([z.enum(['wrong', 'voided'])]).transform(([outcome]) => ({ outcome })),
  z
    .tuple([z.literal('ok'), optionalId, ms])
    .transform(([outcome, userId, signedInAt]) => ({ outcome, userId, signedInAt })),
]);

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
 * @returns `wait`: past a limit for `waitMs` · `wrong`: no live code, or another · `voided`: taken back by {@link voidCheck} · `ok` with the
 *   user, unless there is none yet, and the time of signing in (that of the first answer, when this repeats it)
 */
export const checkCode = (redis: RedisClient, limits: Limits, attempt: Attempt) => {
  const { phone, address } = attempt;
  return run(
    redis,
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
      TTL.used,
    ],
    CheckCodeReply,
  );
};

/** Takes back a check that did not end in an answer, so that its code is not burnt: one EVAL, also if the check is yet to arrive. */
export const voidCheck = async (redis: RedisClient, phone: string, attemptId: string, now: number): Promise<void> => {
  await redis.run(
    VOID_VERIFY,
    [keys.code(phone), keys.used(phone), keys.voided(attemptId)],
    [now, attemptId, TTL.voided],
  );
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
