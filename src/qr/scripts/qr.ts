import * as z from 'zod';
import { QR_COLLECT_SECONDS } from '../../contract/http/qr.ts';
import type { Script } from '../../platform/redis/client.ts';
import { WINDOW } from '../../platform/redis/lua.ts';
import { done, flag, ms, voided, wait } from '../../platform/redis/reply.ts';
import { SESSIONS } from '../../session/scripts/sessions.ts';

/** What of a QR code the scripts share. ARGV 1 now · 2 id of the request · 3 the limit (0 = none), KEYS 2 misses, are the same in those that guess. */
const QR = `${WINDOW}${SESSIONS}
local now, id, limit = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local MISSES_SPAN = 600000
-- After the end of a code that was confirmed in time, and after an answer that may have been lost.
local COLLECT_MS = ${QR_COLLECT_SECONDS * 1000}
-- The ms that are left to a request; for one that is confirmed, until its token is lost.
local function left_of(qr)
  return tonumber(qr.exp) + (qr.status == 'confirmed' and COLLECT_MS or 0) - now
end
-- nil when there is none.
local function read_qr(key)
  local fields, qr = redis.call('HGETALL', key), nil
  for i = 1, #fields, 2 do
    qr = qr or {}
    qr[fields[i]] = fields[i + 1]
  end
  return qr
end
local function misses_wait()
  return limit > 0 and wait_for(KEYS[2], MISSES_SPAN, limit, now) or 0
end
local function note_miss()
  if limit > 0 then note(KEYS[2], MISSES_SPAN, id, now) end
end
`;

const requestReply = z.union([
  wait,
  z.tuple([z.literal('stored'), z.enum(['1', '2', '3'])]).transform(([outcome, which]) => ({
    outcome,
    which: Number(which) - 1,
  })),
  z.tuple([z.literal('none')]).transform(([outcome]) => ({ outcome })),
]);

/**
 * Stores a request under the first of three codes that nobody has.
 *
 * KEYS 1–3 QR codes · 4 requests of the address
 * ARGV 1 now · 2 request id · 3 requests per hour (0 = no limit) · 4 exp · 5 TTL of the key · 6 address · 7 record of the session to be ·
 *      8 hash of the poll token's secret · 9 room
 *
 * Returns {'wait', ms} past the limit · {'stored', '1'–'3'} · {'none'}: all three are taken.
 */
export const REQUEST_QR: Script<typeof requestReply> = {
  name: 'request-qr',
  reply: requestReply,
  lua: `${WINDOW}
local now, limit = tonumber(ARGV[1]), tonumber(ARGV[3])
if limit > 0 then
  local wait = wait_for(KEYS[4], HOUR, limit, now)
  if wait > 0 then return { 'wait', ms(wait) } end
end
for i = 1, 3 do
  if redis.call('EXISTS', KEYS[i]) == 0 then
    redis.call('HSET', KEYS[i], 'status', 'pending', 'exp', ARGV[4], 'address', ARGV[6], 'record', ARGV[7], 'poll', ARGV[8], 'room', ARGV[9])
    redis.call('PEXPIRE', KEYS[i], ARGV[5])
    if limit > 0 then note(KEYS[4], HOUR, ARGV[2], now) end
    return { 'stored', tostring(i) }
  end
end
return { 'none' }
`,
};

const checkReply = z.union([
  wait,
  voided,
  z
    .tuple([z.enum(['pending', 'slow_down', 'expired', 'denied'])])
    .transform(([outcome]) => ({ outcome })),
  z
    .tuple([z.literal('ready'), z.string(), z.string(), z.array(z.string()), z.string(), ms, flag])
    .transform(([outcome, userId, record, ended, sid, at, isRepeated]) => ({
      ...{ outcome, userId, record, ended, sid, at, isRepeated },
    })),
]);

