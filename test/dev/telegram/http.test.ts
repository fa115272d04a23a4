import { request } from 'node:http';
import { Api } from 'grammy';
import { expect, test } from 'vitest';
import { startTelegram } from '../../../dev/telegram/server.ts';
import { rejection, setUp, TOKEN } from './harness.ts';

/** fetch cannot send a Host header of one's own. */
function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

const multipart = new FormData();
multipart.set('chat_id', '5');
multipart.set('text', 'Привет & 👋');
multipart.set('reply_markup', '{"inline_keyboard":[[{"text":"x","callback_data":"1"}]]}');
multipart.set('ignored', new Blob(['file']), 'photo.jpg');
const fields = [...multipart].filter(
  (field): field is [string, string] => typeof field[1] === 'string',
);

test.each<[string, string, RequestInit]>([
  ['a query', `?${new URLSearchParams(fields)}`, {}],
  ['an urlencoded body', '', { method: 'POST', body: new URLSearchParams(fields) }],
  ['a multipart body', '', { method: 'POST', body: multipart }],
  [
    'a JSON body',
    '',
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(fields)),
    },
  ],
])('parameters are read from %s', async (_name, query, init) => {
  const { bot } = await setUp();
  const response = await fetch(`${bot}/sendMessage${query}`, init);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toMatchObject({
    ok: true,
    result: {
      text: 'Привет & 👋',
      chat: { id: 5 },
      reply_markup: { inline_keyboard: [[{ text: 'x', callback_data: '1' }]] },
    },
  });
});

test('method names are taken in any case', async () => {
  const { bot } = await setUp();
  expect(await (await fetch(`${bot}/GETME`)).json()).toMatchObject({
    ok: true,
    result: { id: 1000 },
  });
});

test.each(['{', '[]', '"text"', '{"chat_id":1,}'])('the JSON body %s is refused', async (body) => {
  const { bot } = await setUp();
  const response = await fetch(`${bot}/sendMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ ok: false, error_code: 400 });
});

test('a body over a megabyte is refused', async () => {
  const { bot } = await setUp();
  const response = await fetch(`${bot}/sendMessage`, {
    method: 'POST',
    body: 'x'.repeat(1024 * 1024 + 1),
  });
  expect(response.status).toBe(413);
});

test.each(['1000:other', 'dev-token', `${TOKEN}x`])('the token %s is refused', async (token) => {
  const { url } = await setUp();
  expect(await rejection(new Api(token, { apiRoot: url }).getMe())).toMatchObject({
    name: 'GrammyError',
    error_code: 401,
    description: 'Unauthorized',
  });
});

test('a path that is not there answers 404 in JSON', async () => {
  const { url } = await setUp();
  const response = await fetch(`${url}/nothing`);
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ ok: false, error_code: 404, description: 'Not Found' });
});

test('the stand-in is reached by loopback names alone', async () => {
  const { url, port } = await setUp();
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
    expect([host, await statusWithHost(`${url}/_/chats`, host)]).toEqual([host, 200]);
  }
  for (const host of [
    'evil.example',
    `127.0.0.1.evil.example:${port}`,
    'localhost@evil.example',
    '10.0.0.1',
  ]) {
    expect([host, await statusWithHost(`${url}/_/chats`, host)]).toEqual([host, 403]);
    expect([host, await statusWithHost(`${url}/bot${TOKEN}/getMe`, host)]).toEqual([host, 403]);
  }
});

test('two stand-ins share nothing, and a taken port is an error', async () => {
  const [one, other] = [await setUp(), await setUp()];
  await one.api.sendMessage(1, 'x');
  expect((await other.control('GET', '/chats')).json).toEqual([]);
  const taken = startTelegram({ token: TOKEN, port: one.port, apiUrl: '' });
  expect(await rejection(taken)).toMatchObject({ code: 'EADDRINUSE' });
});
