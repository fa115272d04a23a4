import { autoRetry } from '@grammyjs/auto-retry';
import { Bot } from 'grammy';
import type { RequestContext } from '../platform/http/request-context.ts';
import type { Services } from '../session/services.ts';
import type { ChatLink } from '../telegram/records.ts';
import { botInfo } from './about.ts';
import { buttonPresses, commands, contacts } from './conversation.ts';
import { createSpeech } from './speech.ts';

/** How long one answer to a person may take. */
const TIMEOUT_SECONDS = 8;

/** Only what Telegram asks to try again is tried again, if that is soon. */
const RETRY = {
  maxRetryAttempts: 1,
  maxDelaySeconds: 3,
  rethrowInternalServerErrors: true,
  rethrowHttpErrors: true,
};

/**
 * Creates the bot for one update that `readUpdate` has let through; only one, because its log lines
 * carry the request's id. The bot throws when what it is asked to do in the stores fails.
 *
 * @param links the links of the chat that the update comes from
 */
export const createBot = (
  ctx: RequestContext,
  services: Services,
  links: readonly ChatLink[],
): Bot => {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_URL: apiRoot } = services.settings;
  const bot = new Bot(token, {
    botInfo: botInfo(token),
    client: { apiRoot, timeoutSeconds: TIMEOUT_SECONDS },
  });
  bot.api.config.use(autoRetry(RETRY));
  const conversation = { ctx, services, links, ...createSpeech(ctx.log) };
  bot.use(commands(conversation), contacts(conversation), buttonPresses(conversation));
  return bot;
};
