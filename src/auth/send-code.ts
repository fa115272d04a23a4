import { ApiError, StoreError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Services } from '../services.ts';
import { codeMessage, deliver, noCodeMessage } from '../telegram/deliver.ts';
import { codeMac, randomCode } from './code.ts';
import type { NewCode } from './store.ts';
import { storeCode, voidRequest } from './store.ts';
import type { Later } from './undo.ts';
import { undoUntilHeard } from './undo.ts';

/**
 * Sends a code to the Telegram chat of a phone number: one round trip to Redis before the answer, the rest behind it.
 *
 * When the number's budget of wrong codes is spent, the message says so in place of a code, and the answer is the same.
 *
 * @returns the code, if one was stored
 * @throws {ApiError} `too_many_requests`
 * @throws {StoreError} when Redis failed; then nothing was sent and nothing counts
 */
export const sendCode = async (
  services: Services,
  log: Log,
  asked: Pick<NewCode, 'phone' | 'requestId' | 'address'>,
  later: Later,
): Promise<string | undefined> => {
  const { settings, redis, now } = services;
  const { phone } = asked;
  const code = randomCode();
  const mac = await codeMac(settings.CODE_SECRET, phone, code);
  const stored = await storeCode(redis, settings, { ...asked, mac, now: now() }).catch((error) => {
    later('auth.request_not_voided', () => undoUntilHeard(() => voidRequest(redis, asked)));
    throw error;
  });
  if (stored.outcome === 'voided') throw new StoreError('redis', 'request-code', new Error('Arrived too late'));

  const waitSeconds = Math.ceil(stored.waitMs / 1000);
  if (stored.outcome === 'wait') throw new ApiError('too_many_requests', waitSeconds);
  const text = stored.outcome === 'stored' ? codeMessage(code) : noCodeMessage(waitSeconds);
  later('telegram.not_delivered', () => deliver(services, log, phone, stored.phone, text));
  return stored.outcome === 'stored' ? code : undefined;
};
