import * as z from 'zod';
import type { Script } from '../../platform/redis/client.ts';
import { MS } from '../../platform/redis/lua.ts';
import { flag, ms } from '../../platform/redis/reply.ts';

/**
 * The most sessions one user can have. A further sign-in ends the one that was heard of longest
 * ago, and never the one that confirms it.
 */
export const SESSIONS_PER_USER = 50;

/** What a script needs to know of whoever asks: `[sid, legacy, issued]` for `session_lives`. */
export const sessionArgs = (session: { sid: string; legacy: boolean; issuedAt: number }) =>
  [session.sid, session.legacy ? '1' : '0', session.issuedAt] as const;

/**
 * The sessions of a user, a hash `sessions:<user id>` with the fields
 * `s:<sid>` = `<ms of signing in>|<JSON of how and where>` · `t:<sid>` = ms when it was last seen · `x:<sid>` = a legacy session that was revoked, or one that END_SESSION ended ·
 * `cutoff` = ms: legacy sessions from before are revoked, but for the one in `kept`.
 *
 * Sessions with an id of their own live while `s:<sid>` is there: what is lost is signed out, never signed in. Legacy ones cannot have been written down
 * here, so they live until they are revoked.
 *
 * The name of the key is made within scripts where the user is not known before. Upstash takes that: without the flag allow-key-locking a script has the whole
 * database for itself (upstash.com/docs/redis/commands/scripting/eval).
 */
export const SESSIONS = `
local SESSION_TTL = 30 * 86400000
local function session_lives(key, sid, legacy, issued)
  if legacy ~= '1' then return redis.call('HEXISTS', key, 's:' .. sid) == 1 end
  local h = redis.call('HMGET', key, 'x:' .. sid, 'cutoff', 'kept')
  if h[1] then return false end
  return not h[2] or tonumber(issued) >= tonumber(h[2]) or h[3] == sid
end
-- {sid, ms, record} of each session, the oldest first.
local function sessions_of(key)
  local fields, found = redis.call('HGETALL', key), {}
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 's:' then
      local at, record = string.match(fields[i + 1], '^(%d+)|(.*)$')
      found[#found + 1] = { string.sub(fields[i], 3), tonumber(at), record }
    end
  end
  table.sort(found, function(a, b) return a[2] < b[2] end)
  return found
end
local function close_session(key, sid, now)
  local closed = redis.call('HDEL', key, 's:' .. sid, 't:' .. sid)
  if string.sub(sid, 1, 4) == 'old-' then
    redis.call('HSET', key, 'x:' .. sid, ms(now))
    redis.call('PEXPIRE', key, SESSION_TTL)
  end
  return closed > 0
end
-- Answers the ids of those that it ended: of too many those that were heard of longest ago, but
-- never the new one nor the confirming one.
local function open_session(key, sid, record, now, confirming)
  redis.call('HSET', key, 's:' .. sid, ms(now) .. '|' .. record)
  redis.call('PEXPIRE', key, SESSION_TTL)
  local ended, others, living = {}, {}, 0
  local function close(other)
    redis.call('HDEL', key, 's:' .. other, 't:' .. other)
    ended[#ended + 1] = other
  end
  for _, session in ipairs(sessions_of(key)) do
    if session[2] + SESSION_TTL <= now then
      close(session[1])
    else
      living = living + 1
      if session[1] ~= sid and session[1] ~= confirming then others[#others + 1] = session end
    end
  end
  if living <= ${SESSIONS_PER_USER} then return ended end
  for _, session in ipairs(others) do
    local seen = tonumber(redis.call('HGET', key, 't:' .. session[1]) or '0')
    session.heard = math.max(session[2], seen)
  end
  table.sort(others, function(a, b) return a.heard < b.heard end)
  for i = 1, math.min(living - ${SESSIONS_PER_USER}, #others) do close(others[i][1]) end
  return ended
end
-- A token of the original becomes a session of the list when it is first seen, if there is room: it ends no other.
local function see_session(key, sid, legacy, issued, record, now)
  if redis.call('HEXISTS', key, 's:' .. sid) == 0 then
    if legacy ~= '1' or #sessions_of(key) >= ${SESSIONS_PER_USER} then return end
    open_session(key, sid, record, tonumber(issued))
  end
  redis.call('HSET', key, 't:' .. sid, ms(now))
end
`;

const sids = z.array(z.string());

/**
 * Whether a session lives; notes that it was seen.
 *
 * KEYS 1 sessions
 * ARGV 1 sid · 2 legacy · 3 issued · 4 now · 5 record, for a legacy session that is not in the list yet
 */
export const SEE_SESSION: Script<typeof flag> = {
  name: 'see-session',
  reply: flag,
  lua: `${MS}${SESSIONS}
if not session_lives(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then return 0 end
see_session(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[5], tonumber(ARGV[4]))
return 1
`,
};

/**
 * Which sessions of a user have ended.
 *
 * KEYS 1 sessions
 * ARGV for each session: sid · legacy · issued
 *
 * Returns the ids of those that have ended.
 */
export const FIND_ENDED_SESSIONS: Script<typeof sids> = {
  name: 'find-ended-sessions',
  reply: sids,
  lua: `${MS}${SESSIONS}
local ended = {}
for i = 1, #ARGV, 3 do
  if not session_lives(KEYS[1], ARGV[i], ARGV[i + 1], ARGV[i + 2]) then
    ended[#ended + 1] = ARGV[i]
  end
end
return ended
`,
};

const revoked = z.tuple([z.literal('revoked')]).transform(([outcome]) => ({ outcome }));
const seenAt = ms.or(z.literal('').transform(() => undefined));
const listed = z
  .tuple([z.literal('list'), z.array(z.tuple([z.string(), ms, seenAt, z.string()]))])
  .transform(([outcome, sessions]) => ({
    outcome,
    sessions: sessions.map(([sid, at, seen, record]) => ({ sid, at, seen: seen ?? at, record })),
  }));
