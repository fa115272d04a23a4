import * as z from 'zod';
import { CODE, MS, WINDOW } from '../../platform/redis/fragments.ts';
import {
  done,
  flag,
  language,
  ms,
  objectReply,
  optionalChat,
  voided,
  wait,
} from '../../platform/redis/reply.ts';
import { defineScript } from '../../platform/redis/script.ts';

const id = z.coerce.number().int();

const stored = z.object({
  /** `spent`: after too many wrong codes no code is stored, but a sign-in link if there is one. */
  outcome: z.enum(['stored', 'spent']),
  /** When digits work again, in a reply `spent`. */
  waitMs: ms,
  /** Whether no further message may be sent today: further requests change this one. */
  isLast: flag,
  /** The message to be changed in place of a new one. */
  inPlaceOf: objectReply(
    z.union([
      z.object({ chatId: id, messageId: id }),
      z.strictObject({}).transform(() => undefined),
    ]),
  ),
  /** What Redis knows of the phone. */
  phone: objectReply(
    z.object({
      /** Whether `chatId` is what Postgres has. */
      known: flag,
      chatId: optionalChat,
      legacyChatId: optionalChat,
      language,
    }),
  ),
});

/**
 * request-code: applies the limits of sending, stores the code in place of any other, and reads
 * where to send it.
 *
 * Once the messages of a day are sent, nobody is refused for that: a request changes the last
 * message, which disturbs nobody [A19]. It is noted beside the messages as `edit <request id>`, and
 * counts for the gaps alone.
 *
 * - `gaps`: the least seconds between messages, separated by commas
 * - `addressLimit`: messages an hour, 0 = no limit
 * - `linkHash`: the hash of a sign-in link's token that may take the place of digits, or ''
 */
export const REQUEST_CODE = defineScript({
  name: 'request-code',
  keys: [
    'codeKey',
    'previousKey',
    'failures',
    'sends',
    'addressSends',
    'phoneKey',
    'legacyLink',
    'voided',
    'linkKey',
    'links',
    'lastMessage',
  ],
  args: {
    now: 'number',
    mac: 'text',
    rid: 'text',
    ttl: 'number',
    phone: 'text',
    perDay: 'number',
    gaps: 'text',
    failuresPerDay: 'number',
    addressLimit: 'number',
    linkHash: 'text',
  },
  uses: [MS, WINDOW],
  reply: objectReply(z.discriminatedUnion('outcome', [wait, voided, stored])),
  lua: `
    if redis.call('EXISTS', voided) == 1 then return { 'outcome', 'voided' } end

    redis.call('ZREMRANGEBYSCORE', sends, '-inf', now - DAY)
    local sent, edits, wait = redis.call('ZCARD', sends), {}, 0
    if sent >= perDay then
      for _, member in ipairs(redis.call('ZRANGE', sends, 0, -1)) do
        if string.sub(member, 1, 5) == 'edit ' then edits[#edits + 1] = member end
      end
    end
    local messages = sent - #edits
    if sent > 0 then
      local gap, n = 0, 0
      for seconds in string.gmatch(gaps, '[^,]+') do
        n = n + 1
        if n <= sent then gap = tonumber(seconds) * 1000 end
      end
      local last = redis.call('ZRANGE', sends, -1, -1, 'WITHSCORES')
      wait = math.max(0, tonumber(last[2]) + gap - now)
    end
    if addressLimit > 0 then
      wait = math.max(wait, waitFor(addressSends, HOUR, addressLimit, now))
    end
    if wait > 0 then return { 'outcome', 'wait', 'waitMs', ms(wait) } end

    local inPlaceOf = {}
    if messages < perDay then
      note(sends, DAY, rid, now)
    else
      -- The edit before counts again, should this one be voided; those before it do not.
      for i = 1, #edits - 1 do redis.call('ZREM', sends, edits[i]) end
      note(sends, DAY, 'edit ' .. rid, now)
      local h = redis.call('HMGET', lastMessage, 'chat', 'id')
      if h[1] and h[2] then inPlaceOf = { 'chatId', h[1], 'messageId', h[2] } end
    end
    if addressLimit > 0 then note(addressSends, HOUR, phone .. ' ' .. rid, now) end

    local known = redis.call('HMGET', phoneKey, 'uid', 'chat', 'lang')
    local chat, legacyChat = known[2] or '', redis.call('GET', legacyLink) or ''
    local spent = waitFor(failures, DAY, failuresPerDay, now)
    if spent <= 0 then
      -- The code that this one takes the place of comes back if this one is voided.
      redis.call('DEL', previousKey)
      if redis.call('EXISTS', codeKey) == 1 then redis.call('RENAME', codeKey, previousKey) end
      local goesTo = chat
      if chat == '' and known[1] and legacyChat == '' then goesTo = 'none' end
      redis.call('HSET', codeKey, 'mac', mac, 'exp', ms(now + ttl), 'tries', '0', 'rid', rid,
        'uid', known[1] or '', 'chat', goesTo)
      redis.call('PEXPIRE', codeKey, ttl)
    elseif linkHash ~= '' then
      redis.call('HSET', linkKey, 'phone', phone, 'exp', ms(now + ttl))
      redis.call('PEXPIRE', linkKey, ttl)
      redis.call('SADD', links, linkHash)
      redis.call('PEXPIRE', links, ttl)
    end
    return {
      'outcome', spent > 0 and 'spent' or 'stored', 'waitMs', ms(spent),
      'isLast', messages + 1 >= perDay and 1 or 0, 'inPlaceOf', inPlaceOf,
      'phone', {
        'known', known[1] and 1 or 0, 'chatId', chat, 'legacyChatId', legacyChat,
        'language', known[3] or '',
      },
    }
  `,
});

