import { expect, test } from 'vitest';
import { rejection, setUp } from './harness.ts';
import { startWebhook } from './webhook.ts';

/** A stand-in whose bot takes every update. */
const withBot = async () => {
  const telegram = await setUp();
  const webhook = await startWebhook(() => 200);
  await telegram.api.setWebhook(webhook.url, { secret_token: 'the-secret' });
  await telegram.control('PUT', '/chats/7', { phone: '+79991234567', language: 'en' });
  const last = () => webhook.deliveries.at(-1)?.update;
  return { ...telegram, ...webhook, last };
};

const chat = { id: 7, type: 'private', first_name: 'Чат 7' };
const from = { id: 7, is_bot: false, first_name: 'Чат 7', language_code: 'en' };

test('what a person writes stands in the chat and comes to the bot, with the secret', async () => {
  const { control, deliveries } = await withBot();
  expect(await control('POST', '/chats/7/text', { text: 'Привет' })).toEqual({
    status: 200,
    json: { delivered: true },
  });
  const message = { message_id: 1, date: expect.any(Number), chat, from, text: 'Привет' };
  expect(deliveries).toEqual([
    { secret: 'the-secret', update: { update_id: expect.any(Number), message } },
  ]);
  expect((await control('GET', '/chats/7')).json.messages).toEqual([message]);
});

test('a command is marked as one', async () => {
  const { control, last } = await withBot();
  await control('POST', '/chats/7/text', { text: '/start link' });
  expect(last()?.message?.entities).toEqual([{ type: 'bot_command', offset: 0, length: 6 }]);
});

test.each([
  ['their own by default', {}, { phone_number: '79991234567', user_id: 7 }],
  [
    'somebody else’s',
    { phone: '+79990000000', userId: 8 },
    { phone_number: '79990000000', user_id: 8 },
  ],
  [
    'one of nobody in Telegram',
    { phone: '+79990000000', userId: null },
    { phone_number: '79990000000' },
  ],
])('a contact can be shared, %s', async (_, body, shared) => {
  const { control, last } = await withBot();
  await control('POST', '/chats/7/contact', body);
  expect(last()?.message?.contact).toEqual({ first_name: expect.any(String), ...shared });
  expect(last()?.message).not.toHaveProperty('forward_origin');
});

test('a forwarded contact says where it comes from', async () => {
  const { control, last } = await withBot();
  await control('POST', '/chats/7/contact', { forwarded: true });
  expect(last()?.message?.forward_origin).toEqual({
    type: 'user',
    date: expect.any(Number),
    sender_user: from,
  });
});

test('a phone without a number has no contact to share', async () => {
  const { control, deliveries } = await withBot();
  expect((await control('POST', '/chats/8/contact', {})).status).toBe(409);
  expect(deliveries).toEqual([]);
});

test('a press comes to the bot with its message, and the phone shows what the bot answers', async () => {
  const telegram = await setUp();
  const webhook = await startWebhook(async ({ update }) => {
    if (update.callback_query)
      await telegram.api.answerCallbackQuery(update.callback_query.id, { text: 'Готово' });
    return 200;
  });
  await telegram.api.setWebhook(webhook.url);
  const reply_markup = { inline_keyboard: [[{ text: 'Это не я', callback_data: 'revoke:1' }]] };
  const message = await telegram.api.sendMessage(7, 'Новый вход', { reply_markup });
  const press = (data: string, messageId = message.message_id) =>
    telegram.control('POST', '/chats/7/press', { messageId, data });
  expect(await press('revoke:1')).toEqual({
    status: 200,
    json: { delivered: true, notice: 'Готово' },
  });
  expect(webhook.deliveries.at(-1)?.update.callback_query).toMatchObject({
    data: 'revoke:1',
    from: { id: 7 },
    message,
  });
  expect((await press('revoke:2')).status).toBe(404);
  expect((await press('revoke:1', message.message_id + 1)).status).toBe(404);
});

test.each([
  ['text', { text: '' }],
  ['text', {}],
  ['contact', { userId: 'x' }],
  ['press', { data: 'x' }],
  ['press', undefined],
])('%s refuses %j with the reason', async (action, body) => {
  const { control, deliveries } = await withBot();
  expect(await control('POST', `/chats/7/${action}`, body)).toEqual({
    status: 400,
    json: { error: expect.stringMatching(/\w/) },
  });
  expect(deliveries).toEqual([]);
});

test('a foreign page can write to no bot', async () => {
  const { control, deliveries } = await withBot();
  const answer = await control(
    'POST',
    '/chats/7/text',
    { text: 'x' },
    { origin: 'https://evil.example' },
  );
  expect(answer.status).toBe(403);
  expect(deliveries).toEqual([]);
});

test('whoever blocks the bot gets nothing from it until they unblock it, and the bot is told of both', async () => {
  const { api, control } = await setUp();
  const { url, deliveries } = await startWebhook(() => 200);
  await api.setWebhook(url, { allowed_updates: ['my_chat_member', 'message'] });
  await control('PUT', '/chats/1', { phone: '+79991234567' });
  expect((await control('POST', '/chats/1/block', { blocked: true })).json).toEqual({
    delivered: true,
  });
  for (let time = 0; time < 2; time += 1) {
    expect(await rejection(api.sendMessage(1, 'x'))).toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    });
  }
  await control('POST', '/chats/1/block', { blocked: false });
  expect(await api.sendMessage(1, 'x')).toMatchObject({ text: 'x' });
  await control('POST', '/chats/1/block', { blocked: false });
  expect(
    deliveries.map(({ update: { my_chat_member: news } }) => news?.new_chat_member.status),
  ).toEqual(['kicked', 'member']);
  expect(deliveries[0]?.update.my_chat_member).toMatchObject({
    chat: { id: 1, type: 'private' },
    from: { id: 1, is_bot: false },
    old_chat_member: { status: 'member' },
  });
});

test('whoever writes has not blocked the bot any more', async () => {
  const { api, control } = await setUp();
  await control('POST', '/chats/1/block', { blocked: true });
  await control('POST', '/chats/1/text', { text: '/start' });
  expect(await api.sendMessage(1, 'x')).toMatchObject({ text: 'x' });
});
