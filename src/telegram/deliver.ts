import type { Language, Text } from '../contract/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { maskPhone } from '../platform/phone.ts';
import { tryThrice } from '../platform/retry.ts';
import type { Extras } from './api.ts';
import { adoptLegacyLink, findChat, restLink } from './links.ts';
import type { TelegramServices } from './services.ts';

/** A message of the bot in a chat. */
export interface MessageAt {
  readonly chatId: number;
  readonly messageId: number;
}

/**
 * What became of a message to a phone number. `moved`: a code was not sent, since the link had
 * changed after the code was asked for, and the code was dead.
 */
export type Delivered =
  | ({ readonly outcome: 'delivered' } & MessageAt)
  | { readonly outcome: 'blocked' | 'not_linked' | 'moved' };

/** What Redis told of a phone number when its code was stored. */
export interface PhoneHint {
  /** Whether `chatId` is what Postgres says; otherwise Postgres has to be asked. */
  readonly known: boolean;
  readonly chatId: number | undefined;
  /** The language of the person in that chat. */
  readonly language: Language;
  /** The chat that the legacy server linked, if its link was never moved. */
  readonly legacyChatId: number | undefined;
  /** The request whose code waits to be sent, if the message is a code. */
  readonly requestId?: string;
  /** The message to change in place of sending one, if it is in the same chat. */
  readonly inPlaceOf?: MessageAt | undefined;
}

/** A message to the chat of a phone number. */
export interface PhoneMessage {
  readonly phone: string;
  readonly hint: PhoneHint;
  readonly text: Text;
  /** What the message has beside its text, in the language of the chat. */
  readonly extras?: (language: Language) => Extras;
}

/** How long a delivery may take: taking it back must fit into the time behind an answer too. */
const DELIVERY_MS = 21_000;

/**
 * Sends a message to the Telegram chat of a phone number, if it has one. Passing failures of
 * Postgres and Telegram are tried again; when the person has blocked the bot, the link rests until
 * they write again. Run it behind the answer: neither the answer nor its time may tell whether a
 * number is linked [A4].
 *
 * @throws {StoreError} when it could not be delivered
 */
export const deliver = async (
  ctx: Pick<RequestContext, 'log'>,
  services: TelegramServices,
  { phone, hint, text, extras }: PhoneMessage,
): Promise<Delivered> => {
  const fields = { phone: maskPhone(phone) };
  const until = AbortSignal.timeout(DELIVERY_MS);
  const { chatId, language, sendable } = await tryThrice(() =>
    resolveChat(ctx, services, { phone, hint }),
  );
  if (!sendable) {
    ctx.log.warn('telegram.moved', fields);
    return { outcome: 'moved' };
  }
  if (chatId === undefined) {
    ctx.log.info('telegram.not_linked', fields);
    return { outcome: 'not_linked' };
  }
  const sentAt = performance.now();
  const inPlaceOf = hint.inPlaceOf?.chatId === chatId ? hint.inPlaceOf.messageId : undefined;
  const all = { ...extras?.(language), inPlaceOf, until };
  const delivery = await services.telegram.send(chatId, text[language], all);
  if (delivery.outcome === 'delivered') {
    ctx.log.info('telegram.delivered', fields);
    return { ...delivery, chatId };
  }
  ctx.log.warn('telegram.blocked', fields);
  await tryThrice(() => restLink(ctx, services, { phone, chatId, sentAt }));
  return delivery;
};

/** Finds the chat to send to: from Redis, a link of the legacy server, or Postgres. */
const resolveChat = async (
  ctx: Pick<RequestContext, 'log'>,
  services: TelegramServices,
  { phone, hint }: Pick<PhoneMessage, 'phone' | 'hint'>,
): Promise<Pick<PhoneHint, 'chatId' | 'language'> & { readonly sendable: boolean }> => {
  const { known, chatId, legacyChatId, requestId } = hint;
  if (chatId !== undefined) return { ...hint, sendable: true };
  if (legacyChatId !== undefined) {
    return adoptLegacyLink(ctx, services, { phone, requestId, legacyChatId });
  }
  return known ? { ...hint, sendable: true } : findChat(ctx, services, { phone, requestId });
};
