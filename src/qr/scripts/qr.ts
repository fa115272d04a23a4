import * as z from 'zod';
import { MS, WINDOW } from '../../platform/redis/fragments.ts';
import { done, flag, ms, objectReply, outcome, voided, wait } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';
import { OPENING, SESSION_LIVES } from '../../session/scripts/fragments.ts';
import { GUESS, MISSES, QR } from './fragments.ts';

/**
 * Stores a request under the first of three codes that nobody has. `which` in the reply is its
 * index; `none`: all three are taken. `limit`: requests an hour, 0 = no limit.
 */
export const REQUEST_QR = defineScript({
  name: 'request-qr',
  keys: ['first', 'second', 'third', 'requests'],
  args: {
    now: 'number',
    id: 'text',
    limit: 'number',
    exp: 'digits',
    ttl: 'digits',
    address: 'text',
    record: 'text',
    pollHash: 'text',
    room: 'text',
  },
  uses: [MS, WINDOW],
  reply: objectReply(
    z.discriminatedUnion('outcome', [
      wait,
      outcome('none'),
      z.object({ outcome: z.literal('stored'), which: z.literal([0, 1, 2]) }),
    ]),
  ),
  lua: `
    local wait = limit > 0 and waitFor(requests, HOUR, limit, now) or 0
    if wait > 0 then return { 'outcome', 'wait', 'waitMs', ms(wait) } end
    for i, key in ipairs({ first, second, third }) do
      if redis.call('EXISTS', key) == 0 then
        redis.call('HSET', key, 'status', 'pending', 'exp', exp, 'address', address,
          'record', record, 'poll', pollHash, 'room', room)
        redis.call('PEXPIRE', key, ttl)
        if limit > 0 then note(requests, HOUR, id, now) end
        return { 'outcome', 'stored', 'which', i - 1 }
      end
    end
    return { 'outcome', 'none' }
  `,
});

/**
 * Tells how a request stands, and opens the session when it is confirmed, for one collector alone.
 *
 * Whoever has the poll token is served. The bare code counts from the address that asked for it,
 * and only until the poll token is shown: a client that has one uses no other way, and then a
 * neighbour who sees the code has nothing.
 *
 * The poll token collects again for ten seconds, since its first answer may never have come: the
 * same session, as long as it lives. Each collector is noted, so that voiding one whose answer was
 * lost takes back no session that another one has.
 *
 * - `pollHash`: the hash of the poll token's secret, or ''
 * - `newSid`: the id of the session to be opened
 * - `leastGap`: the least milliseconds between two polls
 * - in the reply, `expired`: or used, or unknown; `ended`: the sessions that had to go;
 *   `isRepeated`: the token was collected before
 */
export const CHECK_QR = defineScript({
  name: 'check-qr',
  keys: ['qrKey', 'misses', 'voided'],
  args: { ...GUESS, pollHash: 'text', address: 'text', newSid: 'text', leastGap: 'number' },
  uses: [MS, QR, MISSES, SESSION_LIVES, OPENING],
  reply: objectReply(
    z.discriminatedUnion('outcome', [
      wait,
      voided,
      outcome('pending', 'slow_down', 'expired', 'denied'),
      z.object({
        outcome: z.literal('ready'),
        userId: z.string(),
        record: z.string(),
        ended: z.array(z.string()),
        sid: z.string(),
        /** When the session was signed in. */
        at: ms,
        isRepeated: flag,
      }),
    ]),
  ),
  lua: `
    local qr = readQr(qrKey)
    local byToken = qr and qr.poll == pollHash
    if not byToken then
      local wait = missesWait(misses, limit, now)
      if wait > 0 then return { 'outcome', 'wait', 'waitMs', ms(wait) } end
      if not qr or pollHash ~= '' or qr.polled or qr.address ~= address then
        noteMiss(misses, limit, id, now)
        return { 'outcome', 'expired' }
      end
    end
    local function ready(sid, at, ended, isRepeated)
      return {
        'outcome', 'ready', 'userId', qr.uid, 'record', qr.record, 'ended', ended, 'sid', sid,
        'at', at, 'isRepeated', isRepeated,
      }
    end
    if qr.status == 'denied' then return { 'outcome', byToken and 'denied' or 'expired' } end
    if qr.status == 'used' then
      local again = byToken and qr.collected and now - tonumber(qr.collected) < COLLECT_MS
      local lives = again and redis.call('HEXISTS', 'sessions:' .. qr.uid, 's:' .. qr.new) == 1
      if not lives then return { 'outcome', 'expired' } end
      if redis.call('EXISTS', voided) == 1 then return { 'outcome', 'voided' } end
      redis.call('HSET', qrKey, 'collector:' .. id, '1')
      redis.call('HINCRBY', qrKey, 'open', 1)
      return ready(qr.new, qr.collected, {}, 1)
    end
    if leftOf(qr, now) <= 0 then return { 'outcome', 'expired' } end
    if qr.status == 'pending' then
      if byToken then
        local tooSoon = qr.polled and now - tonumber(qr.polled) < leastGap
        if tooSoon then return { 'outcome', 'slow_down' } end
        redis.call('HSET', qrKey, 'polled', ms(now))
      end
      return { 'outcome', 'pending' }
    end

    if redis.call('EXISTS', voided) == 1 then return { 'outcome', 'voided' } end
    local sessions = 'sessions:' .. qr.uid
    -- Whoever was signed out meanwhile signs nobody in.
    if not sessionLives(sessions, qr.sid, qr.legacy == '1', tonumber(qr.issued)) then
      redis.call('HSET', qrKey, 'status', 'denied')
      return { 'outcome', byToken and 'denied' or 'expired' }
    end
    local ended = openSession(sessions, newSid, qr.record, now, qr.sid)
    redis.call('HSET', qrKey, 'status', 'used', 'collector:' .. id, '1', 'open', 1, 'new', newSid)
    if byToken then redis.call('HSET', qrKey, 'collected', ms(now)) end
    return ready(newSid, ms(now), ended, 0)
  `,
});

/**
 * Takes back a check whose answer did not come. When all that collected are taken back, the token
 * can be collected again, and its session is gone. A check that is still on its way will collect
 * nothing.
 */
export const VOID_CHECK = defineScript({
  name: 'void-check-qr',
  keys: ['qrKey', 'voided'],
  args: { id: 'text', ttl: 'digits' },
  reply: done,
  lua: `
    redis.call('SET', voided, '1', 'PX', ttl)
    if redis.call('HDEL', qrKey, 'collector:' .. id) == 0 then return 1 end
    if redis.call('HINCRBY', qrKey, 'open', -1) > 0 then return 1 end
    local h = redis.call('HMGET', qrKey, 'uid', 'new')
    -- Somebody has ended the session meanwhile, and wants no other.
    local ended = redis.call('HDEL', 'sessions:' .. h[1], 's:' .. h[2], 't:' .. h[2]) == 0
    redis.call('HSET', qrKey, 'status', ended and 'denied' or 'confirmed')
    redis.call('HDEL', qrKey, 'open', 'new', 'collected')
    return 1
  `,
});
