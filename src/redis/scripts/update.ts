import * as z from 'zod';
import type { Script } from '../client.ts';
import { done } from './reply.ts';

const claim = z.enum(['claimed', 'working', 'done']);

/**
 * Claims an update of the bot, so that of the same one delivered several times only one takes effect. A claim that nobody ends runs out.
 *
 * KEYS 1 update
 * ARGV 1 token of the claim · 2 TTL of the claim
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
