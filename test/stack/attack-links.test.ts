import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { REMEMBER_PHONE } from '../../src/redis/scripts.ts';
import type { LocalApi } from '../support/client.ts';
import { freshPhone, localApi } from '../support/client.ts';
import { freshChat, link, messagesOf } from '../support/sign-in.ts';

type Fate = 'pass' | 'lose' | Promise<void>;

/** What becomes of each call of remember-phone, in turn; all others pass. */
let fates: Fate[] = [];
let front: Server;
let url = '';

const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const remembers = body.includes(JSON.stringify(REMEMBER_PHONE.lua).slice(1, -1));
  const fate = remembers ? (fates.shift() ?? 'pass') : 'pass';
  if (fate === 'lose') {
    outgoing.writeHead(502).end('Bad gateway');
    return;
  }
  if (fate !== 'pass') await fate;
  const { authorization = '', 'upstash-encoding': encoding = '' } = incoming.headers;
  const headers = { authorization, 'upstash-encoding': String(encoding), 'content-type': 'application/json' };
  const answer = await fetch(`${inject('redisProxy')}${incoming.url ?? '/'}`, { method: 'POST', headers, body });
  outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
};

beforeAll(async () => {
  front = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  const address = front.address();
  if (!address || typeof address === 'string') throw new Error('No port');
  url = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  front.close();
  front.closeAllConnections();
});

const api = (): LocalApi => localApi({ UPSTASH_REDIS_REST_URL: url, PHONE_SEND_GAPS_SECONDS: '0' });

const redis = async (...command: string[]): Promise<void> => {
  const { UPSTASH_REDIS_REST_URL = '', UPSTASH_REDIS_REST_TOKEN } = inject('settings');
  const headers = { Authorization: `Bearer ${UPSTASH_REDIS_REST_TOKEN}` };
  const answer = await fetch(UPSTASH_REDIS_REST_URL, { method: 'POST', headers, body: JSON.stringify(command) });
  expect(answer.status).toBe(200);
};

const ask = async (client: LocalApi, phone: string): Promise<void> => {
  expect((await client.post('/api/auth/request-code', { phone })).status).toBe(200);
  await client.settle();
};

const holding = () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, letGo: () => resolve() };
};

const pause = () => new Promise((resolve) => setTimeout(resolve, 300));

describe('the chat that codes go to is the one Postgres has', () => {
  test('when two links of a number reach Redis in another order than Postgres', async () => {
    const client = api();
    const phone = freshPhone();
    const [older, newer] = [freshChat(), freshChat()];
    const held = holding();
    fates = [held.promise];
    const first = link(client, phone, older);
    await pause();
    await link(client, phone, newer);
    held.letGo();
    await first;
    await ask(client, phone);
    expect(await messagesOf(newer)).toHaveLength(1);
    expect(await messagesOf(older)).toHaveLength(0);
  });

  test('when a number is linked anew while the original’s link is being moved', async () => {
    const client = api();
    const phone = freshPhone();
    const [older, newer] = [freshChat(), freshChat()];
    await redis('SET', `telegram:${phone}`, String(older));
    const held = holding();
    fates = [held.promise];
    expect((await client.post('/api/auth/request-code', { phone })).status).toBe(200);
    await pause();
    await link(client, phone, newer);
    held.letGo();
    await client.settle();
    await ask(client, phone);
    expect(await messagesOf(newer)).toHaveLength(1);
  });

  test('when Redis was lost between the two writes of a link that answered 503', async () => {
    const client = api();
    const phone = freshPhone();
    const [older, newer] = [freshChat(), freshChat()];
    await link(client, phone, older);
    fates = ['lose'];
    const headers = { 'X-Link-Secret': 'dev-link-secret' };
    const answer = await client.post('/api/internal/link-telegram', { phone, chat_id: newer }, { headers });
    expect(answer.status).toBe(503);
    await client.settle();
    await ask(client, phone);
    expect(await messagesOf(newer)).toHaveLength(1);
  });

  test('when the original’s link is older than that of Postgres and Redis cannot be told', async () => {
    const client = api();
    const phone = freshPhone();
    const [older, newer] = [freshChat(), freshChat()];
    await link(client, phone, newer);
    await redis('DEL', `phone:${phone}`);
    await redis('SET', `telegram:${phone}`, String(older));
    fates = ['lose'];
    await ask(client, phone);
    expect(await messagesOf(newer)).toHaveLength(1);
    expect(await messagesOf(older)).toHaveLength(0);
  });
});

test('a code is delivered though what Postgres said could not be kept in Redis', async () => {
  const client = api();
  const phone = freshPhone();
  const chat = freshChat();
  await link(client, phone, chat);
  await redis('DEL', `phone:${phone}`);
  fates = ['lose'];
  await ask(client, phone);
  expect(await messagesOf(chat)).toHaveLength(1);
});
