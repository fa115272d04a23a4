import * as z from 'zod';
import { done, flag } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';

/**
 * Claims an update of the bot, so that of several deliveries of it one takes effect. A claim that
 * nobody ends runs out.
 *
 * Returns `working` when somebody else has it.
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
 * Ends a claim. `done`: the update took effect, whoever has claimed it since; otherwise the claim
 * is given back, if it is still this one.
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

/**
 * Whether a chat was heard of within so many milliseconds. The time is read off what is left of
 * the key's life, so that no two clocks are compared.
 */
export const WAS_HEARD = defineScript({
  name: 'was-heard',
  keys: ['heard'],
  args: { ttl: 'number', within: 'number' },
  reply: flag,
  lua: `
    local left = redis.call('PTTL', heard)
    return left > 0 and ttl - left <= within and 1 or 0
  `,
});
