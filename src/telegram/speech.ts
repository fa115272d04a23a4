import type { Context } from 'grammy';
import { InlineKeyboard, Keyboard } from 'grammy';
import type { User } from 'grammy/types';
import type { Text } from '../contract/errors.ts';
import type { Log } from '../log.ts';
import { reasonOf } from '../log.ts';
import { languageOf, SHARE } from './texts.ts';

/** A message or a press in a person's chat with the bot. */
export type Chat = Context & { readonly from: User };

/** A text with something to press: under the message, or below the input field until it is taken away. */
export type Buttons = InlineKeyboard | Keyboard | { readonly remove_keyboard: true };

/** Takes the buttons below the input field away. */
export const NO_BUTTONS = { remove_keyboard: true } as const;

/** The text in the language of the person's app. */
export const inTheirs = (chat: Chat, text: Text): string => text[languageOf(chat.from.language_code)];

/** The button below the input field that shares one's own contact. */
export const shareButton = (chat: Chat): Keyboard => new Keyboard().requestContact(inTheirs(chat, SHARE)).resized();

/** A button under a message. */
export const button = (chat: Chat, text: Text, data: string): InlineKeyboard =>
  new InlineKeyboard().text(inTheirs(chat, text), data);

/** What the bot says to a person, in their language. Whether they hear of it is Telegram's affair: a failure is logged, and no reason to do it all again. */
export interface Speech {
  say(chat: Chat, text: Text, buttons?: Buttons): Promise<void>;
  /** Ends a press: with a word that is shown for a moment, or, when there is a text in its place, by changing the message. */
  answer(chat: Chat, press: { readonly notice: Text } | { readonly message: Text }): Promise<void>;
}

/** Speech whose failures go to a log. */
export const createSpeech = (log: Log): Speech => {
  const tried = async (answering: Promise<unknown>): Promise<void> => {
    await answering.catch((error) => log.warn('bot.not_answered', { reason: reasonOf(error) }));
  };
  return {
    say: (chat, text, buttons) => tried(chat.reply(inTheirs(chat, text), buttons && { reply_markup: buttons })),
    answer: async (chat, press) => {
      if ('notice' in press) return tried(chat.answerCallbackQuery(inTheirs(chat, press.notice)));
      const edited = chat.editMessageText(inTheirs(chat, press.message));
      await Promise.all([tried(chat.answerCallbackQuery()), tried(edited)]);
    },
  };
};
