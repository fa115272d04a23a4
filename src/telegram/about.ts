import type { Text } from '../contract/errors.ts';

/** What is registered with Telegram about the bot (`npm run telegram:setup`). */

/** The commands, as Telegram lists them. */
export const COMMANDS: readonly { readonly command: string; readonly description: Text }[] = [
  { command: 'start', description: { ru: 'Привязать номер', en: 'Link your number' } },
  { command: 'phone', description: { ru: 'Номер изменился', en: 'Your number has changed' } },
  { command: 'unlink', description: { ru: 'Отвязать номер', en: 'Unlink your number' } },
  { command: 'help', description: { ru: 'Что умеет бот', en: 'What the bot can do' } },
];

/** What an empty chat shows. */
export const DESCRIPTION: Text = {
  ru: 'Коды для входа в AIST. Нажмите «Запустить» и поделитесь номером.',
  en: 'Sign-in codes for AIST. Press “Start” and share your number.',
};

/** What the bot's profile shows. */
export const SHORT_DESCRIPTION: Text = { ru: 'Коды для входа в AIST', en: 'Sign-in codes for AIST' };

/** The kinds of update that the bot wants. */
export const UPDATES = ['message', 'callback_query'] as const;
