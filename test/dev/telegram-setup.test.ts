import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { setUp, TOKEN } from './telegram/harness.ts';

const SECRET = 'the-secret-of-the-webhook';
const ADDRESS = 'https://api.example';

/** Runs the script as `npm run telegram:setup` does, with nothing else in its environment. */
const run = (
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, '..', '..', 'dev', 'telegram-setup.ts');
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, output: stdout + stderr }),
    );
  });

test('telegram:setup registers the webhook, commands and descriptions, and says so', async () => {
  const { api, url } = await setUp();
  const env = {
    TELEGRAM_BOT_TOKEN: TOKEN,
    TELEGRAM_WEBHOOK_SECRET: SECRET,
    TELEGRAM_API_URL: `${url}/`,
  };
  const { code, output } = await run(env, `${ADDRESS}/`);
  expect(output).toMatch(/Bot +@aist_local_bot at http:/);
  const kinds = ['message', 'callback_query', 'my_chat_member'];
  expect(output).toContain(`${ADDRESS}/telegram/webhook, with the secret, for ${kinds.join(', ')}`);
  expect(output).toContain('/start /phone /calls /unlink /help (ru, en)');
  expect(output).not.toMatch(new RegExp(`${SECRET}|${TOKEN}`));
  expect(code).toBe(0);
  expect(await api.getWebhookInfo()).toMatchObject({
    url: `${ADDRESS}/telegram/webhook`,
    allowed_updates: kinds,
    max_connections: 10,
  });
  const names = ['start', 'phone', 'calls', 'unlink', 'help'];
  expect((await api.getMyCommands()).map(({ command }) => command)).toEqual(names);
  expect((await api.getMyCommands()).map(({ description }) => description).join()).toMatch(/[а-я]/);
  const english = await api.getMyCommands({ language_code: 'en' });
  expect(english.map(({ description }) => description).join()).toMatch(/^[\x20-\x7e]+$/);
  expect((await api.getMyDescription()).description).toMatch(/Коды/);
  expect((await api.getMyShortDescription({ language_code: 'en' })).short_description).toMatch(
    /^Sign-in codes/,
  );

  const again = await run({ ...env, API_URL: ADDRESS });
  expect(again).toEqual({ code: 0, output });
});

test.each<[string, Record<string, string>, string[], RegExp]>([
  ['without a token', { TELEGRAM_BOT_TOKEN: '' }, [ADDRESS], /^TELEGRAM_BOT_TOKEN is not set/],
  [
    'without a secret',
    { TELEGRAM_WEBHOOK_SECRET: '' },
    [ADDRESS],
    /^TELEGRAM_WEBHOOK_SECRET is not set/,
  ],
  [
    'with a weak secret',
    { TELEGRAM_WEBHOOK_SECRET: 'short' },
    [ADDRESS],
    /^TELEGRAM_WEBHOOK_SECRET must be 16 to 256/,
  ],
  ['without an address', {}, [], /^The address of the API is not set/],
  [
    'with an address that is none',
    {},
    ['api.example'],
    /^api\.example is no http:\/\/ or https:\/\/ address/,
  ],
  [
    'with plain HTTP at Telegram',
    {},
    ['http://api.example'],
    /^Telegram calls https:\/\/ addresses alone/,
  ],
  [
    'with a Bot API that is gone',
    { TELEGRAM_API_URL: 'http://127.0.0.1:1' },
    [ADDRESS],
    /127\.0\.0\.1:1 cannot be reached/,
  ],
])('telegram:setup ends with a clear word %s', async (_, env, args, message) => {
  const { code, output } = await run(
    { TELEGRAM_BOT_TOKEN: TOKEN, TELEGRAM_WEBHOOK_SECRET: SECRET, ...env },
    ...args,
  );
  expect(output).toMatch(message);
  expect(output).not.toMatch(new RegExp(`${SECRET}|${TOKEN}|    at `));
  expect(code).toBe(1);
});

test('telegram:setup says that the token is not known', async () => {
  const { url } = await setUp();
  const env = { TELEGRAM_BOT_TOKEN: '1:x', TELEGRAM_WEBHOOK_SECRET: SECRET, TELEGRAM_API_URL: url };
  const { output } = await run(env, ADDRESS);
  expect(output).toBe(`${url} does not know TELEGRAM_BOT_TOKEN.\n`);
});
