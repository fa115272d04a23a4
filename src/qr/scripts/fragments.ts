import { QR_COLLECT_SECONDS } from '../../contract/http/qr.ts';
import { WINDOW } from '../../platform/redis/fragments.ts';
import type { Fragment } from '../../platform/redis/script.ts';

/** The arguments of a guess: `id` names the request; `limit` is that of misses, 0 = no limit. */
export const GUESS = { now: 'number', id: 'text', limit: 'number' } as const;

/**
 * - `readQr(key)`: the fields of a request, or nil
 * - `leftOf(qr, now)`: the milliseconds that are left to it; to one that is confirmed, until its
 *   token is lost
 */
export const QR: Fragment = {
  lua: `
    -- How long after its end a code that was confirmed in time can be collected, and how long a
    -- token after an answer that may have been lost.
    local COLLECT_MS = ${QR_COLLECT_SECONDS * 1000}
    local function leftOf(qr, now)
      return tonumber(qr.exp) + (qr.status == 'confirmed' and COLLECT_MS or 0) - now
    end
    local function readQr(key)
      local fields, qr = redis.call('HGETALL', key), nil
      for i = 1, #fields, 2 do
        qr = qr or {}
        qr[fields[i]] = fields[i + 1]
      end
      return qr
    end
  `,
};

/** The window of codes that nobody has: `missesWait(misses, limit, now)`, `noteMiss(misses, …)`. */
export const MISSES: Fragment = {
  uses: [WINDOW],
  lua: `
    local MISSES_SPAN = 600000
    local function missesWait(misses, limit, now)
      return limit > 0 and waitFor(misses, MISSES_SPAN, limit, now) or 0
    end
    local function noteMiss(misses, limit, id, now)
      if limit > 0 then note(misses, MISSES_SPAN, id, now) end
    end
  `,
};
