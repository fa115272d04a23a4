/**
 * Lua that scripts of several features use.
 *
 * Times are milliseconds on the Worker's clock, which tests move. What Redis expires by itself is
 * out of date by that clock already.
 */
import type { Fragment } from './script.ts';

/** `ms(value)`: milliseconds as text, without the exponent that Lua gives to long numbers. */
export const MS: Fragment = {
  lua: `local function ms(value) return string.format('%.0f', value) end`,
};

/**
 * Windows are sorted sets of times. One holds at most as many members as its limit, since past the
 * limit nothing is added.
 *
 * - `waitFor(key, span, limit, now)` drops what has left the window, and returns the milliseconds
 *   until there is room for one more, 0 when there is
 * - `note(key, span, member, now)` adds a member
 */
export const WINDOW: Fragment = {
  lua: `
    local DAY, HOUR = 86400000, 3600000
    local function waitFor(key, span, limit, now)
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
  `,
};

/**
 * `readCode(key)`: the fields of a code, be it live, previous or used; nil when there is none.
 *
 * `chat` is where the code went: '' while nobody knows, 'none' when it went nowhere. `moving` is
 * set once the number's link has begun to change, and is `moved` in a used code whose number has
 * another chat: see telegram/scripts/phone.ts.
 */
export const CODE: Fragment = {
  lua: `
    local function readCode(key)
      -- The legacy server kept plain strings under the same key, which are no codes of ours.
      if redis.call('TYPE', key).ok ~= 'hash' then return nil end
      local h = redis.call('HMGET', key, 'mac', 'exp', 'tries', 'rid', 'uid', 'chat', 'moving')
      if not h[1] or not h[2] then return nil end
      return {
        mac = h[1], exp = tonumber(h[2]), tries = tonumber(h[3] or '0'), rid = h[4] or '',
        uid = h[5] or '', chat = h[6] or '', moving = h[7] or nil,
      }
    end
  `,
};
