import type { Script } from '../client.ts';
import { CODE } from './lua.ts';
import { done } from './reply.ts';

/**
 * `tell_code(key, uid, chat)`: puts the id of the phone's user beside a live code ("" = it has to be asked of Postgres), and the chat that it went to, if
 * there is one.
 */
const TELL_CODE = `${CODE}
local function tell_code(code_key, uid, chat)
  if not read_code(code_key) then return end
  redis.call('HSET', code_key, 'uid', uid)
  if chat and chat ~= '' then redis.call('HSET', code_key, 'chat', chat) end
end
`;

/**
 * What Redis remembers of a phone must never outlive what Postgres says. So a change of a phone in Postgres is announced first: what Redis remembers is
 * dropped, the user beside a live code too, and nobody who read Postgres meanwhile may put his reading there. When the change is done, its result
 * is remembered, unless another change was under way at the same time, since their order in Postgres is not known here. If the end is never told, the
 * announcement runs out, and until then Postgres is asked.
 *
 * KEYS 1 phone · 2 changing · 3 code · 4 previous code · 5 legacy link
 * ARGV 1 token of the change · 2 TTL of changing · 3 whether Postgres has a link, '1' or '0': then the legacy one is done with, whatever comes of the change
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
return 1
`,
};

/**
 * Ends what {@link BEGIN_CHANGE} announced. The original's link is done with: Postgres has one now. What was sent to a chat that is not the number's any more
 * is dead: whoever reads it there must not get in, nor, when nobody has the number any more, make an account for whoever gets it next.
 *
 * KEYS 1 phone · 2 changing · 3 code · 4 previous code · 5 legacy link · 6 used code · 7 sign-in links
 * ARGV 1 user id or '' · 2 chat id or '' · 3 language · 4 TTL of phone · 5 token of the change
 */
export const END_CHANGE: Script<typeof done> = {
  name: 'end-change',
  reply: done,
  lua: `${TELL_CODE}
redis.call('DEL', KEYS[5], KEYS[7])
local code = read_code(KEYS[3])
local elsewhere = code and code.chat ~= '' and code.chat ~= ARGV[2]
if ARGV[1] == '' or ARGV[2] == '' or elsewhere then redis.call('DEL', KEYS[3], KEYS[4], KEYS[6]) end
if redis.call('GET', KEYS[2]) ~= ARGV[5] then return 1 end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'uid', ARGV[1], 'chat', ARGV[2], 'lang', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
tell_code(KEYS[3], ARGV[1], ARGV[2])
return 1
`,
};

/**
 * Remembers what was read in Postgres, and puts the user's id beside a live code; not while the phone is being changed, and not in place of what is
 * remembered already, which is newer.
 *
 * KEYS 1 phone · 2 changing · 3 code
 * ARGV 1 user id or '' · 2 chat id or '' · 3 language · 4 TTL of phone
 */
export const REMEMBER_READING: Script<typeof done> = {
  name: 'remember-reading',
  reply: done,
  lua: `${TELL_CODE}
if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], 'uid', ARGV[1], 'chat', ARGV[2], 'lang', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
local known = redis.call('HMGET', KEYS[1], 'uid', 'chat')
tell_code(KEYS[3], known[1], known[2])
return 1
`,
};
