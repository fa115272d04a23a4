import * as z from 'zod';
import { toLanguage } from '../../contract/errors.ts';
import type { Script } from '../../platform/redis/client.ts';
import { CODE, WINDOW } from '../../platform/redis/lua.ts';
import { done, ms, optionalChat, optionalId, voided, wait } from '../../platform/redis/reply.ts';

const stored = z
  .tuple([
    z.enum(['stored', 'spent']),
    ms,
    z.enum(['0', '1']),
    optionalId,
    optionalChat,
    optionalChat,
    z.string(),
    z.enum(['0', '1']),
    z.array(z.coerce.number().int()).max(2),
  ])
  .transform(([outcome, waitMs, known, , chatId, legacyChatId, lang, last, [chat, message]]) => ({
    outcome,
    waitMs,
    /** Whether no further message may be sent today: further requests change this one. */
    isLast: last === '1',
    /** The message to be changed in place of a new one. */
    inPlaceOf: chat && message ? { chatId: chat, messageId: message } : undefined,
    /** What Redis knows of the phone: the chat that Postgres has for it and its language, if `known`, and the chat that the original linked. */
    phone: { known: known === '1', chatId, legacyChatId, language: toLanguage(lang) },
  }));

const reply = z.union([wait, voided, stored]);

/**
 * Applies the limits of sending, stores the code in place of any other, reads where to send it.
 *
 * Once the messages of a day are sent, nobody is refused for that: a request changes the last
 * message, which disturbs nobody. It is noted beside them as `edit <request id>`, for the gaps alone.
 *
 * KEYS 1 code · 2 previous code · 3 failures · 4 sends · 5 address sends · 6 phone · 7 legacy link ·
 *      8 voided · 9 sign-in link · 10 links of the phone · 11 last message of the day
 * ARGV 1 now · 2 mac · 3 request id · 4 code TTL · 5 phone · 6 sends per day · 7 gaps (s, comma-separated) · 8 failures per day ·
 *      9 address sends per hour (0 = no limit) · 10 hash of the token of a sign-in link that may take the place of digits, or ''
 *
 * Returns {'wait', ms} past a gap or the limit of the address · {'spent', ms, …} when the phone's
 * budget of failed compares is spent, ms until digits work again: then the sign-in link is stored ·
 * {'stored', 0, …} · {'voided'}. The rest: known, uid, chat, legacy, language, last, message. known
 * is '1' when uid and chat are what Postgres knows; last is '1' when the message is the last of the
 * day, or in place of it; message is {chat, message id} of the one to be changed, or {}.
 */
export const REQUEST_CODE: Script<typeof reply> = {
  name: 'request-code',
  reply,
  lua: `${WINDOW}
local code, previous, failures, sends, address_sends, phone_key, legacy_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local now, ttl, per_day, address_limit = tonumber(ARGV[1]), tonumber(ARGV[4]), tonumber(ARGV[6]), tonumber(ARGV[9])
if redis.call('EXISTS', KEYS[8]) == 1 then return { 'voided' } end

redis.call('ZREMRANGEBYSCORE', sends, '-inf', now - DAY)
local sent, edits, wait = redis.call('ZCARD', sends), {}, 0
if sent >= per_day then
  for _, member in ipairs(redis.call('ZRANGE', sends, 0, -1)) do
    if string.sub(member, 1, 5) == 'edit ' then edits[#edits + 1] = member end
  end
end
local messages = sent - #edits
if sent > 0 then
  local gap, n = 0, 0
  for seconds in string.gmatch(ARGV[7], '[^,]+') do
    n = n + 1
    if n <= sent then gap = tonumber(seconds) * 1000 end
  end
  local last = redis.call('ZRANGE', sends, -1, -1, 'WITHSCORES')
  wait = math.max(0, tonumber(last[2]) + gap - now)
end
if address_limit > 0 then wait = math.max(wait, wait_for(address_sends, HOUR, address_limit, now)) end
if wait > 0 then return { 'wait', ms(wait) } end

local message = {}
if messages < per_day then
  note(sends, DAY, ARGV[3], now)
else
  -- The edit before counts again, should this one be voided; those before it do not.
  for i = 1, #edits - 1 do redis.call('ZREM', sends, edits[i]) end
  note(sends, DAY, 'edit ' .. ARGV[3], now)
  local h = redis.call('HMGET', KEYS[11], 'chat', 'id')
  if h[1] and h[2] then message = h end
end
local is_last = messages + 1 >= per_day and '1' or '0'
if address_limit > 0 then note(address_sends, HOUR, ARGV[5] .. ' ' .. ARGV[3], now) end

local known = redis.call('HMGET', phone_key, 'uid', 'chat', 'lang')
local link = { known[1] and '1' or '0', known[1] or '', known[2] or '', redis.call('GET', legacy_key) or '', known[3] or '' }

local spent = wait_for(failures, DAY, tonumber(ARGV[8]), now)
if spent > 0 then
  if ARGV[10] ~= '' then
    redis.call('HSET', KEYS[9], 'phone', ARGV[5], 'exp', ms(now + ttl))
    redis.call('PEXPIRE', KEYS[9], ttl)
    redis.call('SADD', KEYS[10], ARGV[10])
    redis.call('PEXPIRE', KEYS[10], ttl)
  end
  return { 'spent', ms(spent), link[1], link[2], link[3], link[4], link[5], is_last, message }
end

-- The code that this one takes the place of comes back if this one is voided.
redis.call('DEL', previous)
if redis.call('EXISTS', code) == 1 then redis.call('RENAME', code, previous) end
local chat = link[3]
if chat == '' and known[1] and link[4] == '' then chat = 'none' end
redis.call('HSET', code, 'mac', ARGV[2], 'exp', ms(now + ttl), 'tries', '0', 'rid', ARGV[3], 'uid', link[2], 'chat', chat)
redis.call('PEXPIRE', code, ttl)
return { 'stored', '0', link[1], link[2], link[3], link[4], link[5], is_last, message }
`,
};

/**
 * Takes back a request-code that did not end in an answer, or whose message did not arrive: nothing
 * counts, and the code that was live before lives again. Should the request itself still be on its
 * way, it will do nothing.
 *
 * KEYS 1 code · 2 previous code · 3 sends · 4 address sends · 5 voided · 6 sign-in link
 * ARGV 1 request id · 2 phone · 3 TTL of voided · 4 '1' = it counts for the address all the same
 */
export const VOID_REQUEST: Script<typeof done> = {
  name: 'void-request',
  reply: done,
  lua: `${CODE}
redis.call('SET', KEYS[5], '1', 'PX', ARGV[3])
redis.call('ZREM', KEYS[3], ARGV[1], 'edit ' .. ARGV[1])
redis.call('DEL', KEYS[6])
if ARGV[4] ~= '1' then redis.call('ZREM', KEYS[4], ARGV[2] .. ' ' .. ARGV[1]) end
local code = read_code(KEYS[1])
if code and code.rid == ARGV[1] then
  redis.call('DEL', KEYS[1])
  if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('RENAME', KEYS[2], KEYS[1]) end
end
return 1
`,
};

/**
 * Takes note of the last message of a day, which further requests change.
 *
 * KEYS 1 last message of the day
 * ARGV 1 chat · 2 message id · 3 TTL
 */
export const NOTE_MESSAGE: Script<typeof done> = {
  name: 'note-message',
  reply: done,
  lua: `
redis.call('HSET', KEYS[1], 'chat', ARGV[1], 'id', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`,
};
