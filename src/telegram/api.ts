import { autoRetry } from '@grammyjs/auto-retry';
import { Api, GrammyError } from 'grammy';
import type { InlineKeyboardButton } from 'grammy/types';
import { StoreError } from '../platform/errors.ts';

/** What became of a message. `blocked`: the person stopped the bot or is gone; no retry helps. */
export type Delivery =
  | { readonly outcome: 'delivered'; readonly messageId: number }
  | { readonly outcome: 'blocked' };

/** Telegram understood the message and refuses it: trying again does not help. */
export class TelegramRefusal extends StoreError {}

/** What a message has beside its text. */
export interface Extras {
  /** Rows of buttons under the text. */
  readonly buttons?: InlineKeyboardButton[][];
  /** The last part of the text, if somebody else chose it: Telegram makes no link of it [A47]. */
  readonly quoted?: string;
  /**
   * The id of a message to edit in place of sending one [A19]. Where editing fails, a new message
   * is sent without a sound, since an edit makes none.
   */
  readonly inPlaceOf?: number | undefined;
  /** Gives the message up, if that is sooner than usual. */
  readonly until?: AbortSignal;
}

/** The part of the Bot API that this project sends messages with. */
export interface Telegram {
  /**
   * Sends a text to a private chat. "Too many requests" is tried again after the time that Telegram
   * asks for; errors of Telegram's servers and broken connections are tried again after a pause
   * that doubles.
   *
   * @throws {TelegramRefusal} when Telegram refuses the message, and not because of the person
   * @throws {StoreError} when Telegram could not be reached in time
   */
  send(chatId: number, text: string, extras?: Extras): Promise<Delivery>;
}

/** How long one attempt may take. */
const TIMEOUT_SECONDS = 8;

/** How long all attempts may take: Workers end work behind an answer after 30 s (waitUntil). */
const TOTAL_TIMEOUT_MS = 25_000;

/** Errors that Telegram answers are tried again three times; broken connections while time is. */
const RETRY = { maxRetryAttempts: 3, maxDelaySeconds: 20 };

/** Sets the end of a text as code, in which Telegram makes no links of addresses and numbers. */
const quoteEnd = (text: string, quoted: string) => {
  const { length } = quoted;
  const entity = { type: 'code' as const, offset: text.length - length, length };
  return text.endsWith(quoted) ? [entity] : [];
};

/** Whether editing failed because the message has this text already. */
const isUnchanged = (error: unknown) =>
  error instanceof GrammyError && error.description.includes('message is not modified');

/** Edits a message, or sends a new one, and returns the id of whichever it is. */
const editOrSend = async (
  api: Api,
  { chatId, text, inPlaceOf }: { chatId: number; text: string; inPlaceOf: number | undefined },
  options: Parameters<Api['sendMessage']>[2],
): Promise<number> => {
  if (inPlaceOf === undefined) return (await api.sendMessage(chatId, text, options)).message_id;
  try {
    await api.editMessageText(chatId, inPlaceOf, text);
    return inPlaceOf;
  } catch (error) {
    if (isUnchanged(error)) return inPlaceOf;
    if (error instanceof GrammyError && error.error_code === 403) throw error;
    const silent = { ...options, disable_notification: true };
    return (await api.sendMessage(chatId, text, silent)).message_id;
  }
};

/**
 * Creates the sender of the bot's messages.
 *
 * @param apiRoot the address of the Bot API, without a slash at its end
 * @param totalTimeoutMs how long a message may take with all its retries
 */
export const createTelegram = (
  token: string,
  apiRoot: string,
  totalTimeoutMs = TOTAL_TIMEOUT_MS,
): Telegram => {
  // Each message has an Api of its own, so that no retry is sent after the message was given up.
  const createApi = (stop: AbortSignal): Api => {
    const api = new Api(token, { apiRoot, timeoutSeconds: TIMEOUT_SECONDS });
    api.config.use((call, ...request) => {
      if (stop.aborted) throw new Error('Time is up');
      return call(...request);
    });
    api.config.use(autoRetry(RETRY));
    return api;
  };
  return {
    send: async (chatId, text, { buttons, quoted, inPlaceOf, until } = {}) => {
      // Gives up before the platform ends the work, which would leave no line in the log.
      const timeUp = AbortSignal.timeout(totalTimeoutMs);
      const stop = until ? AbortSignal.any([timeUp, until]) : timeUp;
      const stopped = Promise.withResolvers<never>();
      const giveUp = () => stopped.reject(new Error('Time is up'));
      stop.addEventListener('abort', giveUp);
      try {
        const options = {
          ...(buttons && { reply_markup: { inline_keyboard: buttons } }),
          ...(quoted && { entities: quoteEnd(text, quoted) }),
        };
        const sending = editOrSend(createApi(stop), { chatId, text, inPlaceOf }, options);
        const messageId = await Promise.race([sending, stopped.promise]);
        return { outcome: 'delivered', messageId };
      } catch (error) {
        if (!(error instanceof GrammyError) || error.error_code >= 500) {
          throw new StoreError('telegram', 'sendMessage', error);
        }
        if (error.error_code === 403) return { outcome: 'blocked' };
        throw new TelegramRefusal('telegram', 'sendMessage', error);
      } finally {
        stop.removeEventListener('abort', giveUp);
      }
    },
  };
};
