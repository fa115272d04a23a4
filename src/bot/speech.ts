import type { Context } from 'grammy';
import { GrammyError, InlineKeyboard, Keyboard } from 'grammy';
import type { User } from 'grammy/types';
import type { Text } from '../contract/errors.ts';
import type { Log } from '../platform/log.ts';
import { reasonOf } from '../platform/log.ts';
import { languageOf, SHARE } from '../telegram/texts.ts';

/** A message or a press in a person's chat with the bot. */
export type Chat = Context & { readonly from: User };

/** A text with something to press: under the message, or below the input field until it is taken away. */
export type Buttons = InlineKeyboard | Keyboard | { readonly remove_keyboard: true };

/** Takes the buttons below the input field away. */
export const NO_BUTTONS = { remove_keyboard: true } as const;

/** The text in the language of the person's app. */
export const inTheirs = (chat: Chat, text: Text): string =>
  text[languageOf(chat.from.language_code)];

/** The button below the input field that shares one's own contact. */
export const shareButton = (chat: Chat): Keyboard =>
  new Keyboard().requestContact(inTheirs(chat, SHARE)).resized();

/** A button under a message. */
export const button = (chat: Chat, text: Text, data: string): InlineKeyboard =>
  new InlineKeyboard().text(inTheirs(chat, text), data);

/** How a press ends: a word that is shown for a moment, a text in place of the message, or both. */
export interface PressEnd {
  readonly notice?: Text;
  readonly message?: Text;
}

/** What the bot says to a person, in their language. Whether they hear of it is Telegram's affair: a failure is logged, and no reason to do it all again. */
export interface Speech {
  say(chat: Chat, text: Text, buttons?: Buttons): Promise<void>;
  /**
   * Ends a press. When the message cannot be changed, its text is the word that is shown; when that
   * is not taken either, it is a new message.
   */
  answer(chat: Chat, press: PressEnd): Promise<void>;
}

/** The longest word that Telegram shows for a moment (Bot API, answerCallbackQuery). */
const MAX_NOTICE = 200;

/** What Telegram says when the message has this very text already. */
const UNCHANGED = /message is not modified/;

/** Speech whose failures go to a log. */
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
  /** Shows a word; a long one in a window that has to be closed, or nobody could read it. */
  const show = (chat: Chat, word: string, isLong: boolean) =>
    succeeds(() => chat.answerCallbackQuery({ text: word, show_alert: isLong }));
  return {
    say: async (chat, text, buttons) => {
      await succeeds(() => chat.reply(inTheirs(chat, text), buttons && { reply_markup: buttons }));
    },
    answer: async (chat, press) => {
      const notice = press.notice && inTheirs(chat, press.notice);
      if (!press.message) {
        await show(chat, notice ?? '', false);
        return;
      }
      const text = inTheirs(chat, press.message);
      const edited = await succeeds(() => chat.editMessageText(text));
      if (edited) {
        await succeeds(() => chat.answerCallbackQuery(notice));
        return;
      }
      const word = notice ?? text;
      const shown = word.length <= MAX_NOTICE && (await show(chat, word, true));
      if (!shown) await succeeds(() => chat.reply(word));
    },
  };
};
