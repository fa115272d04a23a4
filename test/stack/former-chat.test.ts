import { Redis } from '@upstash/redis';
import { afterEach, describe, expect, test } from 'vitest';
import { hashCode } from '../../src/auth/code.ts';
import { checkCode, storeCode, voidCheck, voidRequest } from '../../src/auth/store.ts';
import { createRedis } from '../../src/platform/redis/client.ts';
import { keys } from '../../src/platform/redis/keys.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import type { LocalApi } from '../support/client.ts';
import { localApi } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { RACE_RUNS, race } from '../support/races.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const store = new ProxyControl(stack.redisProxy);
const database = new ProxyControl(stack.databaseProxy);
const settings = parseSettings(stack.settings);
const redis = new Redis({
  url: settings.UPSTASH_REDIS_REST_URL,
  token: settings.UPSTASH_REDIS_REST_TOKEN,
  automaticDeserialization: false,
});
/** The store, for steps whose answer nobody hears and that the test takes back itself. */
const direct = createRedis(settings.UPSTASH_REDIS_REST_URL, settings.UPSTASH_REDIS_REST_TOKEN);
const healthy = () =>
  Promise.all([store.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]);
afterEach(healthy);

const pause = (ms = 200) => new Promise((resolve) => setTimeout(resolve, ms));

const start = () => localApi({ PHONE_SEND_GAPS_SECONDS: '0', APP_URL: 'https://app.example' });

/** A number that was linked to one chat, and will be to another. */
const scene = async () => {
  const api = start();
  const [phone, older, newer] = [freshPhone(), freshChat(), freshChat()];
  await link(api, phone, older);
  return { api, phone, older, newer };
};

const verify = (api: LocalApi, phone: string, code: string) =>
  api.post('/api/auth/verify-code', { phone, code });

const statusOf = async (api: LocalApi, phone: string, code: string) => {
  const { status } = await verify(api, phone, code);
  await api.settle();
  return status;
};

const record = JSON.stringify({ method: 'code', browser: '', system: '', city: '', country: '' });

/** A sign-in whose answer nobody heard of. */
const signInUnheard = async (phone: string, code: string) => {
  const attempt = {
    phone,
    mac: await hashCode(settings.CODE_SECRET, phone, code),
    previousMac: undefined,
    id: crypto.randomUUID(),
    address: freshAddress(),
    now: Date.now(),
    session: { sid: 'c'.repeat(22), newUserId: crypto.randomUUID(), record },
  };
  expect((await checkCode(direct, settings, attempt)).outcome).toBe('ok');
  return { takeBack: () => voidCheck(direct, attempt, Date.now()) };
};

/** A request for a code whose answer nobody heard of. */
const requestUnheard = async (phone: string) => {
  const request = {
    phone,
    mac: await hashCode(settings.CODE_SECRET, phone, '000000'),
    requestId: crypto.randomUUID(),
    address: freshAddress(),
    linkHash: crypto.randomUUID(),
    linkOffered: false,
    now: Date.now(),
  };
  const limits = { ...settings, PHONE_SEND_GAPS_SECONDS: [0] };
  expect((await storeCode(direct, limits, request)).outcome).toBe('stored');
  return { takeBack: () => voidRequest(direct, request) };
};

/** The other ways by which a number leaves a chat. */
const MOVES = [
  ['link-telegram', (api: LocalApi, phone: string, newer: number) => link(api, phone, newer)],
  [
    'its own contact in another chat',
    async (api: LocalApi, phone: string, newer: number) => {
      await postUpdate(api, messageUpdate(newer, ownContact(newer, phone)));
    },
  ],
  [
    'the contact of a chat that had another number',
    async (api: LocalApi, phone: string, newer: number) => {
      await postUpdate(api, messageUpdate(newer, ownContact(newer, freshPhone())));
      await postUpdate(api, messageUpdate(newer, ownContact(newer, phone)));
    },
  ],
] as const;

