import { readFileSync } from 'node:fs';
import { neon } from '@neondatabase/serverless';
import { Redis } from '@upstash/redis';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { hashCode } from '../../src/auth/code.ts';
import { checkCode, voidCheck } from '../../src/auth/store.ts';
import { createRedis } from '../../src/platform/redis/client.ts';
import { keys } from '../../src/platform/redis/keys.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { checkRequest, voidStep } from '../../src/qr/store.ts';
import { createServices } from '../../src/services.ts';
import { NO_SESSION } from '../../src/telegram/texts.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import {
  messageUpdate,
  ownContact,
  Person,
  postUpdate,
  registerWebhook,
} from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { confirm, showQr } from '../support/qr.ts';
import { freshChat, link, messagesOf, requestCode, signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const redisProxy = new ProxyControl(stack.redisProxy);
const database = new ProxyControl(stack.databaseProxy);
afterEach(async () => {
  await Promise.all([redisProxy.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]);
});
const sql = neon(String(stack.settings.DATABASE_URL));
const redis = new Redis({
  url: String(stack.settings.UPSTASH_REDIS_REST_URL),
  token: String(stack.settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});
const userOf = (token: string) => String(decodeJwt(token).userId);
const sidOf = (token: string) => String(decodeJwt(token).sid);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a sign-in alert', () => {
  test.each(['T1', 'XX', 'RU'])(
    '[A40] the alert is told whatever two letters the edge has for the country: %s',
    async (country) => {
      const api = localApi();
      const [phone, chat] = [freshPhone(), freshChat()];
      await link(api, phone, chat);
      const { code } = await requestCode(api, phone);
      const app = createApp(createServices(parseSettings(stack.settings)));
      const behind: Promise<unknown>[] = [];
      const body = JSON.stringify({ phone, code });
      const request = new Request('http://localhost/api/auth/verify-code', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          // A body without a length is put into another Request, which has no `cf` outside workerd.
          'Content-Length': String(body.length),
          'CF-Connecting-IP': freshAddress(),
        },
        body,
      });
      Object.defineProperty(request, 'cf', { value: { country, city: '' } });
      const context = {
        waitUntil: (work: Promise<unknown>) => void behind.push(work),
        passThroughOnException: () => undefined,
        props: {},
      };
      const answer = await app.fetch(request, {}, context);
      expect(answer.status).toBe(200);
      await Promise.all(behind);
      await api.settle();
      expect((await messagesOf(chat, 2)).at(-1)).toMatch(/^Новый вход/);
    },
  );

  test.each([
    [
      'the chat got another number',
      async (person: Person) => {
        const phone = freshPhone();
        await signIn(runningApi(), phone);
        await person.introduce({ phone });
        expect(await person.share()).toContain('Аккаунты остались при своих номерах');
      },
    ],
    [
      '/unlink',
      async (person: Person) => expect(await person.say('/unlink')).toContain('отвязано'),
    ],
  ])(
    '[A40, A46] the button pressed after %s never says that an open session is closed',
    async (_, happens) => {
      await registerWebhook();
      const api = runningApi();
      const person = await new Person().introduce();
      await person.share();
      const { code } = await requestCode(api, person.phone);
      const { body } = await api.post('/api/auth/verify-code', { phone: person.phone, code });
      const token = String(body.token);
      await person.hear(/^Новый вход/);
      const alert = (await person.messages()).at(-1);
      await happens(person);
      const { notice } = await fetch(`${stack.telegramUrl}/_/chats/${person.id}/press`, {
        method: 'POST',
        body: JSON.stringify({ messageId: alert?.message_id, data: `revoke:${sidOf(token)}` }),
      }).then((answer) => answer.json());
      expect((await localApi().send('GET', '/api/sessions', { token })).status).toBe(200);
      expect(notice).toBe(NO_SESSION.ru);
    },
  );
});

