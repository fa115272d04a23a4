import { tooLate, tooMany } from '../errors.ts';
import type { Log } from '../log.ts';
import { randomText, sha256 } from '../random.ts';
import type { Services } from '../services.ts';
import { TelegramRefusal } from '../telegram/api.ts';
import { deliver } from '../telegram/deliver.ts';
import { codeMessage, linkMessage, noCodeMessage } from '../telegram/sign-in-messages.ts';
import type { Later } from '../undo.ts';
import { undoUntilHeard } from '../undo.ts';
import { codeMac, randomCode } from './code.ts';
import type { NewCode } from './store.ts';
import { storeCode, voidRequest } from './store.ts';

/** No limit on how often the code of a test number is asked for: it is always the same, and no message goes out. */
const UNLIMITED_SENDS = { PHONE_SENDS_PER_DAY: 1_000_000_000, PHONE_SEND_GAPS_SECONDS: [0] };

/**
 * Sends a code to the Telegram chat of a phone number: one round trip to Redis before the answer, the rest behind it. The code of a test number
 * (TEST_PHONES) is fixed and not sent.
 *
 * When the number's budget of wrong codes is spent, the message holds a sign-in link in place of a code, or, without APP_URL, says when digits work again;
 * the answer is the same.
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
  const fixed = settings.TEST_PHONES.get(phone);
  const code = fixed ?? randomCode();
  const token = randomText(16);
  const appUrl = settings.APP_URL;
  const request: NewCode = {
    ...asked,
    mac: await codeMac(settings.CODE_SECRET, phone, code),
    linkHash: await sha256(token),
    linkOffered: appUrl !== undefined,
    now: now(),
  };
  const limits = fixed === undefined ? settings : { ...settings, ...UNLIMITED_SENDS };
  const stored = await storeCode(redis, limits, request).catch((error) => {
    later('auth.request_not_voided', () => undoUntilHeard(() => voidRequest(redis, request)));
    throw error;
  });
  if (stored.outcome === 'voided') throw tooLate('request-code');

  if (stored.outcome === 'wait') throw tooMany(stored.waitMs);
  const message =
    stored.outcome === 'stored'
      ? codeMessage(code)
      : appUrl
        ? linkMessage(`${appUrl}/sign-in#${token}`)
        : noCodeMessage(Math.ceil(stored.waitMs / 1000));
  if (fixed === undefined) {
    const { requestId } = asked;
    const hint = stored.outcome === 'stored' ? { ...stored.phone, requestId } : stored.phone;
    const attempt = () => deliver(services, log, phone, hint, message);
    later('telegram.not_delivered', () => deliverOrTakeBack(services, request, attempt));
  }
  return stored.outcome === 'stored' ? code : undefined;
};

/**
 * Delivers a message; one that stays undelivered is taken back, so that the next request is free.
 *
 * What Telegram refuses goes on counting for the address, or one could have us ask Telegram without
 * end.
 *
 * @throws {StoreError} when it could not be delivered
 */
const deliverOrTakeBack = async (
  { redis }: Services,
  request: NewCode,
  attempt: () => ReturnType<typeof deliver>,
): Promise<void> => {
  const takeBack = (addressCounts: boolean) => {
    const voided = { ...request, addressCounts };
    return undoUntilHeard(() => voidRequest(redis, voided));
  };
  const delivery = await attempt().catch(async (error) => {
    await takeBack(error instanceof TelegramRefusal);
    throw error;
  });
  if (delivery === 'blocked') await takeBack(true);
  if (delivery === 'moved') await takeBack(false);
};
