import type { Context } from 'grammy';
import { GrammyError, InlineKeyboard, Keyboard } from 'grammy';
import type { User } from 'grammy/types';
import type { Text } from '../contract/errors.ts';
import type { Log } from '../platform/log.ts';
import { reasonOf } from '../platform/log.ts';
import { languageOf, SHARE } from '../telegram/texts.ts';

/** A message or a press in a person's chat with the bot. */
export type Chat = Context & { readonly from: User };

/** Buttons under a message, or below the input field until they are taken away. */
export type Buttons = InlineKeyboard | Keyboard | { readonly remove_keyboard: true };

/** Takes away the buttons below the input field. */
export const NO_BUTTONS = { remove_keyboard: true } as const;

/** Picks the text in the language of the person's app. */
export const translate = (chat: Chat, text: Text): string =>
  text[languageOf(chat.from.language_code)];

/** Creates the button below the input field that shares the person's own contact. */
export const createShareButton = (chat: Chat): Keyboard =>
  new Keyboard().requestContact(translate(chat, SHARE)).resized();

/** Creates a button under a message. */
export const createButton = (chat: Chat, text: Text, data: string): InlineKeyboard =>
  new InlineKeyboard().text(translate(chat, text), data);

/** The answer to a press: a notice that shows for a moment, a new text of the message, or both. */
export interface PressAnswer {
  readonly notice?: Text;
  readonly message?: Text;
}

/**
 * Speaks to a person in their language. What the bot did stands even if Telegram does not deliver
 * its words, so a failure is only logged.
 */
export interface Speech {
  say(chat: Chat, text: Text, buttons?: Buttons): Promise<void>;
  /**
   * Answers a press of a button. When the message cannot be edited, its text becomes the notice;
   * when the notice is not taken either, the text becomes a new message [A46].
   */
  answer(chat: Chat, press: PressAnswer): Promise<void>;
}

/** The longest notice that Telegram shows (Bot API, answerCallbackQuery). */
const MAX_NOTICE = 200;

/** What Telegram answers when the message has this very text already. */
const UNCHANGED = /message is not modified/;

/** Creates speech whose failures go to a log. */
export const createSpeech = (log: Log): Speech => {
  const succeeds = async (answering: () => Promise<unknown>): Promise<boolean> => {
    try {
      await answering();
      return true;
    } catch (error) {
      if (error instanceof GrammyError && UNCHANGED.test(error.description)) return true;
      log.warn('bot.not_answered', { reason: reasonOf(error) });
      return false;
    }
  };
  /** Shows a notice; a long one in a window that the person closes, so that it can be read. */
  const show = (chat: Chat, notice: string, isLong: boolean) =>
    succeeds(() => chat.answerCallbackQuery({ text: notice, show_alert: isLong }));
  return {
    say: async (chat, text, buttons) => {
      await succeeds(() => chat.reply(translate(chat, text), buttons && { reply_markup: buttons }));
    },
    answer: async (chat, press) => {
      const notice = press.notice && translate(chat, press.notice);
      if (!press.message) {
        await show(chat, notice ?? '', false);
        return;
      }
      const text = translate(chat, press.message);
      const edited = await succeeds(() => chat.editMessageText(text));
      if (edited) {
        await succeeds(() => chat.answerCallbackQuery(notice));
        return;
      }
      const fallback = notice ?? text;
      const isShown = fallback.length <= MAX_NOTICE && (await show(chat, fallback, true));
      if (!isShown) await succeeds(() => chat.reply(fallback));
    },
  };
};
