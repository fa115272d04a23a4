import { arrivedAfterVoid, tooManyRequests } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { reasonOf } from '../platform/log.ts';
import { drawRandomText, sha256 } from '../platform/random.ts';
import { tryThrice, undoWithRetries } from '../platform/retry.ts';
import { TelegramRefusal } from '../telegram/api.ts';
import type { Delivered, MessageAt } from '../telegram/deliver.ts';
import { deliver } from '../telegram/deliver.ts';
import type { TelegramServices } from '../telegram/services.ts';
import { codeMessage, linkMessage, noCodeMessage } from '../telegram/sign-in-messages.ts';
import { drawCode, hashCode } from './code.ts';
import type { NewCode } from './store.ts';
import { noteMessage, storeCode, voidRequest } from './store.ts';

/** The limits of a test number: its code is always the same, and no message goes out. */
const UNLIMITED_SENDS = { PHONE_SENDS_PER_DAY: 1_000_000_000, PHONE_SEND_GAPS_SECONDS: [0] };

/**
 * Sends a code to the Telegram chat of a phone number: one round trip to Redis before the answer,
 * the rest after it [A5]. The code of a test number (TEST_PHONES) is fixed and not sent [A15].
 *
 * When the number's budget of wrong codes is spent, the message holds a sign-in link in place of a
 * code [A24], or, without APP_URL, says when digits work again; the answer is the same.
 *
 * @returns the code, if one was stored
 * @throws {ApiError} `too_many_requests`
 * @throws {StoreError} when Redis failed; then nothing was sent and nothing counts
 */
export const sendCode = async (
  ctx: RequestContext,
  services: TelegramServices,
  phone: string,
): Promise<string | undefined> => {
  const { settings, redis } = services;
  const { requestId, address } = ctx.client;
  const fixed = settings.TEST_PHONES.get(phone);
  const code = fixed ?? drawCode();
  const token = drawRandomText(16);
  const appUrl = settings.APP_URL;
  const request: NewCode = {
    phone,
    requestId,
    address,
    mac: await hashCode(settings.CODE_SECRET, phone, code),
    linkHash: await sha256(token),
    linkOffered: appUrl !== undefined,
    now: ctx.now(),
  };
  const limits = fixed === undefined ? settings : { ...settings, ...UNLIMITED_SENDS };
  const stored = await storeCode(redis, limits, request).catch((error) => {
    ctx.defer('auth.request_not_voided', () => undoWithRetries(() => voidRequest(redis, request)));
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
    const waiting = stored.outcome === 'stored' && { requestId };
    const hint = { ...stored.phone, inPlaceOf, ...waiting };
    const attempt = () => deliver(ctx, services, { phone, hint, text: message });
    const delivery = { request, stored, attempt };
    ctx.defer('telegram.not_delivered', () => deliverCode(ctx, services, delivery));
  }
  return stored.outcome === 'stored' ? code : undefined;
};

/** A message to be delivered: its request, how Redis stored it, and one try to deliver it. */
interface CodeDelivery {
  readonly request: NewCode;
  readonly stored: { readonly isLast: boolean; readonly inPlaceOf: MessageAt | undefined };
  readonly attempt: () => Promise<Delivered>;
}

/**
 * Delivers a message. One that stays undelivered is taken back, so that the next request is free
 * [A13]. The last one of a day is noted, so that later requests can change it [A19].
 *
 * A message that Telegram refuses goes on counting for the address: otherwise anybody could make
 * this server ask Telegram without end.
 *
 * @throws {StoreError} when it could not be delivered
 */
const deliverCode = async (
  ctx: Pick<RequestContext, 'log'>,
  { redis }: Pick<TelegramServices, 'redis'>,
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
    ctx.log.warn('auth.message_not_noted', { reason: reasonOf(error) }),
  );
};
