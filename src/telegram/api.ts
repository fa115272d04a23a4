import { autoRetry } from '@grammyjs/auto-retry';
import { Api, GrammyError } from 'grammy';
import type { InlineKeyboardButton } from 'grammy/types';
import { StoreError } from '../errors.ts';

/** What became of a message: `blocked` when the person stopped the bot or is gone, which no retry mends. */
export type Delivery = 'delivered' | 'blocked';

/** The bot, as much of it as this project uses. */
export interface Telegram {
  /**
   * Sends a text to a private chat. "Too many requests" is retried after the time Telegram asks for, errors of Telegram's own a moment later.
   *
   * @param buttons rows of buttons under the text
   * @throws {StoreError} when it could not be delivered for any other reason than the person's will
   */
  send(chatId: number, text: string, buttons?: InlineKeyboardButton[][]): Promise<Delivery>;
}

/** How long one attempt may take, and all of them: work behind an answer is ended by the platform after 30 s (Workers, waitUntil). */
const TIMEOUT_SECONDS = 8;
const TOTAL_TIMEOUT_MS = 25_000;

/**
 * The bot behind a token.
 *
 * @param apiRoot the address of the Bot API, without a slash at its end
 * @param totalTimeoutMs how long a message may take with all its retries
 */
export const createTelegram = (token: string, apiRoot: string, totalTimeoutMs = TOTAL_TIMEOUT_MS): Telegram => {
  const api = new Api(token, { apiRoot, timeoutSeconds: TIMEOUT_SECONDS });
  api.config.use(autoRetry({ maxRetryAttempts: 3, maxDelaySeconds: 20, rethrowHttpErrors: true }));
  return {
    send: async (chatId, text, buttons) => {
      // Given up before the platform ends the work, which nobody would hear of.
      const timeUp = Promise.withResolvers<never>();
      const timer = setTimeout(() => timeUp.reject(new Error('Time is up')), totalTimeoutMs);
      try {
        await Promise.race([
          api.sendMessage(chatId, text, buttons && { reply_markup: { inline_keyboard: buttons } }),
          timeUp.promise,
        ]);
        return 'delivered';
      } catch (error) {
        if (error instanceof GrammyError && error.error_code === 403) return 'blocked';
        throw new StoreError('telegram', 'sendMessage', error);
      } finally {
        clearTimeout(timer);
      }
    },
  };
};
