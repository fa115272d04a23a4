import { expect, test } from 'vitest';
import { rejection, setUp } from './harness.ts';

test('getMe tells who the bot is, with the id that its token names', async () => {
  const { api } = await setUp();
  expect(await api.getMe()).toMatchObject({
    id: 1000,
    is_bot: true,
    first_name: 'AIST',
    username: 'aist_local_bot',
  });
});

test('a webhook is set, told and deleted, each in words when nothing changed', async () => {
  const { api, bot } = await setUp();
  const url = 'http://127.0.0.1:8787/telegram/webhook';
  const call = async (path: string) => (await fetch(`${bot}/${path}`)).json();
  expect(await api.getWebhookInfo()).toEqual({
    url: '',
    has_custom_certificate: false,
    pending_update_count: 0,
  });
  expect(
    await api.setWebhook(url, {
      secret_token: 'A-z_9',
      allowed_updates: ['message', 'callback_query'],
    }),
  ).toBe(true);
  expect(await api.getWebhookInfo()).toEqual({
    url,
    has_custom_certificate: false,
    pending_update_count: 0,
    max_connections: 40,
    allowed_updates: ['message', 'callback_query'],
  });
  expect(await call(`setWebhook?url=${url}`)).toEqual({
    ok: true,
    result: true,
    description: 'Webhook was set',
  });
  expect(await call(`setWebhook?url=${url}`)).toMatchObject({
    result: true,
    description: 'Webhook is already set',
  });
  expect(await api.deleteWebhook({ drop_pending_updates: true })).toBe(true);
  expect(await call('deleteWebhook')).toMatchObject({
    result: true,
    description: 'Webhook is already deleted',
  });
  expect(await api.getWebhookInfo()).toMatchObject({ url: '' });
});

test('an empty webhook address removes the webhook', async () => {
  const { api } = await setUp();
  await api.setWebhook('https://aist.example/telegram/webhook');
  await api.setWebhook('');
  expect(await api.getWebhookInfo()).toMatchObject({ url: '' });
});

test.each([
  [
    'an address that is no web address',
    'ftp://127.0.0.1/',
    undefined,
    /^Bad Request: bad webhook: /,
  ],
  [
    'a secret with other characters',
    'https://aist.example/',
    'a+b',
    /^Bad Request: secret token contains unallowed/,
  ],
  [
    'a secret over 256 characters',
    'https://aist.example/',
    'a'.repeat(257),
    /^Bad Request: secret token/,
  ],
])('a webhook with %s is refused', async (_name, url, secret, description) => {
  const { api } = await setUp();
  const setting = api.setWebhook(url, secret === undefined ? {} : { secret_token: secret });
  expect(await rejection(setting)).toMatchObject({
    error_code: 400,
    description: expect.stringMatching(description),
  });
  expect(await api.getWebhookInfo()).toMatchObject({ url: '' });
});

test('commands are kept for each scope and language', async () => {
  const { api } = await setUp();
  const start = [{ command: 'start', description: 'Начать' }];
  const help = [{ command: 'help', description: 'Help' }];
  await api.setMyCommands(start);
  await api.setMyCommands(help, { scope: { type: 'all_private_chats' }, language_code: 'en' });
  expect(await api.getMyCommands()).toEqual(start);
  expect(
    await api.getMyCommands({ scope: { type: 'all_private_chats' }, language_code: 'en' }),
  ).toEqual(help);
  expect(await api.getMyCommands({ language_code: 'en' })).toEqual([]);
});

test.each([
  [{ command: 'Start', description: 'x' }, 'BOT_COMMAND_INVALID'],
  [{ command: 'a'.repeat(33), description: 'x' }, 'BOT_COMMAND_INVALID'],
  [{ command: 'start', description: '' }, 'BOT_COMMAND_DESCRIPTION_INVALID'],
])('the command %j is refused', async (command, reason) => {
  const { api } = await setUp();
  expect(await rejection(api.setMyCommands([command]))).toMatchObject({
    description: `Bad Request: ${reason}`,
  });
});

test('a button press can be answered, one without an id cannot', async () => {
  const { api } = await setUp();
  expect(await api.answerCallbackQuery('42', { text: 'Готово' })).toBe(true);
  expect(await rejection(api.answerCallbackQuery(''))).toMatchObject({
    error_code: 400,
    description:
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
  });
});

test('a method that is not there answers 404', async () => {
  const { api } = await setUp();
  expect(await rejection(api.sendDice(1, '🎲'))).toMatchObject({
    name: 'GrammyError',
    error_code: 404,
    description: 'Not Found: method not found',
  });
});
