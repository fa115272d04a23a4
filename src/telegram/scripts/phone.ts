import * as z from 'zod';
import { CODE } from '../../platform/redis/fragments.ts';
import { done, flag, language, objectReply, optionalChat } from '../../platform/redis/reply.ts';
import type { Fragment } from '../../platform/redis/script.ts';
import { defineScript } from '../../platform/redis/script.ts';

/** `tellCode(key, userId)`: puts the phone's user beside a live code; '' = ask Postgres. */
const TELL_CODE: Fragment = {
  uses: [CODE],
  lua: `
    local function tellCode(key, userId)
      if readCode(key) then redis.call('HSET', key, 'uid', userId) end
    end
  `,
};

/**
 * `bindCode(codes, rid, chat)`: notes where the code of a request goes before it is sent, '' =
 * nowhere. Returns 1 when it may be sent, 0 when it is dead or the number's link has changed since.
 * `codes` are the keys of the live code and the previous one.
 */
const BIND_CODE: Fragment = {
  uses: [CODE],
  lua: `
    local function bindCode(codes, rid, chat)
      if rid == '' then return 1 end
      for _, key in ipairs(codes) do
        local code = readCode(key)
        if code and code.rid == rid then
          if code.moving then return 0 end
          redis.call('HSET', key, 'chat', chat == '' and 'none' or chat)
          return 1
        end
      end
      return 0
    end
  `,
};

/** Where the code of a request goes. */
export const whereto = z.object({
  /** Whether the code may be sent at all. */
  sendable: flag,
  chatId: optionalChat,
  language,
});

/**
 * Announces that Postgres is about to change what it knows of a phone. What Redis remembers must
 * never outlive what Postgres says: it is dropped, the user beside a live code too, and a reading
 * of Postgres that is under way is not remembered. The end of the change is remembered, unless
 * another change was under way at the same time, since nobody here knows their order in Postgres.
 * An announcement whose end is never told runs out, and until then Postgres is asked.
 *
 * Codes that are there already, live, previous or just used, are marked: they sign nobody in until
 * the end says that the number has kept its chat. Sign-in links are dropped. Neither happens where
 * the number gets no other chat: when it loses its own, or when a legacy link is adopted.
 *
 * `hasLink`: Postgres has a link, so that the legacy one is obsolete, whatever comes of the change.
 * `canMove`: the number can get another chat.
 */
export const BEGIN_CHANGE = defineScript({
  name: 'begin-change',
  keys: ['phoneKey', 'changing', 'codeKey', 'previousKey', 'legacyLink', 'usedKey', 'links'],
  args: { token: 'text', ttl: 'digits', hasLink: 'flag', canMove: 'flag' },
  uses: [TELL_CODE],
  reply: done,
  lua: `
    local alone = redis.call('EXISTS', changing) == 0
    redis.call('SET', changing, alone and token or 'several', 'PX', ttl)
    redis.call('DEL', phoneKey)
    if hasLink then redis.call('DEL', legacyLink) end
    -- The user may be about to take another number: a code for this one must not sign in as them.
    tellCode(codeKey, '')
    tellCode(previousKey, '')
    if not canMove then return 1 end
    redis.call('DEL', links)
    for _, key in ipairs({ codeKey, previousKey, usedKey }) do
      local code = readCode(key)
      -- A code that went nowhere is known to nobody but the client that asked for it.
      if code and code.chat ~= 'none' and code.moving ~= 'moved' then
        redis.call('HSET', key, 'moving', code.moving and 'several' or token)
      end
    end
    return 1
  `,
});

/**
 * Ends what {@link BEGIN_CHANGE} announced, and drops the legacy link, since Postgres has one now.
 *
 * A code that was sent to a chat which is not the number's any more is dead, and so is one whose
 * chat nobody knows when the number had another one: whoever reads it there must not get in, nor
 * make an account for the next owner of the number.
 *
 * `canHaveMoved`: the change can have given the number another chat. `hadAnother`: the number had
 * another one. `rid`: the request whose code waits for this change, or ''.
 */
export const END_CHANGE = defineScript({
  name: 'end-change',
  keys: ['phoneKey', 'changing', 'codeKey', 'previousKey', 'legacyLink', 'usedKey', 'links'],
  args: {
    userId: 'text',
    chat: 'text',
    language: 'text',
    ttl: 'digits',
    token: 'text',
    canHaveMoved: 'flag',
    hadAnother: 'flag',
    rid: 'text',
  },
  uses: [TELL_CODE, BIND_CODE],
  reply: objectReply(whereto),
  lua: `
    redis.call('DEL', legacyLink)

    -- Whether a code is dead; one that is not is not marked as moving any more.
    local function isDead(key)
      local code = readCode(key)
      if not code or code.moving == 'moved' then return false end
      local elsewhere = code.chat ~= 'none' and code.chat ~= chat
      if code.chat == '' then elsewhere = hadAnother end
      if elsewhere or userId == '' or chat == '' then return true end
      if code.moving == token then redis.call('HDEL', key, 'moving') end
      return false
    end
    if canHaveMoved then
      redis.call('DEL', links)
      for _, key in ipairs({ codeKey, previousKey }) do
        if isDead(key) then redis.call('DEL', key) end
      end
      -- The session of a used code can still be taken back, but the code does not live again.
      if isDead(usedKey) then
        redis.call('HSET', usedKey, 'moving', 'moved', 'repeatable', '0')
      end
    end

    if redis.call('GET', changing) == token then
      redis.call('DEL', phoneKey, changing)
      redis.call('HSET', phoneKey, 'uid', userId, 'chat', chat, 'lang', language)
      redis.call('PEXPIRE', phoneKey, ttl)
      tellCode(codeKey, userId)
    end
    local sendable = bindCode({ codeKey, previousKey }, rid, chat)
    return { 'sendable', sendable, 'chatId', chat, 'language', language }
  `,
});

/**
 * Remembers what was read in Postgres, and puts the user's id beside a live code: not while the
 * phone is being changed, and not in place of what is remembered already, which is newer.
 *
 * `rid`: the request whose code waits for the reading, or ''. The reply says where that code goes:
 * what Redis remembers, or what was read while the phone is being changed.
 */
export const REMEMBER_READING = defineScript({
  name: 'remember-reading',
  keys: ['phoneKey', 'changing', 'codeKey', 'previousKey'],
  args: { userId: 'text', chat: 'text', language: 'text', ttl: 'digits', rid: 'text' },
  uses: [TELL_CODE, BIND_CODE],
  reply: objectReply(whereto),
  lua: `
    local known = { userId, chat, language }
    if redis.call('EXISTS', changing) == 0 then
      if redis.call('EXISTS', phoneKey) == 0 then
        redis.call('HSET', phoneKey, 'uid', userId, 'chat', chat, 'lang', language)
        redis.call('PEXPIRE', phoneKey, ttl)
      end
      known = redis.call('HMGET', phoneKey, 'uid', 'chat', 'lang')
      tellCode(codeKey, known[1])
    end
    chat = known[2] or ''
    local sendable = bindCode({ codeKey, previousKey }, rid, chat)
    return { 'sendable', sendable, 'chatId', chat, 'language', known[3] or '' }
  `,
});
