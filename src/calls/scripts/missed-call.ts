import * as z from 'zod';
import type { Script } from '../../platform/redis/client.ts';
import { flag } from '../../platform/redis/reply.ts';

const flags = z.array(flag);

/**
 * Takes note that people are told of a missed call, of those who were not told lately.
 *
 * KEYS each the time when one of them was last told
 * ARGV 1 now · 2 how long one word is enough, ms · 3 who tells, to ask once more with the same answer
 *
 * Returns of each whether they are to be told.
 */
export const CLAIM_MISSED: Script<typeof flags> = {
  name: 'claim-missed',
  reply: flags,
  lua: `
local now, span, due = tonumber(ARGV[1]), tonumber(ARGV[2]), {}
for i, key in ipairs(KEYS) do
  local told = redis.call('GET', key) or ''
  local at, by = string.match(told, '^(%d+) ?(.*)$')
  due[i] = (not at or by == ARGV[3] or now - tonumber(at) >= span) and 1 or 0
  if due[i] == 1 then redis.call('SET', key, ARGV[1] .. ' ' .. ARGV[3], 'PX', ARGV[2]) end
end
return due
`,
};
