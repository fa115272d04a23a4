import type { InlineKeyboardButton } from 'grammy/types';
import type { Language, Text } from '../contract/errors.ts';
import type { Log } from '../log.ts';
import { reasonOf } from '../log.ts';
import { maskPhone } from '../phone.ts';
import type { Services } from '../services.ts';
import { adoptLink, changePhone, findPhone, markBlocked, rememberReading } from './store.ts';

/** What Redis told of a phone when its code was stored. */
export interface PhoneHint {
  /** Whether `chatId` is what Postgres says; if not, it has to be asked. */
  readonly known: boolean;
  readonly chatId: number | undefined;
  /** The language of the person there. */
  readonly language: Language;
  /** The chat that the original linked, if its link was never moved. */
  readonly legacyChatId: number | undefined;
}

/** What is told when Redis could not be told what Postgres knows. */
export const forgotten = (log: Log) => (error: unknown) =>
  log.warn('phone.not_remembered', { reason: reasonOf(error) });

/**
 * Sends a message to the Telegram chat of a phone number, if it has one; the link of one who blocked the bot is given up. Runs behind the answer, so that nobody can tell a linked number from
 * another by the answer or its time.
 */
export const deliver = async (
  services: Services,
  log: Log,
  phone: string,
  hint: PhoneHint,
  message: Text,
  buttons?: (language: Language) => InlineKeyboardButton[][],
): Promise<void> => {
  const { db, redis, telegram, now } = services;
  const fields = { phone: maskPhone(phone) };
  const { chatId, language } = await chatOf(services, log, phone, hint);
  if (chatId === undefined) return log.info('telegram.not_linked', fields);
  const delivery = await telegram.send(chatId, message[language], buttons?.(language));
  if (delivery === 'delivered') return log.info('telegram.delivered', fields);
  log.warn('telegram.blocked', fields);
  const giveUp = async () => {
    await markBlocked(db, phone, chatId, new Date(now()));
    return findPhone(db, phone);
  };
  await changePhone(redis, phone, giveUp, forgotten(log));
};

/** The chat to send to. Asks Postgres when Redis does not know, and moves the original's link there when it meets one. */
const chatOf = async (
  { db, redis }: Services,
  log: Log,
  phone: string,
  hint: PhoneHint,
): Promise<Pick<PhoneHint, 'chatId' | 'language'>> => {
  const { known, chatId, legacyChatId } = hint;
  if (chatId !== undefined) return hint;
  if (legacyChatId !== undefined) {
    const adopt = () => adoptLink(db, phone, legacyChatId, crypto.randomUUID());
    return changePhone(redis, phone, adopt, forgotten(log));
  }
  if (known) return hint;
  const found = await findPhone(db, phone);
  await rememberReading(redis, phone, found).catch(forgotten(log));
  return found;
};
