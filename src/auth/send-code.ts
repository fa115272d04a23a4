import { arrivedAfterVoid, tooManyRequests } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { reasonOf } from '../platform/log.ts';
import { randomText, sha256 } from '../platform/random.ts';
import type { Later } from '../platform/retry.ts';
import { tryThrice, undoWithRetries } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import { TelegramRefusal } from '../telegram/api.ts';
import type { Delivered, MessageAt } from '../telegram/deliver.ts';
import { deliver } from '../telegram/deliver.ts';
import { codeMessage, linkMessage, noCodeMessage } from '../telegram/sign-in-messages.ts';
import { codeMac, randomCode } from './code.ts';
import type { NewCode } from './store.ts';
import { noteMessage, storeCode, voidRequest } from './store.ts';

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
    later('auth.request_not_voided', () => undoWithRetries(() => voidRequest(redis, request)));
    throw error;
  });
  if (stored.outcome === 'voided') throw arrivedAfterVoid('request-code');

  if (stored.outcome === 'wait') throw tooManyRequests(stored.waitMs);
  const message =
    stored.outcome === 'stored'
      ? codeMessage(code)
      : appUrl
        ? linkMessage(`${appUrl}/sign-in#${token}`)
        : noCodeMessage(Math.ceil(stored.waitMs / 1000));
  if (fixed === undefined) {
    const { inPlaceOf } = stored;
    const waiting = stored.outcome === 'stored' && { requestId: asked.requestId };
    const hint = { ...stored.phone, inPlaceOf, ...waiting };
    const attempt = () => deliver({ log }, services, { phone, hint, text: message });
    later('telegram.not_delivered', () => deliverCode(services, log, { request, stored, attempt }));
  }
  return stored.outcome === 'stored' ? code : undefined;
};

/** A message to be delivered: what was asked for, what became of it, and the delivery itself. */
interface CodeDelivery {
  readonly request: NewCode;
  readonly stored: { readonly isLast: boolean; readonly inPlaceOf: MessageAt | undefined };
  readonly attempt: () => Promise<Delivered>;
}

/**
 * Delivers a message; one that stays undelivered is taken back, so that the next request is free.
 * The last one of a day is noted, for the next requests to change it.
 *
 * What Telegram refuses goes on counting for the address, or one could have us ask Telegram without
 * end.
 *
 * @throws {StoreError} when it could not be delivered
 */
const deliverCode = async (
  { redis }: Services,
  log: Log,
  { request, stored, attempt }: CodeDelivery,
): Promise<void> => {
  const takeBack = (addressCounts: boolean) => {
    const voided = { ...request, addressCounts };
    return undoWithRetries(() => voidRequest(redis, voided));
  };
  const delivery = await attempt().catch(async (error) => {
    await takeBack(error instanceof TelegramRefusal);
    throw error;
  });
  if (delivery.outcome === 'blocked') await takeBack(true);
  if (delivery.outcome === 'moved') await takeBack(false);
  if (delivery.outcome !== 'delivered' || !stored.isLast) return;
  if (stored.inPlaceOf?.messageId === delivery.messageId) return;
  const note = () => noteMessage(redis, request.phone, delivery);
  await tryThrice(note).catch((error) =>
    log.warn('auth.message_not_noted', { reason: reasonOf(error) }),
  );
};
