import { maskPhone } from '../auth/phone.ts';
import { CODE_TTL_SECONDS } from '../contract/auth.ts';
import { formatWait } from '../http/messages.ts';
import type { Log } from '../log.ts';
import type { Services } from '../services.ts';
import type { KnownPhone } from './store.ts';
import { adoptLink, findPhone, markBlocked, rememberPhone } from './store.ts';

/** What Redis told about a phone when its code was stored. */
export interface PhoneHint {
  /** Whether `chatId` is what Postgres says; if not, it has to be asked. */
  readonly known: boolean;
  readonly chatId: number | undefined;
  /** The chat that the original server linked, if its link was never moved. */
  readonly legacyChatId: number | undefined;
}

/** The message with the code, to the letter of contract.md. */
export const codeMessage = (code: string): string =>
  `Ваш код для входа в AIST: ${code}\n\nКод действителен ${CODE_TTL_SECONDS / 60} минут. Никому не сообщайте код.`;

/** The message in place of a code, when the number's budget of wrong codes is spent. */
export const noCodeMessage = (waitSeconds: number): string =>
  `Для вашего номера слишком часто вводили неверный код, поэтому мы пока не присылаем новых. Запросите код через ${formatWait(waitSeconds, 'ru')}\n\nЕсли код вводили не вы, ничего делать не нужно: без кода войти нельзя.`;

/**
 * Sends a text to the Telegram chat of a phone number, if it has one. Runs behind the answer, so that nobody can tell a linked number from
 * another by the answer or its time. What goes wrong is logged.
 */
export const deliver = async (
  services: Services,
  log: Log,
  phone: string,
  hint: PhoneHint,
  text: string,
): Promise<void> => {
  const fields = { phone: maskPhone(phone) };
  const chatId = await chatOf(services, log, phone, hint);
  if (chatId === undefined) return log.info('telegram.not_linked', fields);
  if ((await services.telegram.send(chatId, text)) === 'delivered') return log.info('telegram.delivered', fields);
  log.warn('telegram.blocked', fields);
  await markBlocked(services.db, phone, chatId, new Date(services.now()));
  const known = await findPhone(services.db, phone);
  await rememberPhone(services.redis, phone, known, 'written');
};

/** The chat to send to. Asks Postgres when Redis does not know, and moves the original's link there when it meets one. */
const chatOf = async ({ db, redis }: Services, log: Log, phone: string, hint: PhoneHint) => {
  if (hint.chatId !== undefined) return hint.chatId;
  if (hint.known && hint.legacyChatId === undefined) return undefined;
  let known: KnownPhone;
  try {
    known =
      hint.legacyChatId === undefined
        ? await findPhone(db, phone)
        : await adoptLink(db, phone, hint.legacyChatId, crypto.randomUUID());
    await rememberPhone(redis, phone, known, hint.legacyChatId === undefined ? 'read' : 'written');
    return known.chatId;
  } catch (error) {
    // The original's link serves as long as it could not be moved.
    if (hint.legacyChatId === undefined) throw error;
    log.error('telegram.link_not_moved', { reason: error instanceof Error ? error.message : typeof error });
    return hint.legacyChatId;
  }
};
