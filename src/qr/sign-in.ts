import { POLL_INTERVAL_SECONDS, QR_COLLECT_SECONDS, QR_TTL_SECONDS } from '../contract/http/qr.ts';
import type { Device } from '../contract/http/sessions.ts';
import { ApiError, arrivedAfterVoid, tooManyRequests } from '../platform/errors.ts';
import { randomText, sha256 } from '../platform/random.ts';
import type { Around, Later } from '../platform/retry.ts';
import { undoWithRetries } from '../platform/retry.ts';
import { alertSignIn } from '../session/alert.ts';
import { SessionRecord, sessionRecord } from '../session/record.ts';
import type { Services } from '../session/services.ts';
import { closeSockets } from '../session/sockets.ts';
import { jwtSecrets, newSid, signToken } from '../session/token.ts';
import { randomQrCode } from './code.ts';
import { newQrRoom } from './room-id.ts';
import type { Asking, Decision } from './store.ts';
import { checkRequest, decideRequest, storeRequest, voidStep } from './store.ts';

/** How much sooner than the interval a poll may come, in milliseconds: clients' timers and networks are not exact. */
const TOLERANCE_MS = 500;

/**
 * Begins a sign-in by QR code: one round trip to Redis.
 *
 * @throws {ApiError} `too_many_requests`
 */
export const beginQr = async (services: Services, asking: Asking, device: Device) => {
  const { settings, redis } = services;
  const expiresAt = asking.now + QR_TTL_SECONDS * 1000;
  const codes = [randomQrCode(), randomQrCode(), randomQrCode()] as const;
  const secret = randomText(32);
  // It outlives the code, so that a word of confirmation that comes late is told.
  const room = await newQrRoom(jwtSecrets(settings), expiresAt + QR_COLLECT_SECONDS * 1000);
  const record = sessionRecord('qr', device);
  const pollHash = await sha256(secret);
  const stored = await storeRequest(redis, settings, {
    ...asking,
    codes,
    expiresAt,
    record,
    pollHash,
    room,
  });
  if (stored.outcome === 'wait') throw tooManyRequests(stored.waitMs);
  const code = stored.outcome === 'stored' && codes[stored.which];
  if (!code) throw new ApiError('unavailable', 1);
  return { code, pollToken: `${code}.${secret}`, room };
};

/** What a client shows to learn how its request stands: the code, and the secret of the poll token if it has one. */
export interface Proof {
  readonly code: string;
  readonly secret?: string;
}

/**
 * Tells how a request stands, and signs in when it is confirmed: one round trip to Redis.
 *
 * @throws {ApiError} `too_many_requests`
 * @throws {StoreError} when Redis failed; the token can then be collected again
 */
export const pollQr = async (
  services: Services,
  asking: Asking,
  { code, secret }: Proof,
  { log, later }: Around,
) => {
  const { settings, redis, sessions } = services;
  const { id } = asking;
  const poll = { ...asking, code, pollHash: secret && (await sha256(secret)), sid: newSid() };
  const gap = POLL_INTERVAL_SECONDS * 1000 - TOLERANCE_MS;
  const checked = await checkRequest(redis, settings, poll, gap).catch((error) => {
    later('qr.check_not_voided', () =>
      undoWithRetries(() => voidStep(redis, 'check', { code, id })),
    );
    throw error;
  });
  switch (checked.outcome) {
    case 'wait':
      throw tooManyRequests(checked.waitMs);
    case 'voided':
      throw arrivedAfterVoid('check-qr');
    case 'slow_down':
      return { status: checked.outcome, intervalSeconds: POLL_INTERVAL_SECONDS };
    case 'ready': {
      const { userId, record, ended, sid, at, isRepeated } = checked;
      const { method, ...device } = SessionRecord.parse(JSON.parse(record));
      const token = await signToken(jwtSecrets(settings), { userId, sid }, at);
      sessions.remember({ sid });
      // Its user was told when it was collected first.
      if (isRepeated) return { status: checked.outcome, token };
      closeSockets(services, later, userId, ended);
      const alert = { userId, sid, at, device, link: undefined };
      later('session.not_told', () => alertSignIn(services, log, alert));
      return { status: checked.outcome, token };
    }
    default:
      return { status: checked.outcome };
  }
};

const REFUSALS = {
  revoked: 'invalid_token',
  unknown: 'qr_code_unknown',
  taken: 'qr_code_confirmed',
} as const;

/**
 * Reads, confirms or denies a request: one round trip to Redis. Its room is told behind the answer.
 *
 * @returns what asks to be signed in, and how many milliseconds are left to it
 * @throws {ApiError} `qr_code_unknown`, `qr_code_confirmed`, `too_many_requests`; `invalid_token` when the session was revoked
 * @throws {StoreError} when Redis failed; then nothing is confirmed
 */
export const decideQr = async (
  { settings, redis, sessions, rooms }: Services,
  step: 'info' | 'confirm' | 'deny',
  decision: Decision,
  later: Later,
) => {
  const decided = await decideRequest(redis, settings, step, decision).catch((error) => {
    if (step === 'confirm') {
      later('qr.confirm_not_voided', () =>
        undoWithRetries(() => voidStep(redis, 'confirm', decision)),
      );
    }
    throw error;
  });
  if (decided.outcome === 'wait') throw tooManyRequests(decided.waitMs);
  if (decided.outcome === 'voided') throw arrivedAfterVoid(`${step}-qr`);
  if (decided.outcome === 'revoked') sessions.forget([decision.session.sid]);
  if (decided.outcome !== 'ok') throw new ApiError(REFUSALS[decided.outcome]);
  if (step !== 'info') {
    const message = { type: step === 'confirm' ? 'confirmed' : 'denied' } as const;
    later(
      'qr.room_not_told',
      async () => void (await rooms.ask({ party: 'qr', id: decided.room }, message)),
    );
  }
  const { method, ...device } = SessionRecord.parse(JSON.parse(decided.record));
  return { device, leftMs: decided.leftMs };
};
