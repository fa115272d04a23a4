import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VapidKeys } from '../../../dev/push/keys.ts';
import { makeVapidKeys } from '../../../dev/push/keys.ts';
import type { PushStandIn } from '../../../dev/push/server.ts';
import { startPush } from '../../../dev/push/server.ts';
import { createVapid } from '../../../src/push/vapid.ts';

let push: PushStandIn;
beforeAll(async () => {
  push = await startPush();
});
afterAll(() => push.close());

const keys = makeVapidKeys();

const authorize = (endpoint: string, { publicKey, privateKey }: VapidKeys, now = Date.now()) =>
  createVapid({
    VAPID_PUBLIC_KEY: publicKey,
    VAPID_PRIVATE_KEY: privateKey,
    VAPID_SUBJECT: 'mailto:push@aist.example',
  })?.authorize(endpoint, now) ?? Promise.reject(new Error('There are no keys'));

const post = (url: string, body?: unknown) =>
  fetch(url, { method: 'POST', body: JSON.stringify(body) });

const subscribe = async (publicKey = keys.publicKey): Promise<string> => {
  const answer = await post(`${push.url}/_/subscriptions`, { publicKey });
  return ((await answer.json()) as { endpoint: string }).endpoint;
};

const own = (endpoint: string) => endpoint.replace('/push/', '/_/subscriptions/');

/** Posts a push as a server has to, but for what a test changes. */
const pushTo = async (endpoint: string, change: Record<string, string> = {}, body = 'secret') => {
  const headers = {
    Authorization: await authorize(endpoint, keys),
    'Content-Encoding': 'aes128gcm',
    TTL: '45',
    ...change,
  };
  return (await fetch(endpoint, { method: 'POST', headers, body })).status;
};

describe('the stand-in for a push service', () => {
  test('keeps what is posted to a subscription, in order', async () => {
    const endpoint = await subscribe();
    expect(await pushTo(endpoint, { Urgency: 'high', Topic: 'a-call' })).toBe(201);
    expect(await pushTo(endpoint, { TTL: '0' }, 'other')).toBe(201);
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    expect(await (await fetch(own(endpoint))).json()).toEqual([
      { ttl: 45, urgency: 'high', topic: 'a-call', body: base64('secret') },
      { ttl: 0, urgency: 'normal', topic: '', body: base64('other') },
    ]);
  });

  test('answers 404 to a subscription that never was, and 410 to one that is gone', async () => {
    const endpoint = await subscribe();
    expect(await pushTo(`${push.url}/push/unknown`)).toBe(404);
    await fetch(own(endpoint), { method: 'DELETE' });
    expect(await pushTo(endpoint)).toBe(410);
  });

  test.each([
    ['no TTL', { TTL: '' }],
    ['a TTL that is no number', { TTL: 'soon' }],
    ['the encoding of the draft', { 'Content-Encoding': 'aesgcm' }],
    ['a topic that is too long', { Topic: 'x'.repeat(33) }],
    ['a topic with a sign', { Topic: 'a+b' }],
    ['another urgency', { Urgency: 'now' }],
  ])('refuses %s', async (_, headers) => {
    expect(await pushTo(await subscribe(), headers)).toBe(400);
  });

  test('refuses a body that a browser need not take', async () => {
    expect(await pushTo(await subscribe(), {}, 'x'.repeat(4_097))).toBe(413);
  });

  test('refuses whoever does not sign for it with the key of the subscription', async () => {
    const endpoint = await subscribe();
    const signed = await authorize(endpoint, keys);
    const day = 86_400_000;
    for (const Authorization of [
      '',
      'vapid t=x, k=y',
      signed.replace(/.{4}(?=, k=)/, 'AAAA'),
      await authorize(endpoint, makeVapidKeys()),
      await authorize('https://other.example/x', keys),
      await authorize(endpoint, keys, Date.now() - day),
      await authorize(endpoint, keys, Date.now() + 2 * day),
    ])
      expect(await pushTo(endpoint, { Authorization })).toBe(403);
    expect(await pushTo(endpoint, { Authorization: signed })).toBe(201);
  });

  test('answers what it is told to, so often', async () => {
    const endpoint = await subscribe();
    await post(`${own(endpoint)}/fail`, { status: 429, times: 2 });
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push(await pushTo(endpoint));
    expect(seen).toEqual([429, 429, 201]);
  });
});