/**
 * Takes back a request-code that did not end in an answer, or whose message did not arrive: nothing
 * counts, and the code that was live before lives again. A request that is still on its way will do
 * nothing.
 *
 * `addressCounts`: it counts for the address all the same.
 */
export const VOID_REQUEST = defineScript({
  name: 'void-request',
  keys: ['codeKey', 'previousKey', 'sends', 'addressSends', 'voided', 'linkKey'],
  args: { rid: 'text', phone: 'text', ttl: 'digits', addressCounts: 'flag' },
  uses: [CODE],
  reply: done,
  lua: `
    redis.call('SET', voided, '1', 'PX', ttl)
    redis.call('ZREM', sends, rid, 'edit ' .. rid)
    redis.call('DEL', linkKey)
    if not addressCounts then redis.call('ZREM', addressSends, phone .. ' ' .. rid) end
    local code = readCode(codeKey)
    if code and code.rid == rid then
      redis.call('DEL', codeKey)
      if redis.call('EXISTS', previousKey) == 1 then
        redis.call('RENAME', previousKey, codeKey)
      end
    end
    return 1
  `,
});

/** Notes the last message of a day, which further requests change. */
export const NOTE_MESSAGE = defineScript({
  name: 'note-message',
  keys: ['lastMessage'],
  args: { chatId: 'digits', messageId: 'digits', ttl: 'digits' },
  reply: done,
  lua: `
    redis.call('HSET', lastMessage, 'chat', chatId, 'id', messageId)
    redis.call('PEXPIRE', lastMessage, ttl)
    return 1
  `,
});

/**
 * Replaces a live code that went nowhere, which nobody but the client that asked for it can know,
 * by one that goes to the chat which the number has now [A51].
 */
export const REPLACE_CODE = defineScript({
  name: 'replace-code',
  keys: ['codeKey'],
  args: { now: 'number', mac: 'text', chat: 'text', ttl: 'number' },
  uses: [MS, CODE],
  reply: flag,
  lua: `
    local code = readCode(codeKey)
    if not code or code.exp <= now or code.chat ~= 'none' or code.moving then return 0 end
    redis.call('HSET', codeKey, 'mac', mac, 'chat', chat, 'exp', ms(now + ttl))
    redis.call('PEXPIRE', codeKey, ttl)
    return 1
  `,
});
