import { Redis } from '@upstash/redis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { keys } from '../../src/platform/redis/keys.ts';
import { localApi, TestClock } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { ProxyControl, startProxy } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { failTelegram } from '../support/telegram.ts';

const database = new ProxyControl(stack.databaseProxy);
const redis = new Redis({
  url: String(stack.settings.UPSTASH_REDIS_REST_URL),
  token: String(stack.settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});

/** Stands between the app and the stand-in, so that connections can break. */
let proxy: Awaited<ReturnType<typeof startProxy>>;
let telegram: ProxyControl;
beforeAll(async () => {
  proxy = await startProxy(stack.telegramUrl);
  telegram = new ProxyControl(proxy.url);
});
afterAll(() => proxy.close());

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), failTelegram({ clear: true })]);
  await telegram.behave({ mode: 'pass' });
});

const scene = async () => {
  const clock = new TestClock();
  const api = localApi({ TELEGRAM_API_URL: proxy.url }, clock.now);
  const [phone, chat, address] = [freshPhone(), freshChat(), freshAddress()];
  await link(api, phone, chat);
  const ask = async () => {
    const asked = await requestCode(api, phone, address);
    await api.settle();
    return asked;
  };
  const counted = async () => ({
    phone: await redis.zcard(keys.sends(phone)),
    address: await redis.zcard(keys.addressSends(address)),
  });
  const verify = async (code: string) =>
    (await api.post('/api/auth/verify-code', { phone, code })).status;
  return { clock, api, phone, chat, ask, counted, verify };
};

/** The SQL that reads a number's chat. */
const READING = 'left join lateral';

describe('one hiccup behind the answer', () => {
  test.each(['dead', 'garbage', 'half'] as const)(
    '[A13] one hiccup of Postgres (%s) keeps no code from its chat',
    async (mode) => {
      const { phone, chat, ask, counted } = await scene();
      await redis.del(keys.phone(phone));
      await database.behave({ mode, only: READING, times: 1 });
      const { code } = await ask();
      expect((await messagesOf(chat)).join()).toContain(code);
      expect(await counted()).toEqual({ phone: 1, address: 1 });
    },
  );

  test.each(['dead', 'half'] as const)(
    '[A13] one hiccup on the way to Telegram (%s) keeps no code from its chat',
    async (mode) => {
      const { chat, ask, counted } = await scene();
      await telegram.behave({ mode, times: 1 });
      const { code } = await ask();
      expect((await messagesOf(chat)).join()).toContain(code);
      expect(await counted()).toEqual({ phone: 1, address: 1 });
    },
  );

  test('[A40] one hiccup of Postgres keeps nobody from word of a new sign-in', async () => {
    const { api, phone, chat, ask, verify } = await scene();
    const { code } = await ask();
    await redis.del(keys.phone(phone));
    await database.behave({ mode: 'dead', only: 'inner join', times: 1 });
    expect(await verify(code)).toBe(200);
    await api.settle();
    expect((await messagesOf(chat, 2))[1]).toMatch(/^Новый вход/);
  });
});

describe('a code that stays undelivered', () => {
  test('[A13] a code that Postgres keeps undelivered is taken back: the next request is free', async () => {
    const { phone, chat, ask, counted } = await scene();
    await redis.del(keys.phone(phone));
    await database.behave({ mode: 'dead', only: READING });
    await ask();
    expect(await counted()).toEqual({ phone: 0, address: 0 });
    await database.behave({ mode: 'pass' });
    const { code } = await ask();
    expect((await messagesOf(chat)).join()).toContain(code);
  });

  test('[A13] a code that Telegram keeps undelivered is taken back, and never comes later', async () => {
    const { chat, ask, counted, verify } = await scene();
    await telegram.behave({ mode: 'dead' });
    const lost = await ask();
    expect(await counted()).toEqual({ phone: 0, address: 0 });
    expect(await verify(lost.code)).toBe(400);
    await telegram.behave({ mode: 'pass' });
    const { code } = await ask();
    expect(await messagesOf(chat)).toEqual([expect.stringContaining(code)]);
  });

  test.each([
    ['refuses it', { status: 400 }],
    ['does not know the bot', { status: 401 }],
    ['asks for a long pause', { status: 429, retryAfter: 60 }],
    ['says that the person blocked the bot', { status: 403 }],
  ])(
    '[A13, A21] an undelivered code, because Telegram %s, counts for the address alone',
    async (_, fault) => {
      const { chat, ask, counted } = await scene();
      await failTelegram({ chatId: chat, ...fault });
      await ask();
      expect(await counted()).toEqual({ phone: 0, address: 1 });
      await ask();
      expect(await counted()).toEqual({ phone: 1, address: 2 });
    },
  );

  test('[A13] an undelivered code leaves the code before it to live', async () => {
    const { clock, chat, ask, verify } = await scene();
    const first = await ask();
    clock.advance(60);
    await failTelegram({ chatId: chat, status: 400 });
    const lost = await ask();
    expect(await verify(lost.code)).toBe(400);
    expect(await verify(first.code)).toBe(200);
  });

  test('[A4, A13] a code of a number without a chat counts as one that has a chat', async () => {
    const { api } = await scene();
    const phone = freshPhone();
    await requestCode(api, phone);
    await api.settle();
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(429);
  });
});
