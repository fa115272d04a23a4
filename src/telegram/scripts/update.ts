import * as z from 'zod';
import type { Script } from '../../platform/redis/client.ts';
import { done, flag } from '../../platform/redis/reply.ts';

const claim = z.enum(['claimed', 'working', 'done']);

/**
 * Claims an update of the bot, so that of the same one delivered several times only one takes effect. A claim that nobody ends runs out.
 *
 * KEYS 1 update · 2 heard
 * ARGV 1 token of the claim · 2 TTL of the claim · 3 TTL of heard
 *
 * Returns 'claimed' · 'working': somebody else has it · 'done'.
 */
export const CLAIM_UPDATE: Script<typeof claim> = {
  name: 'claim-update',
  reply: claim,
  lua: `
local state = redis.call('GET', KEYS[1])
if state then return state == 'done' and 'done' or 'working' end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
return 'claimed'
`,
};

/**
 * Ends a claim. `done`: the update took effect, whoever has claimed it since; otherwise the claim is given back, if it is still this one.
 *
 * KEYS 1 update
 * ARGV 1 token of the claim · 2 '1' = done · 3 TTL of done
 */
export const END_UPDATE: Script<typeof done> = {
  name: 'end-update',
  reply: done,
  lua: `
if ARGV[2] == '1' then
  redis.call('SET', KEYS[1], 'done', 'PX', ARGV[3])
elseif redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
`,
};

/**
 * Whether a chat was heard of lately. How long ago is read off what is left of the key's life, so
 * that no two clocks are compared.
 *
 * KEYS 1 heard
 * ARGV 1 TTL of heard · 2 how long ago at most, ms
 */
export const WAS_HEARD: Script<typeof flag> = {
  name: 'was-heard',
  reply: flag,
  lua: `
local left = redis.call('PTTL', KEYS[1])
return left > 0 and tonumber(ARGV[1]) - left <= tonumber(ARGV[2]) and 1 or 0
`,
};
