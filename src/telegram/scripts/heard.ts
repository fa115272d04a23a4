import { flag } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';

/**
 * Whether the person of a chat wrote to the bot within so many milliseconds. The age is read from
 * what is left of the key's life, so that no two clocks are compared.
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
