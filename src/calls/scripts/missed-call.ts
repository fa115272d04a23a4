import * as z from 'zod';
import { MS } from '../../platform/redis/fragments.ts';
import { flag } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';

/**
 * Notes that people are told of a missed call, of those who were not told within `span`. The same
 * `teller` gets the same answer when it asks again.
 *
 * Returns of each whether they are to be told.
 */
export const CLAIM_MISSED = defineScript({
  name: 'claim-missed',
  keys: [],
  keyList: 'lastTold',
  args: { now: 'number', span: 'number', teller: 'text' },
  uses: [MS],
  reply: z.array(flag),
  lua: `
    local due = {}
    for i, key in ipairs(lastTold) do
      local told = redis.call('GET', key) or ''
      local at, by = string.match(told, '^(%d+) ?(.*)$')
      due[i] = (not at or by == teller or now - tonumber(at) >= span) and 1 or 0
      if due[i] == 1 then redis.call('SET', key, ms(now) .. ' ' .. teller, 'PX', span) end
    end
    return due
  `,
});
