import * as z from 'zod';
import { MS } from '../../platform/redis/fragments.ts';
import { objectReply, outcome } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';
import { SESSION_LIVES } from '../../session/scripts/fragments.ts';

/**
 * Notes that `pusher` pushes something about a call or chat, unless that or something later was
 * pushed by another one. The same pusher gets the same answer again, until something later is
 * pushed: so what is tried again is not told twice, nor too late.
 *
 * `pushed` holds `<rank> <pusher> <ms>`: what has a higher rank is later. With `pause` not 0
 * another push about the same has to wait so long after the one before, and takes one from the
 * pushes of the user, `rate`: `burst` at once, then one in `every` ms. `known` has
 * `<sid>,<legacy>,<issued>` of each session, with spaces between them.
 *
 * Returns the ids of the sessions that have ended, if the push is due.
 */
export const CLAIM_PUSH = defineScript({
  name: 'claim-push',
  keys: ['sessions', 'pushed', 'rate'],
  args: {
    rank: 'number',
    pusher: 'text',
    now: 'number',
    span: 'number',
    pause: 'number',
    burst: 'number',
    every: 'number',
    known: 'text',
  },
  uses: [MS, SESSION_LIVES],
  reply: objectReply(
    z.discriminatedUnion('outcome', [
      outcome('not_due'),
      z.object({ outcome: z.literal('due'), ended: z.array(z.string()) }),
    ]),
  ),
  lua: `
    local last = redis.call('GET', pushed) or ''
    local lastRank, lastPusher, at = string.match(last, '^(%d+) (%S+) (%d+)$')
    local isAgain = lastRank and tonumber(lastRank) == rank and lastPusher == pusher
    if not isAgain then
      if lastRank and tonumber(lastRank) >= rank then return { 'outcome', 'not_due' } end
      if pause > 0 then
        if at and now - tonumber(at) < pause then return { 'outcome', 'not_due' } end
        local free = math.max(tonumber(redis.call('GET', rate) or '0'), now)
        if free - now > (burst - 1) * every then return { 'outcome', 'not_due' } end
        redis.call('SET', rate, ms(free + every), 'PX', burst * every)
      end
      redis.call('SET', pushed, ms(rank) .. ' ' .. pusher .. ' ' .. ms(now), 'PX', span)
    end
    local ended = {}
    for session in string.gmatch(known, '%S+') do
      local sid, legacy, issued = string.match(session, '^(.+),([01]),(%d+)$')
      if not sessionLives(sessions, sid, legacy == '1', tonumber(issued)) then
        ended[#ended + 1] = sid
      end
    end
    return { 'outcome', 'due', 'ended', ended }
  `,
});