/**
 * Tells how a request stands; opens the session when it is confirmed, for one collector alone.
 *
 * Whoever has the poll token is served. The bare code counts from the address that asked for it, and only until the poll token is shown: a client that has one
 * uses no other way, and then a neighbour who sees the code has nothing.
 *
 * KEYS 1 QR code · 2 misses · 3 voided
 * ARGV 1 now · 2 request id · 3 misses (0 = no limit) · 4 hash of the poll token's secret, or '' · 5 address · 6 sid of the session to be ·
 *      7 the least ms between two polls
 *
 * The poll token collects again for ten seconds, since its first answer may never have come: the
 * same session, as long as it lives. Each that collects is noted, so that one whose answer is lost
 * between here and the Worker takes back no session that another has.
 *
 * Returns {'wait', ms} past the limit · {'pending'} · {'slow_down'} · {'expired'}: or used, or
 * unknown · {'denied'} · {'ready', uid, record, {sid, …} of sessions that it ended, sid, ms of
 * signing in, 1 when the token was collected before} · {'voided'}.
 */
export const CHECK_QR: Script<typeof checkReply> = {
  name: 'check-qr',
  reply: checkReply,
  lua: `${QR}
local qr = read_qr(KEYS[1])
local by_token = qr and qr.poll == ARGV[4]
if not by_token then
  local wait = misses_wait()
  if wait > 0 then return { 'wait', ms(wait) } end
  if not qr or ARGV[4] ~= '' or qr.polled or qr.address ~= ARGV[5] then
    note_miss()
    return { 'expired' }
  end
end
if qr.status == 'denied' then return { by_token and 'denied' or 'expired' } end
if qr.status == 'used' then
  local again = by_token and qr.collected and now - tonumber(qr.collected) < COLLECT_MS
  local lives = again and redis.call('HEXISTS', 'sessions:' .. qr.uid, 's:' .. qr.new) == 1
  if not lives then return { 'expired' } end
  if redis.call('EXISTS', KEYS[3]) == 1 then return { 'voided' } end
  redis.call('HSET', KEYS[1], 'collector:' .. id, '1')
  redis.call('HINCRBY', KEYS[1], 'open', 1)
  return { 'ready', qr.uid, qr.record, {}, qr.new, qr.collected, 1 }
end
if left_of(qr) <= 0 then return { 'expired' } end
if qr.status == 'pending' then
  if by_token then
    if qr.polled and now - tonumber(qr.polled) < tonumber(ARGV[7]) then return { 'slow_down' } end
    redis.call('HSET', KEYS[1], 'polled', ms(now))
  end
  return { 'pending' }
end

if redis.call('EXISTS', KEYS[3]) == 1 then return { 'voided' } end
local sessions = 'sessions:' .. qr.uid
-- Whoever was signed out meanwhile signs nobody in.
if not session_lives(sessions, qr.sid, qr.legacy, qr.issued) then
  redis.call('HSET', KEYS[1], 'status', 'denied')
  return { by_token and 'denied' or 'expired' }
end
local ended = open_session(sessions, ARGV[6], qr.record, now, qr.sid)
redis.call('HSET', KEYS[1], 'status', 'used', 'collector:' .. id, '1', 'open', 1, 'new', ARGV[6])
if by_token then redis.call('HSET', KEYS[1], 'collected', ms(now)) end
return { 'ready', qr.uid, qr.record, ended, ARGV[6], ms(now), 0 }
`,
};

/**
 * Takes back a check whose answer did not come. When all that collected are taken back, the token
 * can be collected again, and its session is gone. Should the check still be on its way, it will
 * collect nothing.
 *
 * KEYS 1 QR code · 2 voided
 * ARGV 1 id of the request · 2 TTL of voided
 */
export const VOID_CHECK: Script<typeof done> = {
  name: 'void-check-qr',
  reply: done,
  lua: `
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
if redis.call('HDEL', KEYS[1], 'collector:' .. ARGV[1]) == 0 then return 1 end
if redis.call('HINCRBY', KEYS[1], 'open', -1) > 0 then return 1 end
local h = redis.call('HMGET', KEYS[1], 'uid', 'new')
-- Somebody has ended it meanwhile, and wants no other.
local ended = redis.call('HDEL', 'sessions:' .. h[1], 's:' .. h[2], 't:' .. h[2]) == 0
redis.call('HSET', KEYS[1], 'status', ended and 'denied' or 'confirmed')
redis.call('HDEL', KEYS[1], 'open', 'new', 'collected')
return 1
`,
};

