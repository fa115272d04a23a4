import * as z from 'zod';
import type { Script } from '../../platform/redis/client.ts';
import { MS } from '../../platform/redis/lua.ts';
import { done, voided } from '../../platform/redis/reply.ts';
import { BEGIN, signedIn, wrong } from './sign-in.ts';

const reply = z.union([voided, wrong, signedIn]);

/**
 * verify-link: uses a sign-in link up and opens the session. request-code makes the links. No budget of guesses applies: nobody guesses 128 bits.
 *
 * KEYS 1 link · 2 voided
 * ARGV 1 now · 2 attempt id · 3 sid · 4 id of the user in case there is none yet · 5 record of the session · 6 hash of the token
 *
 * Returns {'ok', …} (see sign-in.ts) · {'wrong'} · {'voided'}.
 */
export const USE_LINK: Script<typeof reply> = {
  name: 'use-link',
  reply,
  lua: `${MS}${BEGIN}
local now = tonumber(ARGV[1])
if redis.call('EXISTS', KEYS[2]) == 1 then return { 'voided' } end
local link = redis.call('HMGET', KEYS[1], 'phone', 'exp', 'attempt')
if not link[1] or link[3] or tonumber(link[2]) <= now then return { 'wrong' } end
if redis.call('SISMEMBER', 'auth:links:' .. link[1], ARGV[6]) == 0 then return { 'wrong' } end
redis.call('HSET', KEYS[1], 'attempt', ARGV[2])
-- Whose number it is may have changed since the link was made.
return begin('', 'phone:' .. link[1], link[1], { ARGV[3], ARGV[4], ARGV[5] }, KEYS[1], now)
`,
};

/**
 * Takes back a verify-link that did not end in an answer: the link can be used again, its session ends; when that
 * has ended already, by somebody's will, the link stays used. Should the attempt itself still be on its way, it will do
 * nothing.
 *
 * KEYS 1 link · 2 voided
 * ARGV 1 attempt id · 2 TTL of voided
 */
export const VOID_LINK: Script<typeof done> = {
  name: 'void-link',
  reply: done,
  lua: `${MS}${BEGIN}
redis.call('SET', KEYS[2], '1', 'PX', ARGV[2])
if redis.call('HGET', KEYS[1], 'attempt') ~= ARGV[1] then return 1 end
if undo_begin(KEYS[1]) then redis.call('HDEL', KEYS[1], 'attempt', 'uid', 'new', 'sid') end
return 1
`,
};
