import * as z from 'zod';
import { done, objectReply, voided } from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';
import { BEGIN_SESSION, NEW_SESSION, signedIn, UNDO_SESSION, wrong } from './sign-in.ts';

/**
 * verify-link: uses a sign-in link up and opens the session [A24]. request-code makes the links. No
 * budget of guesses applies, since nobody guesses 128 bits.
 *
 * `linkHash`: the hash of the link's token.
 */
export const USE_LINK = defineScript({
  name: 'use-link',
  keys: ['linkKey', 'voided'],
  args: { now: 'number', attempt: 'text', linkHash: 'text', ...NEW_SESSION },
  uses: [BEGIN_SESSION],
  reply: objectReply(z.discriminatedUnion('outcome', [voided, wrong, signedIn])),
  lua: `
    if redis.call('EXISTS', voided) == 1 then return { 'outcome', 'voided' } end
    local link = redis.call('HMGET', linkKey, 'phone', 'exp', 'attempt')
    local phone = link[1]
    if not phone or link[3] or tonumber(link[2]) <= now
      or redis.call('SISMEMBER', 'auth:links:' .. phone, linkHash) == 0 then
      return { 'outcome', 'wrong' }
    end
    redis.call('HSET', linkKey, 'attempt', attempt)
    -- The number may have another owner by now, so the phone's key says whose it is.
    local new = { sid = sid, userId = newUserId, record = record, now = now }
    return beginSession('', phone, 'phone:' .. phone, linkKey, new)
  `,
});

/**
 * Takes back a verify-link that did not end in an answer [A12]: the link can be used again and its
 * session ends. When somebody has ended that session already, the link stays used. An attempt that
 * is still on its way will do nothing.
 */
export const VOID_LINK = defineScript({
  name: 'void-link',
  keys: ['linkKey', 'voided'],
  args: { attempt: 'text', ttl: 'digits' },
  uses: [UNDO_SESSION],
  reply: done,
  lua: `
    redis.call('SET', voided, '1', 'PX', ttl)
    if redis.call('HGET', linkKey, 'attempt') ~= attempt then return 1 end
    if undoSession(linkKey) then redis.call('HDEL', linkKey, 'attempt', 'uid', 'new', 'sid') end
    return 1
  `,
});
