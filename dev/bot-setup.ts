import { Api, GrammyError, HttpError } from 'grammy';
import { COMMANDS, DESCRIPTION, SHORT_DESCRIPTION, UPDATES } from '../src/bot/about.ts';
import type { Language } from '../src/contract/errors.ts';
import { webhook } from '../src/contract/http/telegram.ts';
import { isLoopbackHost } from './loopback.ts';

/** The settings to register the bot with. */
export interface BotSetup {
  /** TELEGRAM_BOT_TOKEN. */
  readonly token: string;
  /** TELEGRAM_WEBHOOK_SECRET, which the Worker has to have too. */
  readonly secret: string;
  /** TELEGRAM_API_URL: Telegram's Bot API, or a stand-in. */
  readonly apiRoot: string;
  /** The address of the Worker. */
  readonly apiUrl: string;
}

/** How many updates Telegram may deliver at once: few, to spare the stores in a busy hour. */
const MAX_CONNECTIONS = 10;

/** The languages of the texts. The first has no code: Telegram shows it in all other languages. */
const LISTS: readonly { readonly language: Language; readonly code?: 'en' }[] = [
  { language: 'ru' },
  { language: 'en', code: 'en' },
];

/**
 * Makes the webhook's address. Telegram takes HTTPS alone; a stand-in on this machine takes all.
 */
const webhookUrl = ({ apiUrl, apiRoot }: BotSetup): string => {
  const url = URL.parse(apiUrl);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Error(`${apiUrl} is no http:// or https:// address.`);
  const local = isLoopbackHost(URL.parse(apiRoot)?.host);
  if (url.protocol !== 'https:' && !local) {
    throw new Error(`Telegram calls https:// addresses alone, and ${url.origin} is none.`);
  }
  return new URL(webhook.path, url).href;
};

/** Says what Telegram refused. The errors of grammY's network layer say nothing of use. */
const explain = (error: unknown, { apiRoot }: BotSetup): string => {
  if (error instanceof HttpError) return `${apiRoot} cannot be reached.`;
  if (!(error instanceof GrammyError))
    return error instanceof Error ? error.message : String(error);
  if (error.error_code === 401 || error.error_code === 404)
    return `${apiRoot} does not know TELEGRAM_BOT_TOKEN.`;
  return `${apiRoot} answered ${error.method} with: ${error.description}`;
};

/**
 * Registers the bot: its webhook with the secret, its commands and its descriptions, in Russian and
 * English. Can be run again at any time.
 *
 * @returns rows that tell people what was done: a name and a text each
 * @throws {Error} saying what is wrong, without the token or the secret
 */
export const setUpBot = async (
  setup: BotSetup,
): Promise<readonly (readonly [name: string, text: string])[]> => {
  const url = webhookUrl(setup);
  const api = new Api(setup.token, { apiRoot: setup.apiRoot, timeoutSeconds: 10 });
  try {
    const me = await api.getMe();
    await api.setWebhook(url, {
      secret_token: setup.secret,
      allowed_updates: UPDATES,
      max_connections: MAX_CONNECTIONS,
    });
    for (const { language, code } of LISTS) {
      const other = code && { language_code: code };
      await api.setMyCommands(
        COMMANDS.map(({ command, description }) => ({
          command,
          description: description[language],
        })),
        other,
      );
      await api.setMyDescription(DESCRIPTION[language], other);
      await api.setMyShortDescription(SHORT_DESCRIPTION[language], other);
    }
    const languages = LISTS.map(({ language }) => language).join(', ');
    return [
      ['Bot', `@${me.username} at ${setup.apiRoot}`],
      ['Webhook', `${url}, with the secret, for ${UPDATES.join(', ')}`],
      ['Commands', `${COMMANDS.map(({ command }) => `/${command}`).join(' ')} (${languages})`],
      ['Descriptions', `of the bot and of its empty chat (${languages})`],
    ];
  } catch (error) {
    throw new Error(explain(error, setup), { cause: error });
  }
};