describe('what was revoked', () => {
  test('[A12, A37] a revoked token is not collected again when its check is taken back', async () => {
    const api = localApi();
    const mine = await signIn(api);
    const { code, address, poll } = await showQr(api);
    expect((await confirm(api, code, mine)).status).toBe(200);
    const direct = createRedis(
      String(stack.settings.UPSTASH_REDIS_REST_URL),
      String(stack.settings.UPSTASH_REDIS_REST_TOKEN),
    );
    const asked = {
      code,
      id: crypto.randomUUID(),
      address,
      now: Date.now(),
      pollHash: undefined,
      sid: 'a'.repeat(22),
    };
    const limits = parseSettings(stack.settings);
    expect((await checkRequest(direct, limits, { ...asked, leastGapMs: 0 })).outcome).toBe('ready');
    expect((await api.send('DELETE', '/api/sessions', { token: mine })).body).toMatchObject({
      revoked: 1,
    });
    await voidStep(direct, { ...asked, step: 'check' });
    expect((await poll()).body.status).not.toBe('ready');
    await api.settle();
  });

  test('[A35, A38] a revoked legacy token stays so in an isolate whose clock is behind', async () => {
    const clock = new TestClock();
    const ahead = localApi({}, () => clock.now() + 2_000);
    const behind = localApi({}, clock.now);
    const mine = await signIn(ahead);
    const legacy = await legacyToken(userOf(mine), {
      issuedAt: Math.floor(clock.now() / 1000) + 1,
    });
    expect((await ahead.send('DELETE', '/api/sessions', { token: mine })).status).toBe(200);
    expect((await ahead.send('GET', '/api/sessions', { token: legacy })).status).toBe(401);
    expect((await behind.send('DELETE', '/api/sessions', { token: mine })).status).toBe(200);
    expect((await behind.send('GET', '/api/sessions', { token: legacy })).status).toBe(401);
  });
});

test('[A35, A39] a legacy token beside 50 newer sessions is in the list, or does not work', async () => {
  const api = localApi();
  const user = crypto.randomUUID();
  const record = JSON.stringify({ method: 'code', browser: '', system: '', city: '', country: '' });
  const fields: Record<string, string> = {};
  for (let n = 0; n < 50; n += 1)
    fields[`s:${String(n).padStart(22, 'a')}`] = `${Date.now() - n}|${record}`;
  await redis.hset(keys.sessions(user), fields);
  const legacy = await legacyToken(user, { issuedAt: Math.floor(Date.now() / 1000) - 86_400 });
  const answer = await api.send('GET', '/api/sessions', { token: legacy });
  const listed = ((answer.body.sessions ?? []) as { current: boolean }[]).some(
    ({ current }) => current,
  );
  expect(answer.status === 401 || listed, `status ${answer.status}, listed ${listed}`).toBe(true);
});

test('[A44, A48] a chat that others linked cannot carry an account off to its own number', async () => {
  const api = localApi();
  const [victim, thief, own] = [freshPhone(), freshChat(), freshPhone()];
  const account = userOf(await signIn(api, victim));
  await api.settle();
  await redis.set(keys.legacyLink(victim), String(thief));
  const later = localApi({ PHONE_SEND_GAPS_SECONDS: '0' });
  await requestCode(later, victim);
  await later.settle();
  expect((await postUpdate(later, messageUpdate(thief, ownContact(thief, own)))).status).toBe(200);
  expect((await sql`select phone from users where id = ${account}`)[0]?.phone).toBe(victim);
});

test('[A33] the id of a QR room, which is a secret, is in no log line', async () => {
  const api = runningApi();
  const { room } = await showQr(api);
  await api.send('GET', `/parties/qr/${room}`);
  await sleep(500);
  const lines = readFileSync(stack.logFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(room));
  expect(lines).toEqual([]);
});

