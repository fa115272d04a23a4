/**
 * Pieces of Lua that several scripts begin with.
 *
 * Times are milliseconds on the Worker's clock (ARGV), so that tests can move it; what Redis expires by itself is only the rubbish.
 */

/** `ms(n)`: milliseconds as text, without the exponent that Lua writes long numbers with. */
export const MS = `
local function ms(value) return string.format('%.0f', value) end
`;

/** Windows: sorted sets of times. One holds at most as many members as its limit, since past the limit nothing is added. */
export const WINDOW = `${MS}
-- Drops what has left the window; answers the ms until there is room for one more, 0 when there is.
local function wait_for(key, span, limit, now)
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
local DAY, HOUR = 86400000, 3600000
`;

/**
 * `read_code(key)`: the fields of a code, live, previous or used. `chat` is where it went: '' where
 * nobody knows (yet), 'none' when it went nowhere. `moving` is there when the number's link has been
 * changing since, or `moved` of a used code: see phone.ts.
 */
export const CODE = `
-- nil when there is none. The original kept plain strings under the same key: those are no codes of ours.
local function read_code(key)
  if redis.call('TYPE', key).ok ~= 'hash' then return nil end
  local h = redis.call('HMGET', key, 'mac', 'exp', 'tries', 'rid', 'uid', 'chat', 'moving')
  if not h[1] or not h[2] then return nil end
  return {
    mac = h[1], exp = tonumber(h[2]), tries = tonumber(h[3] or '0'), rid = h[4] or '', uid = h[5] or '',
    chat = h[6] or '', moving = h[7] or nil,
  }
end
`;
