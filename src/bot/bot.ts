import { autoRetry } from '@grammyjs/auto-retry';
import { Bot } from 'grammy';
import type { Around } from '../platform/retry.ts';
import type { Services } from '../session/services.ts';
import type { ChatLink } from '../telegram/store.ts';
import { botInfo } from './about.ts';
import { commands, contacts, presses } from './conversation.ts';
import { createSpeech } from './speech.ts';

/** How long one answer to a person may take, and what is tried again: what Telegram asks to, if it is soon. */
const TIMEOUT_SECONDS = 8;
const RETRY = {
  maxRetryAttempts: 1,
  maxDelaySeconds: 3,
  rethrowInternalServerErrors: true,
  rethrowHttpErrors: true,
};

/**
 * The bot, for one update that `readUpdate` has let through (one, because its log lines carry the request's id). What it is asked to do in the stores
 * must succeed, or it throws.
 */
export const createBot = (services: Services, around: Around, links: readonly ChatLink[]): Bot => {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_URL: apiRoot } = services.settings;
  const bot = new Bot(token, {
    botInfo: botInfo(token),
    client: { apiRoot, timeoutSeconds: TIMEOUT_SECONDS },
  });
  bot.api.config.use(autoRetry(RETRY));
  const conversation = { services, links, ...around, ...createSpeech(around.log) };
  bot.use(commands(conversation), contacts(conversation), presses(conversation));
  return bot;
};
