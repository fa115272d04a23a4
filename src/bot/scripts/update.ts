import * as z from 'zod';
import { done } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';

/**
 * Claims an update of the bot, so that an update that is delivered several times takes effect
 * once [A41]. A claim that nobody ends expires.
 *
 * Returns `working` when another request has claimed the update.
 */
export const CLAIM_UPDATE = defineScript({
  name: 'claim-update',
  keys: ['update', 'heard'],
  args: { token: 'text', claimTtl: 'digits', heardTtl: 'digits' },
  reply: z.enum(['claimed', 'working', 'done']),
  lua: `
    local state = redis.call('GET', update)
    if state then return state == 'done' and 'done' or 'working' end
    redis.call('SET', update, token, 'PX', claimTtl)
    redis.call('SET', heard, '1', 'PX', heardTtl)
    return 'claimed'
  `,
});

/**
 * Ends a claim. An update that took effect is done, whoever has claimed it since; otherwise the
 * claim is released if it is still this one.
 */
export const END_UPDATE = defineScript({
  name: 'end-update',
  keys: ['update'],
  args: { token: 'text', done: 'flag', doneTtl: 'digits' },
  reply: done,
  lua: `
    if done then
      redis.call('SET', update, 'done', 'PX', doneTtl)
    elseif redis.call('GET', update) == token then
      redis.call('DEL', update)
    end
    return 1
  `,
});
