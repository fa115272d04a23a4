import type { Language, Text } from '../contract/errors.ts';
import type { Log } from '../platform/log.ts';
import { reasonOf } from '../platform/log.ts';
import { maskPhone } from '../platform/phone.ts';
import { tryThrice } from '../platform/retry.ts';
import type { Extras } from './api.ts';
import type { TelegramServices } from './services.ts';
import {
  adoptLink,
  adoptPhone,
  changePhone,
  findPhone,
  markBlocked,
  rememberReading,
  wakeLinks,
  wasHeard,
} from './store.ts';

/** A message of the bot in a chat. */
export interface MessageAt {
  readonly chatId: number;
  readonly messageId: number;
}

/**
 * What became of a message to a phone number. `moved`: a code was not sent, since it was dead by
 * then: the link has changed since it was asked for.
 */
export type Delivered =
  | ({ readonly outcome: 'delivered' } & MessageAt)
  | { readonly outcome: 'blocked' | 'not_linked' | 'moved' };

/** What Redis told of a phone when its code was stored. */
export interface PhoneHint {
  /** Whether `chatId` is what Postgres says; if not, it has to be asked. */
  readonly known: boolean;
  readonly chatId: number | undefined;
  /** The language of the person there. */
  readonly language: Language;
  /** The chat that the original linked, if its link was never moved. */
  readonly legacyChatId: number | undefined;
  /** The request whose code waits to be sent, if the message is a code. */
  readonly requestId?: string;
  /** The message to be changed in place of a new one, should it be in that chat. */
  readonly inPlaceOf?: MessageAt | undefined;
}

/** What is told when Redis could not be told what Postgres knows. */
export const logNotRemembered = (log: Log) => (error: unknown) =>
  log.warn('phone.not_remembered', { reason: reasonOf(error) });

/** How long a delivery may take: taking it back must fit into the time behind an answer too. */
const DELIVERY_MS = 21_000;

/**
 * Sends a message to the Telegram chat of a phone number, if it has one. What fails in passing, of
 * Postgres or Telegram, is tried again; the link of one who blocked the bot rests until they are
 * heard of. Runs behind the answer, so that nobody can tell a linked number from another by the
 * answer or its time.
 *
 * @throws {StoreError} when it could not be delivered
 */
export const deliver = async (
  services: TelegramServices,
  log: Log,
  phone: string,
  hint: PhoneHint,
  message: Text,
  extras?: (language: Language) => Extras,
): Promise<Delivered> => {
  const { telegram } = services;
  const fields = { phone: maskPhone(phone) };
  const until = AbortSignal.timeout(DELIVERY_MS);
  const { chatId, language, sendable } = await tryThrice(() => chatOf(services, log, phone, hint));
  if (!sendable) {
    log.warn('telegram.moved', fields);
    return { outcome: 'moved' };
  }
  if (chatId === undefined) {
    log.info('telegram.not_linked', fields);
    return { outcome: 'not_linked' };
  }
  const started = performance.now();
  const inPlaceOf = hint.inPlaceOf?.chatId === chatId ? hint.inPlaceOf.messageId : undefined;
  const all = { ...extras?.(language), inPlaceOf, until };
  const delivery = await telegram.send(chatId, message[language], all);
  if (delivery.outcome === 'delivered') {
    log.info('telegram.delivered', fields);
    return { ...delivery, chatId };
  }
  log.warn('telegram.blocked', fields);
  await tryThrice(() => restLink(services, log, { phone, chatId, started }));
  return delivery;
};

/**
 * Lets the link to a chat rest that Telegram delivers nothing to. Whoever wrote to the bot since
 * then has come back before anybody could know that they were gone: theirs lives on.
 *
 * @param started when the message was sent, by the monotonic clock
 */
const restLink = async (
  { db, redis, now }: TelegramServices,
  log: Log,
  { phone, chatId, started }: { phone: string; chatId: number; started: number },
): Promise<void> => {
  const rest = async () => {
    await markBlocked(db, { phone, chatId, at: new Date(now()) });
    const withinMs = performance.now() - started;
    const isBack = await wasHeard(redis, { chatId, withinMs });
    if (isBack) await wakeLinks(db, [phone], chatId);
    return findPhone(db, phone);
  };
  await changePhone(redis, { phone, onNotRemembered: logNotRemembered(log) }, rest);
};

/** The chat to send to. Asks Postgres when Redis does not know, and moves the original's link there when it meets one. */
const chatOf = async (
  { db, redis }: TelegramServices,
  log: Log,
  phone: string,
  hint: PhoneHint,
): Promise<Pick<PhoneHint, 'chatId' | 'language'> & { readonly sendable: boolean }> => {
  const { known, chatId, legacyChatId, requestId } = hint;
  const waiting = { phone, requestId };
  if (chatId !== undefined) return { ...hint, sendable: true };
  if (legacyChatId !== undefined) {
    const adopt = () =>
      adoptLink(db, { phone, chatId: legacyChatId, newUserId: crypto.randomUUID() });
    return adoptPhone(redis, { ...waiting, onNotRemembered: logNotRemembered(log) }, adopt);
  }
  if (known) return { ...hint, sendable: true };
  const found = await findPhone(db, phone);
  return rememberReading(redis, waiting, found).catch((reason) => {
    logNotRemembered(log)(reason);
    // Its code has no chat then, and dies with any change of the link.
    return { ...found, sendable: true };
  });
};
