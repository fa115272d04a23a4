/**
 * Lua about the sessions of a user: the hash `sessions:<user id>` with these fields.
 *
 * - `s:<sid>` = `<ms of signing in>|<JSON of how and where>`
 * - `t:<sid>` = ms when the session was last seen
 * - `x:<sid>` = ms when a legacy session was revoked, or when END_SESSION ended any
 * - `cutoff` = ms: legacy sessions from before are revoked, except the one in `kept`
 *
 * Sessions with an id of their own live while `s:<sid>` is there: what Redis loses is signed out,
 * never signed in. Legacy sessions live until they are revoked, since nobody wrote them down here.
 *
 * Scripts that learn only on the way who the user is make the name of the key themselves. Upstash
 * allows that: unless a script has the flag allow-key-locking, it has the whole database for itself
 * (upstash.com/docs/redis/commands/scripting/eval).
 */
import { MS } from '../../platform/redis/fragments.ts';
import type { Fragment } from '../../platform/redis/script.ts';

/**
 * The most sessions one user can have. A further sign-in ends the one that was heard of longest
 * ago, and never the one that confirms it.
 */
export const SESSIONS_PER_USER = 50;

/** The arguments that name the session of whoever asks, as `sessionLives` takes them. */
export const ASKING_SESSION = { sid: 'text', legacy: 'flag', issued: 'number' } as const;

/** The values of {@link ASKING_SESSION}. */
export const sessionArguments = (session: {
  readonly sid: string;
  readonly legacy: boolean;
  readonly issuedAt: number;
}) => ({ sid: session.sid, legacy: session.legacy, issued: session.issuedAt });

/** How long the key lives after the last sign-in, in milliseconds. */
export const SESSION_TTL: Fragment = { lua: 'local SESSION_TTL = 30 * 86400000' };

/** `sessionLives(key, sid, legacy, issued)` */
export const SESSION_LIVES: Fragment = {
  lua: `
    local function sessionLives(key, sid, legacy, issued)
      if not legacy then return redis.call('HEXISTS', key, 's:' .. sid) == 1 end
      local h = redis.call('HMGET', key, 'x:' .. sid, 'cutoff', 'kept')
      if h[1] then return false end
      return not h[2] or issued >= tonumber(h[2]) or h[3] == sid
    end
  `,
};

/** `listSessions(key)`: {sid, ms of signing in, record} of each session, the oldest first. */
export const LISTING: Fragment = {
  lua: `
    local function listSessions(key)
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
  `,
};

/** `closeSession(key, sid, now)` */
export const CLOSING: Fragment = {
  uses: [MS, SESSION_TTL],
  lua: `
    local function closeSession(key, sid, now)
      redis.call('HDEL', key, 's:' .. sid, 't:' .. sid)
      if string.sub(sid, 1, 4) == 'old-' then
        redis.call('HSET', key, 'x:' .. sid, ms(now))
        redis.call('PEXPIRE', key, SESSION_TTL)
      end
    end
  `,
};

/**
 * `openSession(key, sid, record, now, confirming)`: returns the ids of the sessions that it ended.
 * Of too many it ends those that were heard of longest ago, but never the new one nor the one that
 * confirms it.
 */
export const OPENING: Fragment = {
  uses: [MS, SESSION_TTL, LISTING],
  lua: `
    local function openSession(key, sid, record, now, confirming)
      redis.call('HSET', key, 's:' .. sid, ms(now) .. '|' .. record)
      redis.call('PEXPIRE', key, SESSION_TTL)
      local ended, others, living = {}, {}, 0
      local function close(other)
        redis.call('HDEL', key, 's:' .. other, 't:' .. other)
        ended[#ended + 1] = other
      end
      for _, session in ipairs(listSessions(key)) do
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
  `,
};

/**
 * `noteSeen(key, sid, legacy, issued, record, now)`: notes when a session was last seen. A legacy
 * one becomes a session of the list when it is first seen, if there is room: it ends no other.
 */
export const SEEING: Fragment = {
  uses: [MS, LISTING, OPENING],
  lua: `
    local function noteSeen(key, sid, legacy, issued, record, now)
      if redis.call('HEXISTS', key, 's:' .. sid) == 0 then
        if not legacy or #listSessions(key) >= ${SESSIONS_PER_USER} then return end
        openSession(key, sid, record, issued)
      end
      redis.call('HSET', key, 't:' .. sid, ms(now))
    end
  `,
};
