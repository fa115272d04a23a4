import { Api } from 'grammy';
import { expect, test } from 'vitest';
import { CALLS_KEPT, CallLog } from '../../../dev/telegram/calls.ts';
import { rejection, setUp } from './harness.ts';

test('all chats are listed, the one with the newest message first', async () => {
  const { api, control } = await setUp();
  for (const chat of [1, 2, 1]) await api.sendMessage(chat, 'x');
  const { json } = await control('GET', '/chats');
  expect(json).toMatchObject([
    { id: 1, messages: [{ message_id: 1 }, { message_id: 3 }] },
    { id: 2, messages: [{ message_id: 2 }] },
  ]);
});

test('a chat that nobody opened is not there', async () => {
  const { control } = await setUp();
  for (const path of ['/chats/1', '/chats/0', '/chats/x'])
    expect((await control('GET', path)).status).toBe(404);
});

test('a chat can be told whose phone it is, before or after its first message', async () => {
  const { api, control } = await setUp();
  expect((await control('PUT', '/chats/1', { phone: '+79991234567' })).json).toMatchObject({
    id: 1,
    messages: [],
  });
  await api.sendMessage(1, 'x');
  expect((await control('GET', '/chats/1')).json).toMatchObject({
    phone: '+79991234567',
    messages: [{ text: 'x' }],
  });
  expect((await control('PUT', '/chats/1', { phone: '8 999 123-45-67' })).status).toBe(400);
});

test('the log tells each call with its chat and status, and never the token', async () => {
  const { api, control, url } = await setUp();
  const start = Date.now();
  await control('POST', '/fail', { status: 429, method: 'sendMessage' });
  await rejection(api.sendMessage(1001, 'x'));
  await api.sendMessage(1001, 'x');
  await api.getMe();
  await rejection(new Api('1000:other-secret', { apiRoot: url }).getMe());
  const { json } = await control('GET', '/calls');
  expect(json).toEqual([
    { method: 'sendMessage', chatId: 1001, status: 429, at: expect.any(Number) },
    { method: 'sendMessage', chatId: 1001, status: 200, at: expect.any(Number) },
    { method: 'getMe', status: 200, at: expect.any(Number) },
    { method: 'getMe', status: 401, at: expect.any(Number) },
  ]);
  expect(json[0].at).toBeGreaterThanOrEqual(start);
  expect(JSON.stringify(json)).not.toMatch(/secret|token/);
});

test('the log keeps the newest calls', () => {
  const log = new CallLog();
  for (let at = 0; at <= CALLS_KEPT; at++) log.add({ method: 'getMe', status: 200, at });
  expect(log.list()).toHaveLength(CALLS_KEPT);
  expect(log.list()[0]?.at).toBe(1);
});

test('a foreign page can change nothing', async () => {
  const { api, control, url } = await setUp();
  for (const origin of [
    'https://evil.example',
    'null',
    'http://127.0.0.1:1',
    url.replace('http:', 'https:'),
  ]) {
    const headers = { origin };
    expect([origin, (await control('POST', '/fail', { status: 500 }, headers)).status]).toEqual([
      origin,
      403,
    ]);
    expect([origin, (await control('DELETE', '/fail', undefined, headers)).status]).toEqual([
      origin,
      403,
    ]);
    expect([
      origin,
      (await control('PUT', '/chats/1', { phone: '+79991234567' }, headers)).status,
    ]).toEqual([origin, 403]);
  }
  expect(await api.getMe()).toMatchObject({ is_bot: true });
  expect((await control('GET', '/chats')).json).toEqual([]);
  expect((await control('POST', '/fail', { clear: true }, { origin: url })).status).toBe(200);
});
