import { autoRetry } from '@grammyjs/auto-retry';
import { Bot } from 'grammy';
import type { UserFromGetMe } from 'grammy/types';
import type { Log } from '../log.ts';
import type { Services } from '../services.ts';
import { commands, contacts, presses } from './conversation.ts';
import { createSpeech } from './speech.ts';

/** How long one answer to a person may take, and what is tried again: what Telegram asks to, if it is soon. */
const TIMEOUT_SECONDS = 8;
const RETRY = { maxRetryAttempts: 1, maxDelaySeconds: 3, rethrowInternalServerErrors: true, rethrowHttpErrors: true };

/** The bot's id: its token begins with it. */
export const botIdOf = (token: string): number => Number.parseInt(token, 10) || 0;

/** Who the bot is. Only its id matters in private chats, so nobody has to be asked (`getMe`). */
const botInfo = (token: string): UserFromGetMe => ({
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

/**
 * The bot, for one update that `readUpdate` has let through (one, because its log lines carry the request's id). What it is asked to do in the stores
 * must succeed, or it throws.
 */
export const createBot = (services: Services, log: Log): Bot => {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_URL: apiRoot } = services.settings;
  const bot = new Bot(token, { botInfo: botInfo(token), client: { apiRoot, timeoutSeconds: TIMEOUT_SECONDS } });
  bot.api.config.use(autoRetry(RETRY));
  const conversation = { services, log, ...createSpeech(log) };
  bot.use(commands(conversation), contacts(conversation), presses(conversation));
  return bot;
};
