import * as z from 'zod';
import { CODE, MS, WINDOW } from '../../platform/redis/fragments.ts';
import { done, objectReply, voided, wait } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';
import {
  BEGIN_SESSION,
  NEW_SESSION,
  SESSIONS_KEY,
  SIGNED_IN,
  signedIn,
  UNDO_SESSION,
  wrong,
} from './sign-in.ts';

/** So many guesses while no code lives count for an address as one guess at a live code. */
export const MISSES_PER_FAILURE = 10;

/**
 * verify-code: applies the limits of guessing, counts the try, compares, uses the code up and opens
 * the session.
 *
 * - `previousMac`: the same code's mac under the previous secret, or ''
 * - `rid`: the request id that the client shows, or ''
 * - `attempt`: names this very try
 * - `addressLimit`: failures an hour, 0 = no limit
 * - `repeatableMs`: how long the client of a used code may ask for the same answer again
 */
export const VERIFY_CODE = defineScript({
  name: 'verify-code',
  keys: [
    'codeKey',
    'usedKey',
    'failures',
    'addressFailures',
    'addressSends',
    'phoneKey',
    'voided',
    'addressMisses',
  ],
  args: {
    now: 'number',
    mac: 'text',
    previousMac: 'text',
    rid: 'text',
    attempt: 'text',
    phone: 'text',
    triesPerCode: 'number',
    failuresPerDay: 'number',
    addressLimit: 'number',
    repeatableMs: 'number',
    usedTtl: 'digits',
    ...NEW_SESSION,
  },
  uses: [MS, WINDOW, CODE, SESSIONS_KEY, SIGNED_IN, BEGIN_SESSION],
  reply: objectReply(z.discriminatedUnion('outcome', [wait, voided, wrong, signedIn])),
  lua: `
    if redis.call('EXISTS', voided) == 1 then return { 'outcome', 'voided' } end

    -- A guess while no code lives can hit nothing, so the address pays a tenth for it [A22].
    local function noteFailure(atCode)
      if not atCode and redis.call('INCR', addressMisses) < ${MISSES_PER_FAILURE} then
        redis.call('PEXPIRE', addressMisses, HOUR)
        return
      end
      if not atCode then redis.call('DEL', addressMisses) end
      note(addressFailures, HOUR, attempt, now)
    end

    -- The client that has used this code up asks again, since it may have lost the answer: it shows
    -- the id of its request both times. Anybody else, and a client whose session was revoked
    -- meanwhile, is answered like a wrong guess, so that trying tells nobody the used code [A11].
    local used = redis.call('HMGET', usedKey, 'mac', 'repeatable', 'rid', 'uid', 'at', 'new', 'sid')
    local sameCode = used[1] and (used[1] == mac or used[1] == previousMac)
      and now - tonumber(used[5]) <= repeatableMs
    local lives = sameCode and used[7]
      and redis.call('HEXISTS', sessionsKey(used[4], used[6]), 's:' .. used[7]) == 1
    if lives and used[2] == '1' and used[3] == rid then
      redis.call('HSET', usedKey, 'attempt:' .. attempt, '1')
      redis.call('HINCRBY', usedKey, 'open', 1)
      local chat = { 'known', 1, 'chatId', '', 'language', '' }
      return signedIn(used[4], used[6], used[7], used[5], phone, chat, {})
    end

    local code = readCode(codeKey)
    if code and (code.exp <= now or code.moving) then code = nil end

    local wait = waitFor(failures, DAY, failuresPerDay, now)
    local addressWait = 0
    if addressLimit > 0 then addressWait = waitFor(addressFailures, HOUR, addressLimit, now) end
    -- Whoever asked for the live code does not pay for neighbours: its tries limit them [A23].
    if not (code and rid ~= '' and code.rid == rid) then wait = math.max(wait, addressWait) end
    if wait > 0 then return { 'outcome', 'wait', 'waitMs', ms(wait) } end

    if not code or (code.mac ~= mac and code.mac ~= previousMac) then
      -- The right code that comes again is nobody's guess.
      if sameCode then return { 'outcome', 'wrong' } end
      if addressLimit > 0 and addressWait == 0 then noteFailure(code ~= nil) end
      if code then
        note(failures, DAY, attempt, now)
        if code.tries + 1 >= triesPerCode then
          redis.call('DEL', codeKey)
        else
          redis.call('HINCRBY', codeKey, 'tries', 1)
        end
      end
      return { 'outcome', 'wrong' }
    end

    redis.call('DEL', codeKey, failures, usedKey)
    redis.call('HSET', usedKey, 'mac', code.mac, 'exp', ms(code.exp), 'tries', code.tries,
      'rid', code.rid, 'chat', code.chat, 'at', ms(now),
      'repeatable', code.rid == rid and '1' or '0', 'open', 1, 'attempt:' .. attempt, '1')
    redis.call('PEXPIRE', usedKey, usedTtl)
    for _, member in ipairs(redis.call('ZRANGE', addressSends, 0, -1)) do
      if string.sub(member, 1, #phone + 1) == phone .. ' ' then
        redis.call('ZREM', addressSends, member)
      end
    end
    local new = { sid = sid, userId = newUserId, record = record, now = now }
    return beginSession(code.uid, phone, phoneKey, usedKey, new)
  `,
});

/**
 * Takes back a verify-code that did not end in an answer [A12]. When all attempts that used the
 * code are taken back, it lives again and its session ends; one that got its answer keeps it used.
 * The code stays dead when somebody has ended the session meanwhile, and a code that was requested
 * since is left alone. An attempt that is still on its way will do nothing.
 */
export const VOID_VERIFY = defineScript({
  name: 'void-verify',
  keys: ['codeKey', 'usedKey', 'voided'],
  args: { now: 'number', attempt: 'text', ttl: 'digits' },
  uses: [MS, CODE, UNDO_SESSION],
  reply: done,
  lua: `
    redis.call('SET', voided, '1', 'PX', ttl)
    if redis.call('HDEL', usedKey, 'attempt:' .. attempt) == 0 then return 1 end
    if redis.call('HINCRBY', usedKey, 'open', -1) > 0 then return 1 end
    local used = redis.call('HMGET', usedKey, 'mac', 'exp', 'tries', 'rid', 'chat', 'moving')
    local undone = undoSession(usedKey)
    redis.call('DEL', usedKey)
    if not undone then return 1 end
    local left = tonumber(used[2]) - now
    -- What went to a chat that the number has left stays dead.
    if left <= 0 or used[6] == 'moved' or readCode(codeKey) then return 1 end
    redis.call('DEL', codeKey)
    redis.call('HSET', codeKey, 'mac', used[1], 'exp', used[2], 'tries', used[3], 'rid', used[4],
      'uid', '', 'chat', used[5] or '')
    if used[6] then redis.call('HSET', codeKey, 'moving', used[6]) end
    redis.call('PEXPIRE', codeKey, ms(left))
    return 1
  `,
});
