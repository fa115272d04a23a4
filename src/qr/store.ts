import { isQrCode, QR_TTL_SECONDS } from '../contract/http/qr.ts';
import { limitForAddress } from '../platform/address-limit.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import type { Settings } from '../platform/settings.ts';
import { sessionArguments } from '../session/scripts/fragments.ts';
import type { Session } from '../session/token.ts';
import { CONFIRM_QR, DENY_QR, QR_INFO, VOID_CONFIRM } from './scripts/decide-qr.ts';
import { CHECK_QR, REQUEST_QR, VOID_CHECK } from './scripts/qr.ts';

/** The settings that the limits of QR codes come from. */
type Limits = Pick<
  Settings,
  'ADDRESS_LIMITS' | 'ADDRESS_QR_REQUESTS_PER_HOUR' | 'ADDRESS_QR_MISSES_PER_10_MINUTES'
>;

/** The limit of misses. What can be nobody's code is no guess: it is not counted. */
const missesOf = (limits: Limits, code: string, who: string) =>
  isQrCode(code) ? limitForAddress(limits, who, limits.ADDRESS_QR_MISSES_PER_10_MINUTES) : 0;

/** Who asks: `id` names this very request, `now` is in milliseconds. */
export interface Asker {
  readonly id: string;
  readonly address: string;
  readonly now: number;
}

/** A request to be stored. */
export interface NewRequest extends Asker {
  /** Codes, of which the first that nobody has is taken. */
  readonly codes: readonly [string, string, string];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly record: string;
  readonly pollHash: string;
  readonly room: string;
}

/** Stores a request and returns which of its codes it has; `wait`: the address is past a limit. */
export const storeRequest = (redis: RedisClient, limits: Limits, request: NewRequest) => {
  const { id, address, now, codes, expiresAt, record, pollHash, room } = request;
  const [first, second, third] = codes;
  return redis.run(
    REQUEST_QR,
    {
      first: keys.qr(first),
      second: keys.qr(second),
      third: keys.qr(third),
      requests: keys.qrRequests(address),
    },
    {
      now,
      id,
      limit: limitForAddress(limits, address, limits.ADDRESS_QR_REQUESTS_PER_HOUR),
      exp: expiresAt,
      ttl: QR_TTL_SECONDS * 1000 + TTL.qrOver,
      address,
      record,
      pollHash,
      room,
    },
  );
};

/** One poll. */
export interface Poll extends Asker {
  readonly code: string;
  /** Undefined for a client that has nothing but the code. */
  readonly pollHash: string | undefined;
  /** The id of the session, should the poll open it. */
  readonly sid: string;
  /** How long ago the poll before must be, in milliseconds. */
  readonly leastGapMs: number;
}

/** Tells how a request stands, and opens its session when it is confirmed. */
export const checkRequest = (redis: RedisClient, limits: Limits, poll: Poll) => {
  const { code, address, id, now, pollHash = '', sid, leastGapMs } = poll;
  return redis.run(
    CHECK_QR,
    { qrKey: keys.qr(code), misses: keys.qrMisses(address), voided: keys.voided(id) },
    {
      now,
      id,
      limit: missesOf(limits, code, address),
      pollHash,
      address,
      newSid: sid,
      leastGap: leastGapMs,
    },
  );
};

/** What somebody who is signed in says of a code: whether to read, confirm or deny it. */
export interface Decision extends Asker {
  readonly step: 'info' | 'confirm' | 'deny';
  readonly code: string;
  readonly session: Session;
}

/** Reads, confirms or denies a request, as long as the session of whoever says so lives. */
export const decideRequest = (redis: RedisClient, limits: Limits, decision: Decision) => {
  const { step, code, id, now, session } = decision;
  const { userId } = session;
  const where = {
    qrKey: keys.qr(code),
    // Misses of their own, so that guesses of others at the same address refuse nobody who is
    // signed in.
    misses: keys.qrMisses(userId),
    sessions: keys.sessions(userId),
    voided: keys.voided(id),
  };
  const args = { now, id, limit: missesOf(limits, code, userId), ...sessionArguments(session) };
  if (step === 'info') return redis.run(QR_INFO, where, args);
  return redis.run(step === 'confirm' ? CONFIRM_QR : DENY_QR, where, { ...args, userId });
};

/**
 * Takes back a {@link checkRequest} or a confirming {@link decideRequest} whose answer did not
 * come, also if the call is yet to arrive.
 */
export const voidStep = async (
  redis: RedisClient,
  { step, code, id }: Pick<Decision, 'code' | 'id'> & { readonly step: 'check' | 'confirm' },
): Promise<void> => {
  const where = { qrKey: keys.qr(code), voided: keys.voided(id) };
  await redis.run(step === 'check' ? VOID_CHECK : VOID_CONFIRM, where, { id, ttl: TTL.voided });
};
