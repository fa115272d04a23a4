import { autoRetry } from '@grammyjs/auto-retry';
import { Api, GrammyError } from 'grammy';
import type { InlineKeyboardButton } from 'grammy/types';
import { StoreError } from '../platform/errors.ts';

/**
 * What became of a message: `blocked` when the person stopped the bot or is gone, which no retry
 * mends.
 */
export type Delivery =
  | { readonly outcome: 'delivered'; readonly messageId: number }
  | { readonly outcome: 'blocked' };

/** A message that Telegram understood and will not take: nothing about it is a passing failure. */
export class TelegramRefusal extends StoreError {}

/** What a message has beside its text. */
export interface Extras {
  /** Rows of buttons under the text. */
  readonly buttons?: InlineKeyboardButton[][];
  /** The last part of the text, when somebody else chose it: Telegram makes no link of it. */
  readonly quoted?: string;
  /**
   * A message of ours to be changed, which disturbs nobody. A new one is sent only where that
   * fails, without a sound: it stands in for something silent.
   */
  readonly inPlaceOf?: number | undefined;
  /** When the message is given up, if that is sooner than usual. */
  readonly until?: AbortSignal;
}

/** The bot, as much of it as this project uses. */
export interface Telegram {
  /**
   * Sends a text to a private chat. "Too many requests" is tried again after the time that Telegram
   * asks for; errors of Telegram's own and broken connections after a pause that doubles.
   *
   * @throws {TelegramRefusal} when Telegram refuses it, but for the person's own will
   * @throws {StoreError} when Telegram could not be reached in time
   */
  send(chatId: number, text: string, extras?: Extras): Promise<Delivery>;
}

/**
 * How long one attempt may take, and all of them: work behind an answer is ended by the platform
 * after 30 s (Workers, waitUntil).
 */
const TIMEOUT_SECONDS = 8;
const TOTAL_TIMEOUT_MS = 25_000;

/** Tried again are broken connections as often as time allows, and what Telegram answers thrice. */
const RETRY = { maxRetryAttempts: 3, maxDelaySeconds: 20 };

/** Telegram looks for links, numbers and names in a text, but not within what is set as code. */
const entitiesOf = (text: string, quoted: string) => {
  const { length } = quoted;
  const entity = { type: 'code' as const, offset: text.length - length, length };
  return text.endsWith(quoted) ? [entity] : [];
};

/** Whether the message says already what it was to be changed to. */
const isUnchanged = (error: unknown) =>
  error instanceof GrammyError && error.description.includes('message is not modified');

/** A message, or a former one in its place; the id of whichever it is. */
const put = async (
  api: Api,
  { chatId, text, inPlaceOf }: { chatId: number; text: string; inPlaceOf: number | undefined },
  other: Parameters<Api['sendMessage']>[2],
): Promise<number> => {
  if (inPlaceOf === undefined) return (await api.sendMessage(chatId, text, other)).message_id;
  try {
    await api.editMessageText(chatId, inPlaceOf, text);
    return inPlaceOf;
  } catch (error) {
    if (isUnchanged(error)) return inPlaceOf;
    if (error instanceof GrammyError && error.error_code === 403) throw error;
    const silent = { ...other, disable_notification: true };
    return (await api.sendMessage(chatId, text, silent)).message_id;
  }
};

/**
 * The bot behind a token.
 *
 * @param apiRoot the address of the Bot API, without a slash at its end
 * @param totalTimeoutMs how long a message may take with all its retries
 */
export const createTelegram = (
  token: string,
  apiRoot: string,
  totalTimeoutMs = TOTAL_TIMEOUT_MS,
): Telegram => {
  // One for each message: what is tried again after it was given up must not be sent any more.
  const createApi = (stop: AbortSignal): Api => {
    const api = new Api(token, { apiRoot, timeoutSeconds: TIMEOUT_SECONDS });
    api.config.use((call, method, payload, signal) => {
      if (stop.aborted) throw new Error('Time is up');
      return call(method, payload, signal);
    });
    api.config.use(autoRetry(RETRY));
    return api;
  };
  return {
    send: async (chatId, text, { buttons, quoted, inPlaceOf, until } = {}) => {
      // Given up before the platform ends the work, which nobody would hear of.
      const timeUp = AbortSignal.timeout(totalTimeoutMs);
      const stop = until ? AbortSignal.any([timeUp, until]) : timeUp;
      const stopped = Promise.withResolvers<never>();
      const giveUp = () => stopped.reject(new Error('Time is up'));
      stop.addEventListener('abort', giveUp);
      try {
        const other = {
          ...(buttons && { reply_markup: { inline_keyboard: buttons } }),
          ...(quoted && { entities: entitiesOf(text, quoted) }),
        };
        const sending = put(createApi(stop), { chatId, text, inPlaceOf }, other);
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
