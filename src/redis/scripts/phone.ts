import type { Script } from '../client.ts';
import { CODE } from './lua.ts';
import { done } from './reply.ts';

/**
 * What Redis remembers of a phone must never outlive what Postgres says. So a change of a phone in Postgres is announced first: what Redis remembers is
 * dropped, and nobody who read Postgres meanwhile may put his reading there. When the change is done, its result is remembered, unless
 * another change was under way at the same time, since their order in Postgres is not known here. If the end is never told, the announcement
 * runs out, and until then Postgres is asked.
 *
 * KEYS 1 phone · 2 changing
 * ARGV 1 token of the change · 2 TTL of changing
 */
export const BEGIN_CHANGE: Script<typeof done> = {
  name: 'begin-change',
  reply: done,
  lua: `
local alone = redis.call('EXISTS', KEYS[2]) == 0
redis.call('SET', KEYS[2], alone and ARGV[1] or 'several', 'PX', ARGV[2])
redis.call('DEL', KEYS[1])
return 1
`,
};

const REMEMBER = `${CODE}
local function remember(phone_key, uid, chat, ttl)
  if redis.call('EXISTS', phone_key) == 0 then
    redis.call('HSET', phone_key, 'uid', uid, 'chat', chat)
    redis.call('PEXPIRE', phone_key, ttl)
  end
end
-- A phone's user never changes, so their id may stand beside a live code at any time.
local function tell_code(code_key, uid)
  if uid ~= '' and read_code(code_key) then redis.call('HSET', code_key, 'uid', uid) end
end
`;

/**
 * Ends what {@link BEGIN_CHANGE} announced. The original's link is done with: Postgres has one now.
 *
 * KEYS 1 phone · 2 changing · 3 code · 4 legacy link
 * ARGV 1 user id or '' · 2 chat id or '' · 3 TTL of phone · 4 token of the change
 */
export const END_CHANGE: Script<typeof done> = {
  name: 'end-change',
  reply: done,
  lua: `${REMEMBER}
redis.call('DEL', KEYS[4])
tell_code(KEYS[3], ARGV[1])
if redis.call('GET', KEYS[2]) ~= ARGV[4] then return 1 end
redis.call('DEL', KEYS[1], KEYS[2])
remember(KEYS[1], ARGV[1], ARGV[2], ARGV[3])
return 1
`,
};

/**
 * Remembers what was read in Postgres, and puts the user's id beside a live code.
 *
 * KEYS 1 phone · 2 changing · 3 code
 * ARGV 1 user id or '' · 2 chat id or '' · 3 TTL of phone
 */
export const REMEMBER_READING: Script<typeof done> = {
  name: 'remember-reading',
  reply: done,
  lua: `${REMEMBER}
tell_code(KEYS[3], ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 0 then remember(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) end
return 1
`,
};
