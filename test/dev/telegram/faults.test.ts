import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTelegram } from '../../../dev/telegram/server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { rejection, setUp, TOKEN } from './harness.ts';

test.each([
  [400, 'Bad Request: chat not found'],
  [403, 'Forbidden: bot was blocked by the user'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
])(
  'a call fails with %i when told to, delivers nothing, and the next one works',
  async (status, description) => {
    const { api, control } = await setUp();
    expect(await control('POST', '/fail', { status })).toEqual({ status: 200, json: { ok: true } });
    expect(await rejection(api.sendMessage(1, 'x'))).toMatchObject({
      name: 'GrammyError',
      error_code: status,
      description,
      parameters: {},
    });
    expect((await control('GET', '/chats')).json).toEqual([]);
    expect(await api.sendMessage(1, 'x')).toMatchObject({ text: 'x' });
  },
);

test('flood control says when to come back, in the HTTP status too', async () => {
  const { api, bot, control } = await setUp();
  await control('POST', '/fail', { status: 429, retryAfter: 7, times: 2 });
  expect(await rejection(api.sendMessage(1, 'x'))).toMatchObject({
    error_code: 429,
    description: 'Too Many Requests: retry after 7',
    parameters: { retry_after: 7 },
  });
  expect((await fetch(`${bot}/getMe`)).status).toBe(429);
});

test('a fault can be meant for one chat, one method and a number of calls', async () => {
  const { api, control } = await setUp();
  await control('POST', '/fail', { status: 403, chatId: 1, method: 'sendMessage', times: 2 });
  expect(await api.sendMessage(2, 'x')).toMatchObject({ text: 'x' });
  expect(await api.getMe()).toMatchObject({ is_bot: true });
  expect(await rejection(api.sendMessage(1, 'x'))).toMatchObject({ error_code: 403 });
  expect(await rejection(api.sendMessage('1', 'x'))).toMatchObject({ error_code: 403 });
  expect(await api.sendMessage(1, 'x')).toMatchObject({ text: 'x' });
});

test.each([
  ['POST', { clear: true }],
  ['DELETE', undefined],
])('%s %j ends all faults', async (method, body) => {
  const { api, control } = await setUp();
  await control('POST', '/fail', { status: 500, times: 100 });
  await control('POST', '/fail', { garbage: true, times: 100 });
  expect((await control(method, '/fail', body)).status).toBe(200);
  expect(await api.sendMessage(1, 'x')).toMatchObject({ text: 'x' });
});

test('a caller who does not wait gets an HttpError, though the message has arrived', async () => {
  const { api, control } = await setUp({ timeoutSeconds: 0.1 });
  await control('POST', '/fail', { hang: 60_000 });
  expect(await rejection(api.sendMessage(1, 'x'))).toMatchObject({ name: 'HttpError' });
  expect((await control('GET', '/chats/1')).json.messages).toHaveLength(1);
});

test('a caller who waits gets a slow answer', async () => {
  const { api, control } = await setUp();
  await control('POST', '/fail', { hang: 120 });
  const start = performance.now();
  expect(await api.sendMessage(1, 'x')).toMatchObject({ text: 'x' });
  expect(performance.now() - start).toBeGreaterThan(115);
});

test('a fault can be slow and then refuse', async () => {
  const { api, control } = await setUp();
  await control('POST', '/fail', { hang: 60, status: 403 });
  const start = performance.now();
  expect(await rejection(api.sendMessage(1, 'x'))).toMatchObject({ error_code: 403 });
  expect(performance.now() - start).toBeGreaterThan(55);
});

test.each([{ garbage: true }, { garbage: true, status: 502 }])(
  '%j answers something that is no JSON',
  async (fault) => {
    const { api, bot, control } = await setUp();
    await control('POST', '/fail', { ...fault, times: 2 });
    expect(await rejection(api.sendMessage(1, 'x'))).toMatchObject({ name: 'HttpError' });
    const response = await fetch(`${bot}/getMe`);
    expect(response.status).toBe(fault.status ?? 200);
    expect(await response.text()).toMatch(/^<html>/);
    expect((await control('GET', '/chats')).json).toEqual([]);
  },
);

test.each([
  {},
  { status: 200 },
  { status: '403' },
  { times: 2 },
  { hang: -1 },
  { status: 403, chatid: 1 },
  { clear: false },
  'x',
  null,
])('the fault %j is refused with the reason', async (body) => {
  const { control, api } = await setUp();
  expect(await control('POST', '/fail', body)).toEqual({
    status: 400,
    json: { error: expect.stringMatching(/\w/) },
  });
  expect(await api.getMe()).toMatchObject({ is_bot: true });
});

test('closing does not wait for a hanging call', async () => {
  const telegram = await startTelegram({ token: TOKEN, apiUrl: '' });
  await fetch(`${telegram.url}/_/fail`, { method: 'POST', body: '{"hang":60000}' });
  const call = rejection(fetch(`${telegram.url}/bot${TOKEN}/getMe`));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await telegram.close();
  expect(await call).toBeInstanceOf(TypeError);
});

test('after closing, a call that hung keeps the process alive no longer', async () => {
  const script = `
    import { startTelegram } from '${new URL('../../../dev/telegram/server.ts', import.meta.url)}';
    const { url, close } = await startTelegram({ token: '1:x', apiUrl: '' });
    await fetch(url + '/_/fail', { method: 'POST', body: '{"hang":60000}' });
    const call = fetch(url + '/bot1:x/getMe').catch(() => console.log('call ended'));
    setTimeout(close, 50);
    await call;`;
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: PATIENCE_MS,
  });
  expect((await run).stdout).toBe('call ended\n');
});
