import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshPhone, localApi } from '../support/client.ts';
import { freshChat, link, requestCode, wrongCode } from '../support/sign-in.ts';

/** How many of the next calls Redis carries out, and whose answers get lost. */
let lost = 0;
let evals = 0;
let front: Server;
let url = '';

const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  evals += 1;
  const { authorization = '', 'upstash-encoding': encoding = '' } = incoming.headers;
  const headers = { authorization, 'upstash-encoding': String(encoding), 'content-type': 'application/json' };
  const answer = await fetch(`${inject('redisProxy')}${incoming.url ?? '/'}`, { method: 'POST', headers, body });
  const text = await answer.text();
  if (lost > 0) {
    lost -= 1;
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
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

const start = () => localApi({ UPSTASH_REDIS_REST_URL: url });

const losingOne = async <T>(work: () => Promise<T>): Promise<T> => {
  lost = 1;
  evals = 0;
  return work();
};

describe('when the connection to Redis breaks once, after Redis did what it was asked', () => {
  test('a right code is not answered as wrong', async () => {
    const api = start();
    const phone = freshPhone();
    await link(api, phone, freshChat());
    const { code } = await requestCode(api, phone);
    await api.settle();
    const answer = await losingOne(() => api.post('/api/auth/verify-code', { phone, code }));
    expect(answer.status, answer.text).toBe(503);
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('a wrong guess costs one try, and is sent to Redis once', async () => {
    const api = start();
    const phone = freshPhone();
    await link(api, phone, freshChat());
    const { code } = await requestCode(api, phone);
    await api.settle();
    const wrong = { phone, code: wrongCode(code) };
    await losingOne(() => api.post('/api/auth/verify-code', wrong));
    await api.settle();
    for (let i = 0; i < 3; i++) await api.post('/api/auth/verify-code', wrong);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('request-code asks Redis once, and does not take itself for a second request', async () => {
    const api = start();
    const answer = await losingOne(() => api.post('/api/auth/request-code', { phone: freshPhone() }));
    expect(answer.status, answer.text).toBe(503);
    expect(evals).toBe(1);
  });
});
