import type { UserFromGetMe } from 'grammy/types';
import type { Text } from '../contract/errors.ts';

/** The commands, as Telegram lists them. */
export const COMMANDS: readonly { readonly command: string; readonly description: Text }[] = [
  { command: 'start', description: { ru: 'Привязать номер', en: 'Link your number' } },
  { command: 'phone', description: { ru: 'Номер изменился', en: 'Your number has changed' } },
  { command: 'calls', description: { ru: 'Пропущенные звонки', en: 'Missed calls' } },
  { command: 'unlink', description: { ru: 'Отвязать номер', en: 'Unlink your number' } },
  { command: 'help', description: { ru: 'Что умеет бот', en: 'What the bot can do' } },
];

/** The text that an empty chat shows. */
export const DESCRIPTION: Text = {
  ru: 'Коды для входа в AIST. Нажмите «Запустить» и поделитесь номером.',
  en: 'Sign-in codes for AIST. Press “Start” and share your number.',
};

/** The text that the bot's profile shows. */
export const SHORT_DESCRIPTION: Text = {
  ru: 'Коды для входа в AIST',
  en: 'Sign-in codes for AIST',
};

/** The kinds of update that the bot wants. */
export const UPDATES = ['message', 'callback_query', 'my_chat_member'] as const;

/** Reads the bot's id, which its token begins with. */
export const botIdOf = (token: string): number => Number.parseInt(token, 10) || 0;

/** Makes the bot's description of itself. Private chats need only its id, so `getMe` is spared. */
export const botInfo = (token: string): UserFromGetMe => ({
  id: botIdOf(token),
  is_bot: true,
  first_name: 'AIST',
  username: '',
  can_join_groups: false,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_join_request_queries: false,
});
