import * as z from 'zod';
import { MS } from '../../platform/redis/fragments.ts';
import { done, ms, objectReply, outcome, voided, wait } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';
import { ASKING_SESSION, SESSION_LIVES } from '../../session/scripts/fragments.ts';
import { GUESS, MISSES, QR } from './fragments.ts';

/** The arguments of a step of somebody who is signed in and has read a code. */
const DECIDING = { ...GUESS, ...ASKING_SESSION } as const;

/**
 * What such steps share. `revoked`: the asking session was · `unknown`: or expired, or denied ·
 * `taken`: confirmed before.
 */
const STEP = {
  keys: ['qrKey', 'misses', 'sessions', 'voided'],
  uses: [MS, QR, MISSES, SESSION_LIVES],
  reply: objectReply(
    z.discriminatedUnion('outcome', [
      wait,
      voided,
      outcome('revoked', 'unknown', 'taken'),
      z.object({
        outcome: z.literal('ok'),
        room: z.string(),
        record: z.string(),
        /** Until the request expires. */
        leftMs: ms,
      }),
    ]),
  ),
} as const;

/** What such steps begin with: `ok` is the reply of one that takes effect. */
const BEGIN = `
  if not sessionLives(sessions, sid, legacy, issued) then return { 'outcome', 'revoked' } end
  -- The session was heard of just now: it is not the one that goes when there are too many.
  if redis.call('HEXISTS', sessions, 's:' .. sid) == 1 then
    redis.call('HSET', sessions, 't:' .. sid, ms(now))
  end
  local wait = missesWait(misses, limit, now)
  if wait > 0 then return { 'outcome', 'wait', 'waitMs', ms(wait) } end
  if redis.call('EXISTS', voided) == 1 then return { 'outcome', 'voided' } end
  local qr = readQr(qrKey)
  if not qr then noteMiss(misses, limit, id, now) end
  local left = qr and leftOf(qr, now) or 0
  if left <= 0 then return { 'outcome', 'unknown' } end
  local ok = { 'outcome', 'ok', 'room', qr.room, 'record', qr.record, 'leftMs', ms(left) }
`;

const BEGIN_PENDING = `${BEGIN}
  if qr.status == 'denied' then return { 'outcome', 'unknown' } end
  if qr.status ~= 'pending' then return { 'outcome', 'taken' } end
`;

/** Reads what asks to be signed in. */
export const QR_INFO = defineScript({
  ...STEP,
  name: 'qr-info',
  args: DECIDING,
  lua: `${BEGIN_PENDING} return ok`,
});

/** Confirms a request: only the first step does. */
export const CONFIRM_QR = defineScript({
  ...STEP,
  name: 'confirm-qr',
  args: { ...DECIDING, userId: 'text' },
  lua: `${BEGIN_PENDING}
    redis.call('HSET', qrKey, 'status', 'confirmed', 'by', id, 'sid', sid,
      'legacy', legacy and '1' or '0', 'issued', ms(issued), 'uid', userId)
    return ok
  `,
});

/** Denies a request for good: a confirmed one only by the same user and until it is collected. */
export const DENY_QR = defineScript({
  ...STEP,
  name: 'deny-qr',
  args: { ...DECIDING, userId: 'text' },
  lua: `${BEGIN}
    if qr.status == 'used' or (qr.status == 'confirmed' and qr.uid ~= userId) then
      return { 'outcome', 'taken' }
    end
    redis.call('HSET', qrKey, 'status', 'denied')
    return ok
  `,
});

/**
 * Takes back a confirmation whose answer did not come, unless its token was collected meanwhile. A
 * confirmation that is still on its way will do nothing.
 */
export const VOID_CONFIRM = defineScript({
  name: 'void-confirm-qr',
  keys: ['qrKey', 'voided'],
  args: { id: 'text', ttl: 'digits' },
  reply: done,
  lua: `
    redis.call('SET', voided, '1', 'PX', ttl)
    local h = redis.call('HMGET', qrKey, 'by', 'status')
    if h[1] == id and h[2] == 'confirmed' then
      redis.call('HSET', qrKey, 'status', 'pending')
    end
    return 1
  `,
});
