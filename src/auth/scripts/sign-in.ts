import * as z from 'zod';
import { MS } from '../../platform/redis/fragments.ts';
import {
  done,
  flag,
  language,
  ms,
  objectReply,
  optionalChat,
  optionalId,
  outcome,
} from '../../platform/redis/reply.ts';
import type { Fragment } from '../../platform/redis/script.ts';
import { defineScript } from '../../platform/redis/script.ts';
import { OPENING } from '../../session/scripts/fragments.ts';

/**
 * The reply of a sign-in. One that is repeated answers as before, and as if there were no chat, so
 * that nobody is told twice.
 */
export const signedIn = z.object({
  outcome: z.literal('ok'),
  /** The user, if Redis knows one. */
  userId: optionalId,
  /** The user to be made otherwise, whose session it is. */
  newUserId: z.string(),
  sid: z.string(),
  signedInAt: ms,
  phone: z.string(),
  /** The phone's chat; `known`: Redis knows whether there is one. */
  chat: objectReply(z.object({ known: flag, chatId: optionalChat, language })),
  /** The ids of sessions that had to go. */
  ended: z.array(z.string()),
});

/** The reply to what is not live. */
export const wrong = outcome('wrong');

/** The arguments of a session to be opened; `newUserId` is for when there is no user yet. */
export const NEW_SESSION = { sid: 'text', newUserId: 'text', record: 'text' } as const;

/** `sessionsKey(userId, newUserId)`: the key of a user's sessions; `userId` is '' for a new one. */
export const SESSIONS_KEY: Fragment = {
  lua: `
    local function sessionsKey(userId, newUserId)
      return 'sessions:' .. (userId ~= '' and userId or newUserId)
    end
  `,
};

/** `signedIn(userId, newUserId, sid, at, phone, chat, ended)`: the reply of a sign-in. */
export const SIGNED_IN: Fragment = {
  lua: `
    local function signedIn(userId, newUserId, sid, at, phone, chat, ended)
      return {
        'outcome', 'ok', 'userId', userId, 'newUserId', newUserId, 'sid', sid, 'signedInAt', at,
        'phone', phone, 'chat', chat, 'ended', ended,
      }
    end
  `,
};

/**
 * `beginSession(userId, phone, phoneKey, usedKey, new)`: opens the session of a user who has proved
 * the phone, notes it in the hash of what was used up, and returns the reply. `userId` is '' when
 * the code does not know it; `new` has the arguments of {@link NEW_SESSION} and `now`.
 */
export const BEGIN_SESSION: Fragment = {
  uses: [MS, OPENING, SESSIONS_KEY, SIGNED_IN],
  lua: `
    local function beginSession(userId, phone, phoneKey, usedKey, new)
      local known = redis.call('HMGET', phoneKey, 'uid', 'chat', 'lang')
      if userId == '' then userId = known[1] or '' end
      -- The user is about to be made: the next request-code has to ask Postgres.
      if userId == '' then redis.call('DEL', phoneKey) end
      local key = sessionsKey(userId, new.userId)
      local ended = openSession(key, new.sid, new.record, new.now)
      redis.call('HSET', usedKey, 'uid', userId, 'new', new.userId, 'sid', new.sid)
      local chat = {
        'known', known[1] and 1 or 0, 'chatId', known[2] or '', 'language', known[3] or '',
      }
      return signedIn(userId, new.userId, new.sid, ms(new.now), phone, chat, ended)
    end
  `,
};

/** `undoSession(usedKey)`: ends the session that was begun; returns whether it was still there. */
export const UNDO_SESSION: Fragment = {
  uses: [SESSIONS_KEY],
  lua: `
    local function undoSession(usedKey)
      local h = redis.call('HMGET', usedKey, 'uid', 'new', 'sid')
      if not h[3] then return true end
      return redis.call('HDEL', sessionsKey(h[1], h[2]), 's:' .. h[3], 't:' .. h[3]) > 0
    end
  `,
};

/**
 * Gives a session to the user who was there already, when Redis did not know them and a new one was
 * to be made; unless the sessions from before have ended meanwhile.
 */
export const MOVE_SESSION = defineScript({
  name: 'move-session',
  keys: ['newSessions', 'sessions', 'usedKey'],
  args: { sid: 'text', userId: 'text' },
  uses: [OPENING],
  reply: done,
  lua: `
    local session = redis.call('HGET', newSessions, 's:' .. sid) or ''
    local at, record = string.match(session, '^(%d+)|(.*)$')
    if at then
      redis.call('DEL', newSessions)
      local cutoff = tonumber(redis.call('HGET', sessions, 'cutoff') or '0')
      if tonumber(at) >= cutoff then openSession(sessions, sid, record, tonumber(at)) end
    end
    if redis.call('EXISTS', usedKey) == 1 then redis.call('HSET', usedKey, 'uid', userId) end
    return 1
  `,
});
