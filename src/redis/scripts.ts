import type { Script } from './client.ts';

/**
 * Every Lua script: what has to be decided at once is decided inside Redis, in one round trip.
 *
 * Times are milliseconds on the Worker's clock (ARGV), so that tests can move it; what Redis expires by itself is only the rubbish.
 * A window is a sorted set of times: it holds at most as many members as its limit, since past the limit nothing is added.
 */
const WINDOW = `
-- Drops what has left the window; answers the ms until there is room for one more, 0 when there is.
local function wait_for(key, span, limit, now)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - span)
  local count = redis.call('ZCARD', key)
  if count < limit then return 0 end
  local blocking = redis.call('ZRANGE', key, count - limit, count - limit, 'WITHSCORES')
  return tonumber(blocking[2]) + span - now
end
local function note(key, span, member, now)
  redis.call('ZADD', key, now, member)
  redis.call('PEXPIRE', key, span)
end
local function ms(value) return string.format('%.0f', value) end
local DAY, HOUR = 86400000, 3600000
`;

const CODE = `
-- The fields of a code, or nil when there is none. The original kept plain strings under the same key: those are no codes of ours.
local function read_code(key)
  if redis.call('TYPE', key).ok ~= 'hash' then return nil end
  local h = redis.call('HMGET', key, 'mac', 'exp', 'tries', 'rid', 'uid')
  if not h[1] or not h[2] then return nil end
  return { mac = h[1], exp = tonumber(h[2]), tries = tonumber(h[3] or '0'), rid = h[4] or '', uid = h[5] or '' }
end
`;

/**
 * request-code.
 *
 * KEYS 1 code · 2 failures · 3 sends · 4 address sends · 5 phone · 6 legacy link
 * ARGV 1 now · 2 mac · 3 request id · 4 code TTL · 5 phone · 6 sends per day · 7 gaps (s, comma-separated) · 8 failures per day ·
 *      9 address sends per hour (0 = no limit)
 *
 * Returns {'wait', ms} past a limit of sends · {'spent', ms, known, uid, chat, legacy} when the phone's budget of failed compares is spent,
 * ms until digits work again · {'stored', 0, known, uid, chat, legacy}. known is '1' when uid and chat are what Postgres knows.
 */
export const REQUEST_CODE: Script = {
  name: 'request-code',
  lua: `${WINDOW}
local code, failures, sends, address_sends, phone_key, legacy_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local now, ttl, per_day, address_limit = tonumber(ARGV[1]), tonumber(ARGV[4]), tonumber(ARGV[6]), tonumber(ARGV[9])

local wait = wait_for(sends, DAY, per_day, now)
local sent = redis.call('ZCARD', sends)
if sent > 0 then
  local gap, n = 0, 0
  for seconds in string.gmatch(ARGV[7], '[^,]+') do
    n = n + 1
    if n <= sent then gap = tonumber(seconds) * 1000 end
  end
  local last = redis.call('ZRANGE', sends, -1, -1, 'WITHSCORES')
  wait = math.max(wait, tonumber(last[2]) + gap - now)
end
if address_limit > 0 then wait = math.max(wait, wait_for(address_sends, HOUR, address_limit, now)) end
if wait > 0 then return { 'wait', ms(wait) } end

note(sends, DAY, ARGV[3], now)
if address_limit > 0 then note(address_sends, HOUR, ARGV[5] .. ' ' .. ARGV[3], now) end

local known = redis.call('HMGET', phone_key, 'uid', 'chat')
local link = { known[1] and '1' or '0', known[1] or '', known[2] or '', redis.call('GET', legacy_key) or '' }

local spent = wait_for(failures, DAY, tonumber(ARGV[8]), now)
if spent > 0 then return { 'spent', ms(spent), link[1], link[2], link[3], link[4] } end

redis.call('DEL', code)
redis.call('HSET', code, 'mac', ARGV[2], 'exp', ms(now + ttl), 'tries', '0', 'rid', ARGV[3], 'uid', link[2])
redis.call('PEXPIRE', code, ttl)
return { 'stored', '0', link[1], link[2], link[3], link[4] }
`,
};

/**
 * verify-code: limits → count the try → compare → consume.
 *
 * KEYS 1 code · 2 used · 3 failures · 4 address failures · 5 address sends · 6 phone · 7 voided
 * ARGV 1 now · 2 mac · 3 mac under the previous secret, or '' · 4 the client's request id, or '' · 5 attempt id · 6 phone ·
 *      7 tries per code · 8 failures per day · 9 address failures per hour (0 = no limit) · 10 TTL of used
 *
 * Returns {'ok', uid or '', iat ms} · {'wrong'} · {'wait', ms} past a limit · {'voided'}.
 */