const listReply = z.union([revoked, listed]);

/**
 * The sessions of whoever asks.
 *
 * KEYS 1 sessions
 * ARGV 1 sid · 2 legacy · 3 issued · 4 now · 5 record, for a legacy session that is not in the list yet
 *
 * Returns {'revoked'} · {'list', {{sid, ms, ms when seen or '', record}, …}}, the oldest first.
 */
export const LIST_SESSIONS: Script<typeof listReply> = {
  name: 'list-sessions',
  reply: listReply,
  lua: `${MS}${SESSIONS}
local now = tonumber(ARGV[4])
if not session_lives(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then return { 'revoked' } end
see_session(KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[5], now)
local list = {}
-- A legacy session for which there was no room is told of at least to itself.
if redis.call('HEXISTS', KEYS[1], 's:' .. ARGV[1]) == 0 then list[1] = { ARGV[1], ARGV[3], ms(now), ARGV[5] } end
for _, session in ipairs(sessions_of(KEYS[1])) do
  if session[2] + SESSION_TTL > now then
    list[#list + 1] = { session[1], ms(session[2]), redis.call('HGET', KEYS[1], 't:' .. session[1]) or '', session[3] }
  end
end
return { 'list', list }
`,
};

const closed = z
  .tuple([z.literal('closed'), z.array(z.string())])
  .transform(([outcome, sids]) => ({ outcome, sids }));
const closeReply = z.union([revoked, closed]);

/**
 * Ends sessions of whoever asks.
 *
 * KEYS 1 sessions
 * ARGV 1 sid · 2 legacy · 3 issued · 4 now · 5 which: a sid, or 'others'
 *
 * Returns {'revoked'} when the asking session itself was revoked · {'closed', {sid, …}}: those that ended. With 'others' legacy sessions that are not in the
 * list end too.
 */
export const CLOSE_SESSIONS: Script<typeof closeReply> = {
  name: 'close-sessions',
  reply: closeReply,
  lua: `${MS}${SESSIONS}
local key, mine, now, which = KEYS[1], ARGV[1], tonumber(ARGV[4]), ARGV[5]
if not session_lives(key, mine, ARGV[2], ARGV[3]) then return { 'revoked' } end
-- A legacy session need not be in the list to end itself.
if which == mine then
  close_session(key, mine, now)
  return { 'closed', { mine } }
end
local ended = {}
for _, session in ipairs(sessions_of(key)) do
  if session[1] == which or (which == 'others' and session[1] ~= mine) then
    close_session(key, session[1], now)
    ended[#ended + 1] = session[1]
  end
end
if which == 'others' then
  -- Clocks differ: what was revoked stays so.
  local before = tonumber(redis.call('HGET', key, 'cutoff') or '0')
  redis.call('HSET', key, 'cutoff', ms(math.max(before, now)), 'kept', mine)
  redis.call('PEXPIRE', key, SESSION_TTL)
end
return { 'closed', ended }
`,
};

/** How many of the sessions that {@link END_SESSION} ended it remembers of each user. */
const ENDS_REMEMBERED = 50;

const sessionEnd = z.enum(['ended', 'already', 'none']);

/**
 * Ends one session of a user, whoever says so, and remembers that: whoever says it again is told
 * that it is done.
 *
 * KEYS 1 sessions
 * ARGV 1 sid · 2 now
 *
 * Returns 'ended' · 'already': this ended it before · 'none': there is no such session.
 */
export const END_SESSION: Script<typeof sessionEnd> = {
  name: 'end-session',
  reply: sessionEnd,
  lua: `${MS}${SESSIONS}
local key, sid, now = KEYS[1], ARGV[1], tonumber(ARGV[2])
if redis.call('HEXISTS', key, 's:' .. sid) == 0 then
  return redis.call('HEXISTS', key, 'x:' .. sid) == 1 and 'already' or 'none'
end
close_session(key, sid, now)
redis.call('HSET', key, 'x:' .. sid, ms(now))
redis.call('PEXPIRE', key, SESSION_TTL)
local fields, ends = redis.call('HGETALL', key), {}
for i = 1, #fields, 2 do
  -- What revokes a session of the original stays: without it the session lives.
  if string.sub(fields[i], 1, 2) == 'x:' and string.sub(fields[i], 1, 6) ~= 'x:old-' then
    ends[#ends + 1] = { fields[i], tonumber(fields[i + 1]) }
  end
end
table.sort(ends, function(a, b) return a[2] < b[2] end)
for i = 1, #ends - ${ENDS_REMEMBERED} do redis.call('HDEL', key, ends[i][1]) end
return 'ended'
`,
};

/**
 * Ends all sessions of a user from before, those of the original among them that are in no list.
 *
 * KEYS 1 sessions
 * ARGV 1 now
 *
 * Returns the ids of those in the list.
 */
export const END_ALL_SESSIONS: Script<typeof sids> = {
  name: 'end-all-sessions',
  reply: sids,
  lua: `${MS}${SESSIONS}
local key, now, ended = KEYS[1], tonumber(ARGV[1]), {}
for _, session in ipairs(sessions_of(key)) do
  close_session(key, session[1], now)
  ended[#ended + 1] = session[1]
end
-- Clocks differ: what was revoked stays so.
local before = tonumber(redis.call('HGET', key, 'cutoff') or '0')
redis.call('HSET', key, 'cutoff', ms(math.max(before, now)))
redis.call('HDEL', key, 'kept')
redis.call('PEXPIRE', key, SESSION_TTL)
return ended
`,
};