describe.each(MOVES)('once a number has moved by %s, the former chat signs in', (_, move) => {
  test('[A44] the former chat signs in by no code that was sent to it', async () => {
    const { api, phone, newer } = await scene();
    const { code } = await requestCode(api, phone);
    await api.settle();
    await move(api, phone, newer);
    expect(await statusOf(api, phone, code)).toBe(400);
  });

  test('[A44] the former chat signs in by no code that Postgres sent there just before', async () => {
    const { api, phone, older, newer } = await scene();
    await redis.del(keys.phone(phone));
    await store.behave({ mode: 'slow', ms: 500, only: 'remember-reading', times: 1 });
    const { code } = await requestCode(api, phone);
    await pause();
    await move(api, phone, newer);
    await api.settle();
    expect((await messagesOf(older, 0)).join()).not.toContain(code);
    expect(await statusOf(api, phone, code)).toBe(400);
  });

  test('[A12, A44] the former chat signs in by no used code that an undo brings back', async () => {
    const { api, phone, newer } = await scene();
    const { code } = await requestCode(api, phone);
    await api.settle();
    const { takeBack } = await signInUnheard(phone, code);
    await move(api, phone, newer);
    await takeBack();
    expect(await statusOf(api, phone, code)).toBe(400);
  });

  test('[A12, A44] the former chat signs in by no previous code that an undo brings back', async () => {
    const { api, phone, newer } = await scene();
    const { code } = await requestCode(api, phone);
    await api.settle();
    // The code before it was sent to a chat that Redis did not know yet.
    await redis.del(keys.phone(phone));
    const { takeBack } = await requestUnheard(phone);
    await move(api, phone, newer);
    await takeBack();
    expect(await statusOf(api, phone, code)).toBe(400);
  });

  test('[A44] the former chat signs in by no code, though Redis missed the end of the move', async () => {
    const { api, phone, newer } = await scene();
    const { code } = await requestCode(api, phone);
    await api.settle();
    const used = freshPhone();
    const chat = freshChat();
    await link(api, used, chat);
    const other = await requestCode(api, used);
    await api.settle();
    const { takeBack } = await signInUnheard(used, other.code);
    await store.behave({ mode: 'dead', only: 'end-change' });
    await move(api, phone, newer);
    await move(api, used, freshChat());
    await healthy();
    await takeBack();
    expect(await statusOf(api, phone, code)).toBe(400);
    expect(await statusOf(api, used, other.code)).toBe(400);
  });

  test('[A24, A44] the former chat signs in by no link, though Redis missed the end of the move', async () => {
    const { api, phone, older, newer } = await scene();
    const strict = localApi({
      PHONE_SEND_GAPS_SECONDS: '0',
      PHONE_FAILURES_PER_DAY: '1',
      APP_URL: 'https://app.example',
    });
    const { code } = await requestCode(strict, phone);
    await verify(strict, phone, wrongCode(code));
    expect((await strict.post('/api/auth/request-code', { phone })).status).toBe(200);
    await strict.settle();
    const [, message = ''] = await messagesOf(older, 2);
    const token = /#([\w-]{22})/.exec(message)?.[1];
    expect(token).toMatch(/^[\w-]{22}$/);
    await store.behave({ mode: 'dead', only: 'end-change' });
    await move(api, phone, newer);
    await healthy();
    expect((await api.post('/api/auth/verify-link', { token })).status).toBe(400);
  });
});

test('[A44, A48] a legacy link is adopted late: no code for its chat works after the move', async () => {
  const api = start();
  const [phone, older, newer] = [freshPhone(), freshChat(), freshChat()];
  await redis.set(keys.legacyLink(phone), String(older));
  await store.behave({ mode: 'slow', ms: 500, only: 'end-change', times: 1 });
  const { code } = await requestCode(api, phone);
  await pause();
  await link(api, phone, newer);
  await api.settle();
  expect(await statusOf(api, phone, code)).toBe(400);
});

describe('a number that is linked to the same chat again keeps', () => {
  test('[A44] a number that is linked to the same chat again keeps its code', async () => {
    const { api, phone, older } = await scene();
    const { code } = await requestCode(api, phone);
    await api.settle();
    await link(api, phone, older);
    expect(await statusOf(api, phone, code)).toBe(200);
  });

  test('[A44] a number linked again keeps the code whose chat Redis did not know', async () => {
    const { api, phone, older } = await scene();
    await redis.del(keys.phone(phone));
    const { code } = await requestCode(api, phone);
    await api.settle();
    await link(api, phone, older);
    expect((await messagesOf(older)).join()).toContain(code);
    expect(await statusOf(api, phone, code)).toBe(200);
  });

  test('[A11, A44] a number linked again keeps the used and the previous code', async () => {
    const { api, phone, older } = await scene();
    const { code } = await requestCode(api, phone);
    await api.settle();
    const used = await signInUnheard(phone, code);
    await link(api, phone, older);
    await used.takeBack();
    const newer = await requestUnheard(phone);
    await link(api, phone, older);
    await newer.takeBack();
    expect(await statusOf(api, phone, code)).toBe(200);
  });
});

test('[A44] a code that went nowhere outlives the first link of its number', async () => {
  const api = start();
  const phone = freshPhone();
  const { code } = await requestCode(api, phone);
  await api.settle();
  await link(api, phone, freshChat());
  expect(await statusOf(api, phone, code)).toBe(200);
});

test('[A12, A44] a sign-in that is taken back after the move leaves no session', async () => {
  const { api, phone, newer } = await scene();
  const { code } = await requestCode(api, phone);
  await api.settle();
  const { takeBack } = await signInUnheard(phone, code);
  await link(api, phone, newer);
  await takeBack();
  const next = await requestCode(api, phone);
  const { body } = await verify(api, phone, next.code);
  const { sessions } = (await api.send('GET', '/api/sessions', { token: String(body.token) }))
    .body as {
    sessions: object[];
  };
  expect(sessions).toHaveLength(1);
});

test(
  '[A44] in any order of request, delivery and move the former chat signs nobody in',
  async () => {
    await race(async (index) => {
      const { api, phone, older, newer } = await scene();
      if (index % 2 === 0) await redis.del(keys.phone(phone));
      await Promise.all([
        api.post('/api/auth/request-code', { phone }),
        pause(Math.floor(Math.random() * 12)).then(() => link(api, phone, newer)),
      ]);
      await api.settle();
      const read = /: (\d{6})/.exec((await messagesOf(older, 0)).join())?.[1];
      if (read !== undefined) expect(await statusOf(api, phone, read)).toBe(400);
    });
  },
  30_000 + RACE_RUNS * 500,
);
