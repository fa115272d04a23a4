import { Redis } from '@upstash/redis';
import { afterEach, describe, expect, test } from 'vitest';
import { keys } from '../../src/platform/redis/keys.ts';
import type { LocalApi } from '../support/client.ts';
import { localApi, TestClock } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const settings = stack.settings;
const store = new ProxyControl(stack.redisProxy);
const database = new ProxyControl(stack.databaseProxy);
const redis = new Redis({
  url: String(settings.UPSTASH_REDIS_REST_URL),
  token: String(settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});
const healthy = () =>
  Promise.all([store.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]);
afterEach(healthy);

const start = () => localApi({ PHONE_SEND_GAPS_SECONDS: '0' });

const ask = async (api: LocalApi, phone: string): Promise<void> => {
  expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
  await api.settle();
};

/** A number, the chat it was linked to and the one that it is linked to later. */
const scene = () => ({ api: start(), phone: freshPhone(), older: freshChat(), newer: freshChat() });

/** Expects the next code in the one chat, and no code ever in the other. */
const expectCodeIn = async (
  api: LocalApi,
  phone: string,
  chat: number,
  notIn?: number,
): Promise<void> => {
  await ask(api, phone);
  expect(await messagesOf(chat)).toHaveLength(1);
  if (notIn !== undefined) expect(await messagesOf(notIn, 0)).toEqual([]);
};

const pause = (ms = 200) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the chat that codes go to is the one Postgres has', () => {
  test('[A44] codes go to the chat of Postgres when two links reach Redis in another order', async () => {
    const { api, phone, older, newer } = scene();
    await store.behave({ mode: 'slow', ms: 500, only: 'end-change', times: 1 });
    const first = link(api, phone, older);
    await pause();
    await link(api, phone, newer);
    await first;
    await expectCodeIn(api, phone, newer, older);
  });

  test('[A44, A48] codes go to the chat of Postgres when a legacy link is moved meanwhile', async () => {
    const { api, phone, older, newer } = scene();
    await redis.set(keys.legacyLink(phone), String(older));
    await store.behave({ mode: 'slow', ms: 500, only: 'end-change', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
    await pause();
    await link(api, phone, newer);
    await api.settle();
    await expectCodeIn(api, phone, newer);
  });

  test('[A44] codes go to the chat of Postgres when a reader tells Redis of the former one late', async () => {
    const { api, phone, older, newer } = scene();
    await link(api, phone, older);
    await redis.del(keys.phone(phone));
    await store.behave({ mode: 'slow', ms: 500, only: 'remember-reading', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
    await pause();
    await link(api, phone, newer);
    await api.settle();
    await expectCodeIn(api, phone, newer);
  });

  test('[A44] codes go to the chat of Postgres when two links overlap', async () => {
    const { api, phone, older, newer } = scene();
    await database.behave({ mode: 'slow', ms: 500, times: 1 });
    const first = link(api, phone, newer);
    await pause();
    await link(api, phone, older);
    await first;
    await expectCodeIn(api, phone, newer, older);
  });

  test('[A44] codes go to the chat of Postgres when Redis also misses the new link’s end', async () => {
    const { api, phone, older, newer } = scene();
    await link(api, phone, older);
    await redis.del(keys.phone(phone));
    await store.behave({ mode: 'slow', ms: 600, only: 'remember-reading', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
    await pause();
    await store.behave({ mode: 'dead', only: 'end-change' });
    await link(api, phone, newer);
    await api.settle();
    await expectCodeIn(api, phone, newer);
  });

  test('[A44] codes go to the chat of Postgres when Redis misses the end of a link', async () => {
    const { api, phone, older, newer } = scene();
    await link(api, phone, older);
    await store.behave({ mode: 'dead', only: 'end-change' });
    await link(api, phone, newer);
    await expectCodeIn(api, phone, newer);
  });

  test('[A44] codes go to the chat of Postgres when it fails in the middle of a link', async () => {
    const { api, phone, older, newer } = scene();
    await link(api, phone, older);
    await database.behave({ mode: 'dead' });
    const headers = { 'X-Link-Secret': 'dev-link-secret' };
    const answer = await api.post(
      '/api/internal/link-telegram',
      { phone, chat_id: newer },
      { headers },
    );
    expect(answer.status).toBe(503);
    await healthy();
    await expectCodeIn(api, phone, older);
  });

  test('[A44, A48] codes go to the chat of Postgres when Redis misses a legacy link’s adoption', async () => {
    const { api, phone, older, newer } = scene();
    await link(api, phone, newer);
    await redis.del(keys.phone(phone));
    await redis.set(keys.legacyLink(phone), String(older));
    await store.behave({ mode: 'dead', only: 'end-change' });
    await expectCodeIn(api, phone, newer, older);
  });
});

test('[A13] a code is delivered though what Postgres said could not be kept in Redis', async () => {
  const api = start();
  const phone = freshPhone();
  const chat = freshChat();
  await link(api, phone, chat);
  await redis.del(keys.phone(phone));
  await store.behave({ mode: 'dead', only: 'remember-reading' });
  await ask(api, phone);
  expect(await messagesOf(chat)).toHaveLength(1);
});

test('[A1] every key that signing in leaves behind goes away by itself', async () => {
  const clock = new TestClock();
  const api = localApi({}, clock.now);
  const phone = freshPhone();
  const address = freshAddress();
  await link(api, phone, freshChat());
  const { code } = await requestCode(api, phone, address);
  await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) }, { address });
  clock.advance(60);
  const second = await requestCode(api, phone, address);
  const remaining = [
    keys.code(phone),
    keys.previousCode(phone),
    keys.failures(phone),
    keys.sends(phone),
    keys.phone(phone),
    keys.addressFailures(address),
    keys.addressSends(address),
  ];
  for (const key of remaining) expect(await redis.pttl(key), key).toBeGreaterThan(0);

  await store.behave({ mode: 'deaf', times: 1 });
  const lost = await api.post('/api/auth/verify-code', { phone, code: second.code }, { address });
  await api.settle();
  expect(await redis.pttl(keys.voided(String(lost.body.requestId)))).toBeGreaterThan(0);
  expect(await redis.pttl(keys.code(phone))).toBeGreaterThan(0);
  expect(
    (await api.post('/api/auth/verify-code', { phone, code: second.code }, { address })).status,
  ).toBe(200);
  expect(await redis.pttl(keys.used(phone))).toBeGreaterThan(30_000);

  await store.behave({ mode: 'dead', only: 'end-change' });
  await link(api, phone, freshChat());
  expect(await redis.pttl(keys.changing(phone))).toBeGreaterThan(0);
});
