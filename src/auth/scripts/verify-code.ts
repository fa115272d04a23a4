import * as z from 'zod';
import type { Script } from '../../platform/redis/client.ts';
import { CODE, MS, WINDOW } from '../../platform/redis/lua.ts';
import { done, voided, wait } from '../../platform/redis/reply.ts';
import { BEGIN, signedIn, wrong } from './sign-in.ts';

const reply = z.union([wait, voided, wrong, signedIn]);

/** So many guesses while no code lives weigh for an address as much as one at a live code. */
export const MISSES_PER_FAILURE = 10;

/**
 * verify-code: limits → count the try → compare → consume → open the session.
 *
 * KEYS 1 code · 2 used · 3 failures · 4 address failures · 5 address sends · 6 phone · 7 voided ·
 *      8 address misses
 * ARGV 1 now · 2 mac · 3 mac under the previous secret, or '' · 4 the client's request id, or '' · 5 attempt id · 6 phone ·
 *      7 tries per code · 8 failures per day · 9 address failures per hour (0 = no limit) · 10 how long the code's client may repeat itself · 11 TTL of used ·
 *      12 sid · 13 id of the user in case there is none yet · 14 record of the session
 *
 * Returns {'ok', …} (see sign-in.ts) · {'wrong'} · {'wait', ms} past a limit · {'voided'}.
 */
export const VERIFY_CODE: Script<typeof reply> = {
  name: 'verify-code',
  reply,
  lua: `${WINDOW}${CODE}${BEGIN}
local code_key, used_key, failures, address_failures, address_sends = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, mac, previous, rid, attempt, phone = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local address_limit = tonumber(ARGV[9])
if redis.call('EXISTS', KEYS[7]) == 1 then return { 'voided' } end

-- A guess while no code lives can hit nothing: the address pays a tenth for it.
local function note_failure(at_code)
  if not at_code and redis.call('INCR', KEYS[8]) < ${MISSES_PER_FAILURE} then
    redis.call('PEXPIRE', KEYS[8], HOUR)
    return
  end
  if not at_code then redis.call('DEL', KEYS[8]) end
  note(address_failures, HOUR, attempt, now)
end

-- The same client again, after an answer that got lost: whoever asked for this code, used it, and shows the id of that request both times. Nobody
-- else learns by trying whether a guess is the used code: whatever else comes is answered alike. So is a client whose session was revoked meanwhile.
local used = redis.call('HMGET', used_key, 'mac', 'repeatable', 'rid', 'uid', 'at', 'new', 'sid')
local same_code = used[1] and (used[1] == mac or used[1] == previous) and now - tonumber(used[5]) <= tonumber(ARGV[10])
local owner = used[4] ~= '' and used[4] or used[6]
local lives = same_code and used[7] and redis.call('HEXISTS', 'sessions:' .. owner, 's:' .. used[7]) == 1
if lives and used[2] == '1' and used[3] == rid then
  redis.call('HSET', used_key, 'attempt:' .. attempt, '1')
  redis.call('HINCRBY', used_key, 'open', 1)
  return { 'ok', used[4], used[6], used[7], used[5], phone, '1', '', '', {} }
end

local code = read_code(code_key)
if code and (code.exp <= now or code.moving) then code = nil end

local wait = wait_for(failures, DAY, tonumber(ARGV[8]), now)
local address_wait = address_limit > 0 and wait_for(address_failures, HOUR, address_limit, now) or 0
-- Whoever asked for the live code does not pay for neighbours: its tries limit them.
if not (code and rid ~= '' and code.rid == rid) then wait = math.max(wait, address_wait) end
if wait > 0 then return { 'wait', ms(wait) } end

if not code or (code.mac ~= mac and code.mac ~= previous) then
  -- The right code coming again is nobody's guess.
  if same_code then return { 'wrong' } end
  if address_limit > 0 and address_wait == 0 then note_failure(code ~= nil) end
  if code then
    note(failures, DAY, attempt, now)
    if code.tries + 1 >= tonumber(ARGV[7]) then redis.call('DEL', code_key) else redis.call('HINCRBY', code_key, 'tries', 1) end
  end
  return { 'wrong' }
end

redis.call('DEL', code_key, failures, used_key)
redis.call('HSET', used_key, 'mac', code.mac, 'exp', ms(code.exp), 'tries', code.tries, 'rid', code.rid, 'chat', code.chat, 'at', ms(now),
  'repeatable', code.rid == rid and '1' or '0', 'open', 1, 'attempt:' .. attempt, '1')
redis.call('PEXPIRE', used_key, ARGV[11])
for _, member in ipairs(redis.call('ZRANGE', address_sends, 0, -1)) do
  if string.sub(member, 1, #phone + 1) == phone .. ' ' then redis.call('ZREM', address_sends, member) end
end
return begin(code.uid, KEYS[6], phone, { ARGV[12], ARGV[13], ARGV[14] }, used_key, now)
`,
};

/**
 * Takes back a verify-code that did not end in an answer. When all that used the code are taken back, it lives again and its session ends; one
 * that got its answer keeps it used. When somebody has ended the session meanwhile, the code stays dead. A code that was requested since is left alone. Should the attempt itself still be on its way, it will do nothing.
 *
 * KEYS 1 code · 2 used · 3 voided
 * ARGV 1 now · 2 attempt id · 3 TTL of voided
 */
export const VOID_VERIFY: Script<typeof done> = {
  name: 'void-verify',
  reply: done,
  lua: `${MS}${CODE}${BEGIN}
redis.call('SET', KEYS[3], '1', 'PX', ARGV[3])
if redis.call('HDEL', KEYS[2], 'attempt:' .. ARGV[2]) == 0 then return 1 end
if redis.call('HINCRBY', KEYS[2], 'open', -1) > 0 then return 1 end
local used = redis.call('HMGET', KEYS[2], 'mac', 'exp', 'tries', 'rid', 'chat', 'moving')
local undone = undo_begin(KEYS[2])
redis.call('DEL', KEYS[2])
if not undone then return 1 end
local left = tonumber(used[2]) - tonumber(ARGV[1])
-- What went to a chat that the number has left stays dead.
if left <= 0 or used[6] == 'moved' or read_code(KEYS[1]) then return 1 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'mac', used[1], 'exp', used[2], 'tries', used[3], 'rid', used[4], 'uid', '', 'chat', used[5] or '')
if used[6] then redis.call('HSET', KEYS[1], 'moving', used[6]) end
redis.call('PEXPIRE', KEYS[1], ms(left))
return 1
`,
};
