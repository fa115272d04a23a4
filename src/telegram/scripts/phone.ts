import * as z from 'zod';
import { toLanguage } from '../../contract/errors.ts';
import type { Script } from '../../platform/redis/client.ts';
import { CODE } from '../../platform/redis/lua.ts';
import { done, optionalChat } from '../../platform/redis/reply.ts';

/** `tell_code(key, uid)`: puts the id of the phone's user beside a live code ("" = it has to be asked of Postgres). */
const TELL_CODE = `${CODE}
local function tell_code(code_key, uid)
  if read_code(code_key) then redis.call('HSET', code_key, 'uid', uid) end
end
`;

/**
 * `bind_code(rid, chat)`: notes where the code of a request goes, '' = nowhere, before it is sent.
 * Answers whether it may be: not when it is dead, or the number's link has changed since it was
 * made. KEYS 3 code · 4 previous code.
 */
const BIND_CODE = `
local function bind_code(rid, chat)
  if rid == '' then return true end
  for i = 3, 4 do
    local code = read_code(KEYS[i])
    if code and code.rid == rid then
      if code.moving then return false end
      redis.call('HSET', KEYS[i], 'chat', chat == '' and 'none' or chat)
      return true
    end
  end
  return false
end
`;

/** The reply of what a code waits for. */
export const whereto = z
  .tuple([z.enum(['0', '1']), optionalChat, z.string()])
  .transform(([sendable, chatId, lang]) => ({
    /** Whether what was asked for may be sent at all. */
    sendable: sendable === '1',
    chatId,
    language: toLanguage(lang),
  }));

/**
 * What Redis remembers of a phone must never outlive what Postgres says. So a change of a phone in Postgres is announced first: what Redis remembers is
 * dropped, the user beside a live code too, and nobody who read Postgres meanwhile may put his reading there. When the change is done, its result
 * is remembered, unless another change was under way at the same time, since their order in Postgres is not known here. If the end is never told, the
 * announcement runs out, and until then Postgres is asked.
 *
 * Codes that are there already, live, previous or just used, are marked: they sign nobody in until
 * the end tells that the number has kept its chat, and if that is never told, not at all. Sign-in
 * links are dropped. Both only where the number can get another chat: not when it just loses its own, nor
 * when what the original kept is adopted.
 *
 * KEYS 1 phone · 2 changing · 3 code · 4 previous code · 5 legacy link · 6 used code · 7 sign-in links
 * ARGV 1 token of the change · 2 TTL of changing · 3 whether Postgres has a link, '1' or '0': then the
 *      legacy one is done with, whatever comes of the change · 4 whether the number can get another
 *      chat, '1' or '0'
 */
export const BEGIN_CHANGE: Script<typeof done> = {
  name: 'begin-change',
  reply: done,
  lua: `${TELL_CODE}
local alone = redis.call('EXISTS', KEYS[2]) == 0
redis.call('SET', KEYS[2], alone and ARGV[1] or 'several', 'PX', ARGV[2])
redis.call('DEL', KEYS[1])
if ARGV[3] == '1' then redis.call('DEL', KEYS[5]) end
-- The user may be about to take another number: whoever has a code for this one must not be signed in as them.
tell_code(KEYS[3], '')
tell_code(KEYS[4], '')
if ARGV[4] == '0' then return 1 end
redis.call('DEL', KEYS[7])
for _, key in ipairs({ KEYS[3], KEYS[4], KEYS[6] }) do
  local code = read_code(key)
  -- What went nowhere can be had by nobody but the client that asked for it.
  if code and code.chat ~= 'none' and code.moving ~= 'moved' then
    redis.call('HSET', key, 'moving', code.moving and 'several' or ARGV[1])
  end
end
return 1
`,
};

/**
 * Ends what {@link BEGIN_CHANGE} announced. The original's link is done with: Postgres has one now. What was sent to a chat that is not the number's any more
 * is dead, and so is what nobody knows the chat of, if the number had another one: whoever reads it
 * there must not get in, nor, when nobody has the number any more, make an account for whoever gets
 * it next.
 *
 * KEYS 1 phone · 2 changing · 3 code · 4 previous code · 5 legacy link · 6 used code · 7 sign-in links
 * ARGV 1 user id or '' · 2 chat id or '' · 3 language · 4 TTL of phone · 5 token of the change ·
 *      6 whether the link can have moved, '1' or '0' · 7 whether the number had another chat, '1' or '0' ·
 *      8 id of the request whose code waits for this change, or ''
 *
 * Returns {'1' or '0', chat or '', language}: whether that code may be sent, and where Redis says.
 */
export const END_CHANGE: Script<typeof whereto> = {
  name: 'end-change',
  reply: whereto,
  lua: `${TELL_CODE}${BIND_CODE}
local uid, chat, language, token = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
redis.call('DEL', KEYS[5])

local function settle(key, kill)
  local code = read_code(key)
  if not code or code.moving == 'moved' then return end
  local elsewhere = code.chat ~= 'none' and code.chat ~= chat
  if code.chat == '' then elsewhere = ARGV[7] == '1' end
  if elsewhere or uid == '' or chat == '' then return kill(key) end
  if code.moving == token then redis.call('HDEL', key, 'moving') end
end
local function delete(key) redis.call('DEL', key) end
-- Its session can still be taken back, the code does not come back with it.
local function bury(key) redis.call('HSET', key, 'moving', 'moved', 'repeatable', '0') end
if ARGV[6] == '1' then
  redis.call('DEL', KEYS[7])
  settle(KEYS[3], delete)
  settle(KEYS[4], delete)
  settle(KEYS[6], bury)
end

if redis.call('GET', KEYS[2]) == token then
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('HSET', KEYS[1], 'uid', uid, 'chat', chat, 'lang', language)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  tell_code(KEYS[3], uid)
end
return { bind_code(ARGV[8], chat) and '1' or '0', chat, language }
`,
};

/**
 * Remembers what was read in Postgres, and puts the user's id beside a live code; not while the phone is being changed, and not in place of what is
 * remembered already, which is newer.
 *
 * KEYS 1 phone · 2 changing · 3 code · 4 previous code
 * ARGV 1 user id or '' · 2 chat id or '' · 3 language · 4 TTL of phone · 5 id of the request whose code
 *      waits for the reading, or ''
 *
 * Returns {'1' or '0', chat or '', language}: whether that code may be sent, and where: what Redis
 * remembers, or what was read while the phone is being changed.
 */
export const REMEMBER_READING: Script<typeof whereto> = {
  name: 'remember-reading',
  reply: whereto,
  lua: `${TELL_CODE}${BIND_CODE}
local known = { ARGV[1], ARGV[2], ARGV[3] }
if redis.call('EXISTS', KEYS[2]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('HSET', KEYS[1], 'uid', ARGV[1], 'chat', ARGV[2], 'lang', ARGV[3])
    redis.call('PEXPIRE', KEYS[1], ARGV[4])
  end
  known = redis.call('HMGET', KEYS[1], 'uid', 'chat', 'lang')
  tell_code(KEYS[3], known[1])
end
local chat = known[2] or ''
return { bind_code(ARGV[5], chat) and '1' or '0', chat, known[3] or '' }
`,
};