const decideReply = z.union([
  wait,
  voided,
  z.tuple([z.enum(['revoked', 'unknown', 'taken'])]).transform(([outcome]) => ({ outcome })),
  z
    .tuple([z.literal('ok'), z.string(), z.string(), ms])
    .transform(([outcome, room, record, leftMs]) => ({ outcome, room, record, leftMs })),
]);

/**
 * Steps of somebody who is signed in and has read a code.
 *
 * KEYS 1 QR code · 2 misses · 3 sessions · 4 voided
 * ARGV 1 now · 2 request id · 3 misses (0 = no limit) · 4 sid · 5 legacy · 6 issued · 7 user id
 *
 * Returns {'revoked'}: the asking session was · {'wait', ms} past the limit · {'unknown'}: or expired, or denied · {'taken'}: confirmed before ·
 * {'ok', room, record, ms until it expires} · {'voided'}.
 */
const decide = (name: string, lua: string): Script<typeof decideReply> => ({
  name,
  reply: decideReply,
  lua: `${QR}
if not session_lives(KEYS[3], ARGV[4], ARGV[5], ARGV[6]) then return { 'revoked' } end
-- Heard of just now: it is not the one that goes when there are too many.
if redis.call('HEXISTS', KEYS[3], 's:' .. ARGV[4]) == 1 then
  redis.call('HSET', KEYS[3], 't:' .. ARGV[4], ms(now))
end
local wait = misses_wait()
if wait > 0 then return { 'wait', ms(wait) } end
if redis.call('EXISTS', KEYS[4]) == 1 then return { 'voided' } end
local qr = read_qr(KEYS[1])
if not qr then note_miss() end
local left = qr and left_of(qr) or 0
if left <= 0 then return { 'unknown' } end
local ok = { 'ok', qr.room, qr.record, ms(left) }
${lua}
`,
});

const PENDING_ONLY = `
if qr.status == 'denied' then return { 'unknown' } end
if qr.status ~= 'pending' then return { 'taken' } end
`;

/** Reads what asks to be signed in. KEYS, ARGV and reply: see {@link decide}. */
export const QR_INFO = decide('qr-info', `${PENDING_ONLY}return ok`);

/** Confirms a request, the first who does. KEYS, ARGV and reply: see {@link decide}. */
export const CONFIRM_QR = decide(
  'confirm-qr',
  `${PENDING_ONLY}
redis.call('HSET', KEYS[1], 'status', 'confirmed', 'by', id, 'sid', ARGV[4], 'legacy', ARGV[5], 'issued', ARGV[6], 'uid', ARGV[7])
return ok`,
);

/** Denies a request, for good; one that is confirmed only by the same user and until it is collected. KEYS, ARGV and reply: see {@link decide}. */
export const DENY_QR = decide(
  'deny-qr',
  `
if qr.status == 'used' or (qr.status == 'confirmed' and qr.uid ~= ARGV[7]) then return { 'taken' } end
redis.call('HSET', KEYS[1], 'status', 'denied')
return ok`,
);

/**
 * Takes back a confirmation whose answer did not come, unless its token was collected meanwhile. Should it still be on its way, it will do nothing.
 *
 * KEYS 1 QR code · 2 voided
 * ARGV 1 id of the request · 2 TTL of voided
 */
export const VOID_CONFIRM: Script<typeof done> = {
  name: 'void-confirm-qr',
  reply: done,
  lua: `
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
local h = redis.call('HMGET', KEYS[1], 'by', 'status')
if h[1] == ARGV[1] and h[2] == 'confirmed' then redis.call('HSET', KEYS[1], 'status', 'pending') end
return 1
`,
};
