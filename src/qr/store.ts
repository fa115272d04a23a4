import { isQrCode, QR_TTL_SECONDS } from '../contract/http/qr.ts';
import { limitForAddress } from '../platform/address-limit.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import type { Settings } from '../platform/settings.ts';
import { sessionArgs } from '../session/scripts/sessions.ts';
import type { Session } from '../session/token.ts';
import {
  CHECK_QR,
  CONFIRM_QR,
  DENY_QR,
  QR_INFO,
  REQUEST_QR,
  VOID_CHECK,
  VOID_CONFIRM,
} from './scripts/qr.ts';

/** The settings that the limits of QR codes come from. */
type Limits = Pick<
  Settings,
  'ADDRESS_LIMITS' | 'ADDRESS_QR_REQUESTS_PER_HOUR' | 'ADDRESS_QR_MISSES_PER_10_MINUTES'
>;

/** The limit of misses. What can be nobody's code is no guess: it is not counted. */
const missesOf = (limits: Limits, code: string, who: string) =>
  isQrCode(code) ? limitForAddress(limits, who, limits.ADDRESS_QR_MISSES_PER_10_MINUTES) : 0;

/** Who asks: `id` names this very request, `now` is in milliseconds. */
export interface Asking {
  readonly id: string;
  readonly address: string;
  readonly now: number;
}

/** A request to be stored. */
export interface NewRequest extends Asking {
  /** Codes, of which the first that nobody has is taken. */
  readonly codes: readonly [string, string, string];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly record: string;
  readonly pollHash: string;
  readonly room: string;
}

/** Stores a request: one EVAL. Answers which of its codes it has, unless it is past the limit of its address. */
export const storeRequest = (redis: RedisClient, limits: Limits, request: NewRequest) => {
  const { id, address, now, codes, expiresAt, record, pollHash, room } = request;
  return redis.run(
    REQUEST_QR,
    [...codes.map(keys.qr), keys.qrRequests(address)],
    [
      ...[now, id, limitForAddress(limits, address, limits.ADDRESS_QR_REQUESTS_PER_HOUR)],
      ...[expiresAt, QR_TTL_SECONDS * 1000 + TTL.qrOver, address, record, pollHash, room],
    ],
  );
};

/** One poll. */
export interface Poll extends Asking {
  readonly code: string;
  /** Undefined for a client that has nothing but the code. */
  readonly pollHash: string | undefined;
  /** The id of the session, should the poll open it. */
  readonly sid: string;
}

/** Tells how a request stands, and opens its session when it is confirmed: one EVAL. */
export const checkRequest = (redis: RedisClient, limits: Limits, poll: Poll, leastGapMs: number) =>
  redis.run(
    CHECK_QR,
    [keys.qr(poll.code), keys.qrMisses(poll.address), keys.voided(poll.id)],
    [
      ...[poll.now, poll.id, missesOf(limits, poll.code, poll.address)],
      ...[poll.pollHash ?? '', poll.address, poll.sid, leastGapMs],
    ],
  );

/** What somebody who is signed in says of a code. */
export interface Decision extends Asking {
  readonly code: string;
  readonly session: Session;
}

const STEPS = { info: QR_INFO, confirm: CONFIRM_QR, deny: DENY_QR } as const;

/** Reads, confirms or denies the request that a code stands for, as long as the session of whoever says so lives: one EVAL. */
export const decideRequest = (
  redis: RedisClient,
  limits: Limits,
  step: keyof typeof STEPS,
  decision: Decision,
) => {
  const { code, id, now, session } = decision;
  return redis.run(
    STEPS[step],
    // Misses of their own: guesses of others at the same address are no reason to refuse somebody who is signed in.
    [keys.qr(code), keys.qrMisses(session.userId), keys.sessions(session.userId), keys.voided(id)],
    [now, id, missesOf(limits, code, session.userId), ...sessionArgs(session), session.userId],
  );
};

/** Takes back a {@link checkRequest} or a confirming {@link decideRequest} whose answer did not come: one EVAL, also if the call is yet to arrive. */
export const voidStep = async (
  redis: RedisClient,
  step: 'check' | 'confirm',
  { code, id }: { readonly code: string; readonly id: string },
): Promise<void> => {
  await redis.run(
    step === 'check' ? VOID_CHECK : VOID_CONFIRM,
    [keys.qr(code), keys.voided(id)],
    [id, TTL.voided],
  );
};
