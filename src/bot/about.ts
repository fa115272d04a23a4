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

/** What an empty chat shows. */
export const DESCRIPTION: Text = {
  ru: 'Коды для входа в AIST. Нажмите «Запустить» и поделитесь номером.',
  en: 'Sign-in codes for AIST. Press “Start” and share your number.',
};

/** What the bot's profile shows. */
export const SHORT_DESCRIPTION: Text = {
  ru: 'Коды для входа в AIST',
  en: 'Sign-in codes for AIST',
};

/** The kinds of update that the bot wants. */
export const UPDATES = ['message', 'callback_query', 'my_chat_member'] as const;

/** The bot's id: its token begins with it. */
export const botIdOf = (token: string): number => Number.parseInt(token, 10) || 0;

/** Who the bot is. Only its id matters in private chats, so nobody has to be asked (`getMe`). */
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
