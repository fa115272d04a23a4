import * as z from 'zod';
import { toLanguage } from '../../contract/errors.ts';
import type { Script } from '../../platform/redis/client.ts';
import { MS } from '../../platform/redis/lua.ts';
import { done, ms, optionalChat, optionalId } from '../../platform/redis/reply.ts';
import { SESSIONS } from '../../session/scripts/sessions.ts';

/**
 * The reply of a sign-in by code or link: {'ok', uid or '', new uid, sid, ms of signing in, phone, whether Redis knows the phone's chat, chat or '', language or '', {sid, …}
 * of sessions that it ended}. A sign-in that is repeated
 * answers as before, and as if there were no chat: nobody is told twice.
 */
export const signedIn = z
  .tuple([
    z.literal('ok'),
    optionalId,
    z.string(),
    z.string(),
    ms,
    z.string(),
    z.enum(['0', '1']),
    optionalChat,
    z.string(),
    z.array(z.string()),
  ])
  .transform(
    ([outcome, userId, newUserId, sid, signedInAt, phone, known, chatId, lang, ended]) => ({
      outcome,
      /** The user, if Redis knows one. */
      userId,
      /** The user whose session it is otherwise: to be made. */
      newUserId,
      sid,
      signedInAt,
      phone,
      chat: { known: known === '1', chatId, language: toLanguage(lang) },
      /** Sessions that had to go. */
      ended,
    }),
  );

/** The reply to what is not live. */
export const wrong = z.tuple([z.literal('wrong')]).transform(([outcome]) => ({ outcome }));

/**
 * `begin(uid, phone_key, phone, args, used_key, now)`: opens the session of a user who has proved the phone, notes it in the record of what was used up, and
 * answers. `args` = {sid, new uid, record}. `undo_begin(used_key)` takes the session back, and answers
 * whether it was still there.
 */
export const BEGIN = `${SESSIONS}
local function begin(uid, phone_key, phone, args, used_key, now)
  local h = redis.call('HMGET', phone_key, 'uid', 'chat', 'lang')
  if uid == '' then uid = h[1] or '' end
  -- The user is about to be made: the next request-code has to ask Postgres.
  if uid == '' then redis.call('DEL', phone_key) end
  local ended = open_session('sessions:' .. (uid ~= '' and uid or args[2]), args[1], args[3], now)
  redis.call('HSET', used_key, 'uid', uid, 'new', args[2], 'sid', args[1])
  return { 'ok', uid, args[2], args[1], ms(now), phone, h[1] and '1' or '0', h[2] or '', h[3] or '', ended }
end
local function undo_begin(used_key)
  local h = redis.call('HMGET', used_key, 'uid', 'new', 'sid')
  return not h[3] or redis.call('HDEL', 'sessions:' .. (h[1] ~= '' and h[1] or h[2]), 's:' .. h[3], 't:' .. h[3]) > 0
end
`;

/**
 * Gives a session to the user who was there already, when Redis did not know of him and a new one was to be made; unless the sessions from before
 * have ended meanwhile.
 *
 * KEYS 1 sessions of the new user · 2 sessions of the user · 3 used code or link
 * ARGV 1 sid · 2 uid
 */
export const MOVE_SESSION: Script<typeof done> = {
  name: 'move-session',
  reply: done,
  lua: `${MS}${SESSIONS}
local at, record = string.match(redis.call('HGET', KEYS[1], 's:' .. ARGV[1]) or '', '^(%d+)|(.*)$')
if at then
  redis.call('DEL', KEYS[1])
  local cutoff = tonumber(redis.call('HGET', KEYS[2], 'cutoff') or '0')
  if tonumber(at) >= cutoff then open_session(KEYS[2], ARGV[1], record, tonumber(at)) end
end
if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('HSET', KEYS[3], 'uid', ARGV[2]) end
return 1
`,
};
