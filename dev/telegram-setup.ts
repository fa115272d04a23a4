import { WEBHOOK_SECRET } from '../src/platform/settings.ts';
import { setUpBot } from './bot-setup.ts';
import { table } from './report.ts';

/**
 * `npm run telegram:setup -- https://api.example`: tells Telegram where the Worker is, and what the
 * bot can do. The address is the argument or API_URL; TELEGRAM_BOT_TOKEN and
 * TELEGRAM_WEBHOOK_SECRET are those of the Worker.
 */

const { env } = process;
const USAGE =
  'TELEGRAM_BOT_TOKEN=… TELEGRAM_WEBHOOK_SECRET=… npm run telegram:setup -- https://api.example';

const requireValue = (name: string, value: string | undefined, meaning: string): string => {
  if (value) return value;
  throw new Error(`${name} is not set: ${meaning}.\n${USAGE}`);
};

try {
  const secret = requireValue(
    'TELEGRAM_WEBHOOK_SECRET',
    env.TELEGRAM_WEBHOOK_SECRET,
    'the Worker takes updates with it alone',
  );
  if (!WEBHOOK_SECRET.test(secret)) {
    throw new Error(
      'TELEGRAM_WEBHOOK_SECRET must be 16 to 256 of A-Z, a-z, 0-9, _ and -. ' +
        '`openssl rand -hex 32` makes one.',
    );
  }
  const done = await setUpBot({
    secret,
    token: requireValue('TELEGRAM_BOT_TOKEN', env.TELEGRAM_BOT_TOKEN, '@BotFather gives it').trim(),
    apiUrl: requireValue(
      'The address of the API',
      process.argv[2] || env.API_URL,
      'an argument, or API_URL',
    ),
    apiRoot: (env.TELEGRAM_API_URL || 'https://api.telegram.org').replace(/\/+$/, ''),
  });
  console.log(table(done));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
