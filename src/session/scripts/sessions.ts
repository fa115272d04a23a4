import * as z from 'zod';
import { MS } from '../../platform/redis/fragments.ts';
import { flag, ms, objectReply, outcome } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';
import {
  ASKING_SESSION,
  CLOSING,
  LISTING,
  SEEING,
  SESSION_LIVES,
  SESSION_TTL,
} from './fragments.ts';

/**
 * Whether a session lives; notes that it was seen. `record` is for a legacy session that is not in
 * the list yet.
 */
export const SEE_SESSION = defineScript({
  name: 'see-session',
  keys: ['sessions'],
  args: { ...ASKING_SESSION, now: 'number', record: 'text' },
  uses: [SESSION_LIVES, SEEING],
  reply: flag,
  lua: `
    if not sessionLives(sessions, sid, legacy, issued) then return 0 end
    noteSeen(sessions, sid, legacy, issued, record, now)
    return 1
  `,
});

/**
 * Which sessions of a user have ended. `known` has `<sid>,<legacy>,<issued>` of each, with spaces
 * between them.
 *
 * Returns the ids of those that have ended.
 */
export const FIND_ENDED_SESSIONS = defineScript({
  name: 'find-ended-sessions',
  keys: ['sessions'],
  args: { known: 'text' },
  uses: [SESSION_LIVES],
  reply: z.array(z.string()),
  lua: `
    local ended = {}
    for session in string.gmatch(known, '%S+') do
      local sid, legacy, issued = string.match(session, '^(.+),([01]),(%d+)$')
      if not sessionLives(sessions, sid, legacy == '1', tonumber(issued)) then
        ended[#ended + 1] = sid
      end
    end
    return ended
  `,
});

/** A session in the list of its user. */
const listedSession = z
  .object({
    sid: z.string(),
    /** When it was signed in. */
    at: ms,
    seen: ms.or(z.literal('').transform(() => undefined)),
    record: z.string(),
  })
  .transform(({ seen, ...session }) => ({ ...session, seen: seen ?? session.at }));

/** The sessions of whoever asks, the oldest first; the asking one is noted as in SEE_SESSION. */
export const LIST_SESSIONS = defineScript({
  name: 'list-sessions',
  keys: ['sessions'],
  args: { ...ASKING_SESSION, now: 'number', record: 'text' },
  uses: [MS, SESSION_TTL, SESSION_LIVES, LISTING, SEEING],
  reply: objectReply(
    z.discriminatedUnion('outcome', [
      outcome('revoked'),
      z.object({ outcome: z.literal('list'), sessions: z.array(objectReply(listedSession)) }),
    ]),
  ),
  lua: `
    if not sessionLives(sessions, sid, legacy, issued) then return { 'outcome', 'revoked' } end
    noteSeen(sessions, sid, legacy, issued, record, now)
    local list = {}
    local function add(id, at, seen, how)
      list[#list + 1] = { 'sid', id, 'at', ms(at), 'seen', seen, 'record', how }
    end
    -- A legacy session for which there was no room sees at least itself.
    if redis.call('HEXISTS', sessions, 's:' .. sid) == 0 then add(sid, issued, ms(now), record) end
    for _, session in ipairs(listSessions(sessions)) do
      if session[2] + SESSION_TTL > now then
        local seen = redis.call('HGET', sessions, 't:' .. session[1]) or ''
        add(session[1], session[2], seen, session[3])
      end
    end
    return { 'outcome', 'list', 'sessions', list }
  `,
});

/**
 * Ends sessions of whoever asks: `which` is a sid, or `others`, which also ends the legacy sessions
 * that are not in the list.
 */
export const CLOSE_SESSIONS = defineScript({
  name: 'close-sessions',
  keys: ['sessions'],
  args: { ...ASKING_SESSION, now: 'number', which: 'text' },
  uses: [MS, SESSION_TTL, SESSION_LIVES, LISTING, CLOSING],
  reply: objectReply(
    z.discriminatedUnion('outcome', [
      outcome('revoked'),
      z.object({ outcome: z.literal('closed'), sids: z.array(z.string()) }),
    ]),
  ),
  lua: `
    if not sessionLives(sessions, sid, legacy, issued) then return { 'outcome', 'revoked' } end
    local ended = {}
    local function close(other)
      closeSession(sessions, other, now)
      ended[#ended + 1] = other
    end
    if which == sid then
      -- A legacy session need not be in the list to end itself.
      close(sid)
    else
      for _, session in ipairs(listSessions(sessions)) do
        local other = session[1]
        if other == which or (which == 'others' and other ~= sid) then close(other) end
      end
    end
    if which == 'others' then
      -- Clocks differ, and what was revoked stays so.
      local before = tonumber(redis.call('HGET', sessions, 'cutoff') or '0')
      redis.call('HSET', sessions, 'cutoff', ms(math.max(before, now)), 'kept', sid)
      redis.call('PEXPIRE', sessions, SESSION_TTL)
    end
    return { 'outcome', 'closed', 'sids', ended }
  `,
});

/** How many of the sessions that {@link END_SESSION} ended it remembers of each user. */
const ENDS_REMEMBERED = 50;

/**
 * Ends one session of a user, whoever says so, and remembers that.
 *
 * Returns `already` when this ended it before, and `none` when there is no such session.
 */
export const END_SESSION = defineScript({
  name: 'end-session',
  keys: ['sessions'],
  args: { sid: 'text', now: 'number' },
  uses: [MS, SESSION_TTL, CLOSING],
  reply: z.enum(['ended', 'already', 'none']),
  lua: `
    if redis.call('HEXISTS', sessions, 's:' .. sid) == 0 then
      return redis.call('HEXISTS', sessions, 'x:' .. sid) == 1 and 'already' or 'none'
    end
    closeSession(sessions, sid, now)
    redis.call('HSET', sessions, 'x:' .. sid, ms(now))
    redis.call('PEXPIRE', sessions, SESSION_TTL)
    local fields, ends = redis.call('HGETALL', sessions), {}
    for i = 1, #fields, 2 do
      -- The mark of a revoked legacy session stays, since without it that session lives.
      if string.sub(fields[i], 1, 2) == 'x:' and string.sub(fields[i], 1, 6) ~= 'x:old-' then
        ends[#ends + 1] = { fields[i], tonumber(fields[i + 1]) }
      end
    end
    table.sort(ends, function(a, b) return a[2] < b[2] end)
    for i = 1, #ends - ${ENDS_REMEMBERED} do redis.call('HDEL', sessions, ends[i][1]) end
    return 'ended'
  `,
});

/**
 * Ends all sessions of a user from before, the legacy ones among them that are in no list.
 *
 * Returns the ids of those in the list.
 */
export const END_ALL_SESSIONS = defineScript({
  name: 'end-all-sessions',
  keys: ['sessions'],
  args: { now: 'number' },
  uses: [MS, SESSION_TTL, LISTING, CLOSING],
  reply: z.array(z.string()),
  lua: `
    local ended = {}
    for _, session in ipairs(listSessions(sessions)) do
      closeSession(sessions, session[1], now)
      ended[#ended + 1] = session[1]
    end
    -- Clocks differ, and what was revoked stays so.
    local before = tonumber(redis.call('HGET', sessions, 'cutoff') or '0')
    redis.call('HSET', sessions, 'cutoff', ms(math.max(before, now)))
    redis.call('HDEL', sessions, 'kept')
    redis.call('PEXPIRE', sessions, SESSION_TTL)
    return ended
  `,
});