export const VERIFY_CODE: Script = {
  name: 'verify-code',
  lua: `${WINDOW}${CODE}
local code_key, used_key, failures, address_failures, address_sends = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, mac, previous, rid, attempt, phone = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local address_limit = tonumber(ARGV[9])
if redis.call('EXISTS', KEYS[7]) == 1 then return { 'voided' } end

-- The same client again, after an answer that got lost. It is known by its request id, which nobody else can guess; without that match the
-- used code is not even compared, so that this is no way around the limits.
local used = redis.call('HMGET', used_key, 'mac', 'rid', 'uid', 'iat')
local same_code = used[1] and (used[1] == mac or used[1] == previous) and now - tonumber(used[4]) <= tonumber(ARGV[10])
if same_code and rid ~= '' and used[2] == rid then
  redis.call('HSET', used_key, 'attempt', attempt)
  return { 'ok', used[3], used[4] }
end

local wait = wait_for(failures, DAY, tonumber(ARGV[8]), now)
if address_limit > 0 then wait = math.max(wait, wait_for(address_failures, HOUR, address_limit, now)) end
if wait > 0 then return { 'wait', ms(wait) } end

local code = read_code(code_key)
if code and code.exp <= now then code = nil end
if not code or (code.mac ~= mac and code.mac ~= previous) then
  -- The right code coming again is nobody's guess.
  if same_code then return { 'wrong' } end
  if address_limit > 0 then note(address_failures, HOUR, attempt, now) end
  if code then
    note(failures, DAY, attempt, now)
    if code.tries + 1 >= tonumber(ARGV[7]) then redis.call('DEL', code_key) else redis.call('HINCRBY', code_key, 'tries', 1) end
  end
  return { 'wrong' }
end

local uid = code.uid
if uid == '' then uid = redis.call('HGET', KEYS[6], 'uid') or '' end
-- The user is about to be made: the next request-code has to ask Postgres.
if uid == '' then redis.call('DEL', KEYS[6]) end
redis.call('DEL', code_key, failures, used_key)
redis.call('HSET', used_key, 'mac', code.mac, 'exp', ms(code.exp), 'tries', code.tries, 'rid', rid, 'sent', code.rid, 'uid', uid, 'iat', ms(now),
  'attempt', attempt)
redis.call('PEXPIRE', used_key, ARGV[10])
for _, member in ipairs(redis.call('ZRANGE', address_sends, 0, -1)) do
  if string.sub(member, 1, #phone + 1) == phone .. ' ' then redis.call('ZREM', address_sends, member) end
end
return { 'ok', uid, ms(now) }
`,
};

/**
 * Takes back a verify-code that did not end in an answer: the code it used up lives again, and should the attempt itself still be on its way, it
 * will do nothing. A code that was requested since, and a repetition that did get its answer, are left alone.
 *
 * KEYS 1 code · 2 used · 3 voided
 * ARGV 1 now · 2 attempt id · 3 TTL of voided
 */
export const VOID_VERIFY: Script = {
  name: 'void-verify',
  lua: `${CODE}
redis.call('SET', KEYS[3], '1', 'PX', ARGV[3])
local used = redis.call('HMGET', KEYS[2], 'attempt', 'mac', 'exp', 'tries', 'sent', 'uid')
if used[1] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
local left = tonumber(used[3]) - tonumber(ARGV[1])
if left <= 0 or read_code(KEYS[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'mac', used[2], 'exp', used[3], 'tries', used[4], 'rid', used[5], 'uid', used[6])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', left))
return 1
`,
};

/**
 * Remembers what Postgres knows of a phone, and puts the user's id beside a live code.
 *
 * KEYS 1 phone · 2 code · 3 legacy link
 * ARGV 1 user id or '' · 2 chat id or '' · 3 TTL · 4 'written' = Postgres was just changed: overwrite, and the original's link is done with;
 *      'read' = it was only read: what was written meanwhile stays
 */
export const REMEMBER_PHONE: Script = {
  name: 'remember-phone',
  lua: `${CODE}
if ARGV[4] == 'written' then redis.call('DEL', KEYS[1], KEYS[3]) end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'uid', ARGV[1], 'chat', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
if ARGV[1] ~= '' and read_code(KEYS[2]) then redis.call('HSET', KEYS[2], 'uid', ARGV[1]) end
return 1
`,
};
