import { POLL_INTERVAL_SECONDS, QR_COLLECT_SECONDS, QR_TTL_SECONDS } from '../contract/http/qr.ts';
import { ApiError, arrivedAfterVoid, tooManyRequests } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { drawRandomText, sha256 } from '../platform/random.ts';
import { undoWithRetries } from '../platform/retry.ts';
import { alertSignIn } from '../session/alert.ts';
import { disconnectSessions } from '../session/disconnect.ts';
import { formatSessionRecord, SessionRecord } from '../session/record.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { createSid, jwtSecretsOf, signToken } from '../session/token.ts';
import { drawQrCode } from './code.ts';
import { createQrRoomId } from './room-id.ts';
import type { Asker } from './store.ts';
import { checkRequest, decideRequest, storeRequest, voidStep } from './store.ts';

/**
 * How much sooner than the interval a poll may come, in milliseconds: the timers of clients and
 * networks are not exact.
 */
const TOLERANCE_MS = 500;

const askerOf = ({ client, now }: RequestContext): Asker => ({
  id: client.requestId,
  address: client.address,
  now: now(),
});

/**
 * Begins a sign-in by QR code [A26]: one round trip to Redis.
 *
 * @throws {ApiError} `too_many_requests`; `unavailable` when all codes that were drawn are taken
 */
export const beginQr = async (
  ctx: RequestContext,
  { settings, redis }: Pick<Services, 'settings' | 'redis'>,
) => {
  const asker = askerOf(ctx);
  const expiresAt = asker.now + QR_TTL_SECONDS * 1000;
  const codes = [drawQrCode(), drawQrCode(), drawQrCode()] as const;
  const secret = drawRandomText(32);
  // The room outlives the code, so that it can tell of a confirmation in the last second.
  const room = await createQrRoomId(jwtSecretsOf(settings), expiresAt + QR_COLLECT_SECONDS * 1000);
  const stored = await storeRequest(redis, settings, {
    ...asker,
    codes,
    expiresAt,
    record: formatSessionRecord('qr', ctx.client.device),
    pollHash: await sha256(secret),
    room,
  });
  if (stored.outcome === 'wait') throw tooManyRequests(stored.waitMs);
  const code = stored.outcome === 'stored' && codes[stored.which];
  if (!code) throw new ApiError('unavailable', 1);
  return { code, pollToken: `${code}.${secret}`, room };
};

/** What a client shows to poll: the code, and the secret of the poll token if it has one. */
export interface QrProof {
  readonly code: string;
  readonly secret?: string;
}

/**
 * Tells how a request stands, and signs in when it is confirmed [A27]: one round trip to Redis.
 *
 * @throws {ApiError} `too_many_requests`
 * @throws {StoreError} when Redis failed; the token can then be collected again
 */
export const pollQr = async (
  ctx: RequestContext,
  services: Services,
  { code, secret }: QrProof,
) => {
  const { settings, redis, sessions } = services;
  const { requestId: id } = ctx.client;
  const pollHash = secret && (await sha256(secret));
  const leastGapMs = POLL_INTERVAL_SECONDS * 1000 - TOLERANCE_MS;
  const poll = { ...askerOf(ctx), code, pollHash, sid: createSid(), leastGapMs };
  const checked = await checkRequest(redis, settings, poll).catch((error) => {
    const undo = () => voidStep(redis, { step: 'check', code, id });
    ctx.defer('qr.check_not_voided', () => undoWithRetries(undo));
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
      const token = await signToken(jwtSecretsOf(settings), { userId, sid }, at);
      sessions.remember({ sid }, poll.now);
      // The user was told when the token was collected for the first time.
      if (isRepeated) return { status: checked.outcome, token };
      disconnectSessions(ctx, services, { userId, sids: ended });
      const alert = { userId, sid, at, device, link: undefined };
      ctx.defer('session.not_told', () => alertSignIn(ctx, services, alert));
      return { status: checked.outcome, token };
    }
    default:
      return { status: checked.outcome };
  }
};

/** What somebody who is signed in does about a code. */
export interface QrDecision {
  readonly step: 'info' | 'confirm' | 'deny';
  readonly code: string;
  readonly session: Session;
}

const REFUSALS = {
  revoked: 'invalid_token',
  unknown: 'qr_code_unknown',
  taken: 'qr_code_confirmed',
} as const;

/**
 * Reads, confirms or denies a request: one round trip to Redis. Its room is told after the
 * response.
 *
 * @returns the device that asks to be signed in, and how many milliseconds its request has left
 * @throws {ApiError} `qr_code_unknown`, `qr_code_confirmed`, `too_many_requests`; `invalid_token`
 * when the session was revoked
 * @throws {StoreError} when Redis failed; then nothing is confirmed
 */
export const decideQr = async (
  ctx: RequestContext,
  { settings, redis, sessions, rooms }: Services,
  { step, code, session }: QrDecision,
) => {
  const decision = { ...askerOf(ctx), step, code, session };
  const decided = await decideRequest(redis, settings, decision).catch((error) => {
    if (step === 'confirm') {
      const undo = () => voidStep(redis, { ...decision, step });
      ctx.defer('qr.confirm_not_voided', () => undoWithRetries(undo));
    }
    throw error;
  });
  if (decided.outcome === 'wait') throw tooManyRequests(decided.waitMs);
  if (decided.outcome === 'voided') throw arrivedAfterVoid(`${step}-qr`);
  if (decided.outcome === 'revoked') sessions.forget([session.sid]);
  if (decided.outcome !== 'ok') throw new ApiError(REFUSALS[decided.outcome]);
  if (step !== 'info') {
    const message = { type: step === 'confirm' ? 'confirmed' : 'denied' } as const;
    const tellRoom = () => rooms.ask({ party: 'qr', id: decided.room }, message);
    ctx.defer('qr.room_not_told', tellRoom);
  }
  const { method, ...device } = SessionRecord.parse(JSON.parse(decided.record));
  return { device, leftMs: decided.leftMs };
};