describe('a number that is linked to another chat', () => {
  test('[A44] a number is not signed into by the code that its former chat was sent', async () => {
    const api = localApi({ PHONE_SEND_GAPS_SECONDS: '0' });
    const [phone, former, chat] = [freshPhone(), freshChat(), freshChat()];
    await postUpdate(api, messageUpdate(former, ownContact(former, phone)));
    const { code } = await requestCode(api, phone);
    await api.settle();
    await postUpdate(api, messageUpdate(chat, ownContact(chat, phone)));
    const { status } = await api.post('/api/auth/verify-code', { phone, code });
    await api.settle();
    expect(status).toBe(400);
  });

  test('[A44] a number is not signed into by the code that was sent before /unlink', async () => {
    const api = localApi({ PHONE_SEND_GAPS_SECONDS: '0' });
    const [phone, chat] = [freshPhone(), freshChat()];
    await postUpdate(api, messageUpdate(chat, ownContact(chat, phone)));
    const { code } = await requestCode(api, phone);
    await api.settle();
    await postUpdate(api, messageUpdate(chat, { text: '/unlink' }));
    const { status } = await api.post('/api/auth/verify-code', { phone, code });
    await api.settle();
    expect(status).toBe(400);
  });
});

test('[A48] an unlinked chat is not linked again from Redis, which missed two changes', async () => {
  const api = localApi({ PHONE_SEND_GAPS_SECONDS: '0' });
  const [phone, stranger, chat] = [freshPhone(), freshChat(), freshChat()];
  await redis.set(keys.legacyLink(phone), String(stranger));
  await redisProxy.behave({ mode: 'dead', only: 'end-change' });
  await postUpdate(api, messageUpdate(chat, ownContact(chat, phone)));
  await postUpdate(api, messageUpdate(chat, { text: '/unlink' }));
  await redisProxy.behave({ mode: 'pass' });
  const { code } = await requestCode(api, phone);
  await api.settle();
  expect((await messagesOf(stranger, 1)).some((text) => text.includes(code))).toBe(false);
});

test('[A12, A37] a code whose session was revoked does not live again by an undo', async () => {
  const api = localApi();
  const phone = freshPhone();
  const mine = await signIn(api, phone);
  await api.settle();
  const later = localApi({ PHONE_SEND_GAPS_SECONDS: '0' });
  await redis.del(keys.phone(phone));
  const { code } = await requestCode(later, phone);
  await later.settle();
  const settings = parseSettings(stack.settings);
  const direct = createRedis(settings.UPSTASH_REDIS_REST_URL, settings.UPSTASH_REDIS_REST_TOKEN);
  const record = JSON.stringify({ method: 'code', browser: '', system: '', city: '', country: '' });
  const attempt = {
    phone,
    mac: await hashCode(settings.CODE_SECRET, phone, code),
    previousMac: undefined,
    id: crypto.randomUUID(),
    address: freshAddress(),
    now: Date.now(),
    session: { sid: 'b'.repeat(22), newUserId: crypto.randomUUID(), record },
  };
  expect((await checkCode(direct, settings, attempt)).outcome).toBe('ok');
  expect((await later.send('DELETE', '/api/sessions', { token: mine })).body).toMatchObject({
    revoked: 1,
  });
  await voidCheck(direct, attempt, Date.now());
  const { status } = await later.post('/api/auth/verify-code', { phone, code });
  await later.settle();
  expect(status).toBe(400);
});

describe('within 5 s', () => {
  test('[H13] a first sign-in through slow stores and a hanging Redis is answered in time', async () => {
    const api = localApi({ PHONE_SEND_GAPS_SECONDS: '0' });
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    await api.settle();
    await sql`insert into users (id, phone) values (${crypto.randomUUID()}, ${phone})`;
    await redisProxy.behave({ mode: 'slow', ms: 900 });
    await database.behave({ mode: 'slow', ms: 2_350 });
    const started = Date.now();
    const verifying = api.post('/api/auth/verify-code', { phone, code });
    await sleep(1_500);
    await redisProxy.behave({ mode: 'hang' });
    const answer = await verifying;
    const took = Date.now() - started;
    await redisProxy.behave({ mode: 'pass' });
    await api.settle();
    expect(answer.status).toBe(503);
    expect(took).toBeLessThan(5_000);
  });
});
