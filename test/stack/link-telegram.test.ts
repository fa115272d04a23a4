import { neon } from '@neondatabase/serverless';
import { Redis } from '@upstash/redis';
import { describe, expect, test } from 'vitest';
import { keys } from '../../src/platform/redis/keys.ts';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshChat, link, messagesOf, requestCode, signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const settings = stack.settings;
const secret = { 'X-Link-Secret': 'dev-link-secret' };
const path = '/api/internal/link-telegram';

const redis = new Redis({
  url: String(settings.UPSTASH_REDIS_REST_URL),
  token: String(settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});

/** The app in this process sets where the driver finds the database. */
const local = localApi();
const sql = neon(String(settings.DATABASE_URL));
const linkOf = async (phone: string) => {
  const [row] = await sql`select chat_id, blocked_at from telegram_links where phone = ${phone}`;
  return row;
};

describe('POST /api/internal/link-telegram', () => {
  test.each([
    ['telegramChatId, an integer', (chat: number) => ({ telegramChatId: chat })],
    ['telegramChatId, a decimal string', (chat: number) => ({ telegramChatId: String(chat) })],
    ['chat_id, an integer', (chat: number) => ({ chat_id: chat })],
    [
      'chat_id, a decimal string',
      (chat: number) => ({ chat_id: String(chat), telegramChatId: null }),
    ],
  ])('[H33, H34] the link is made by %s', async (_, fields) => {
    const phone = freshPhone();
    const chat = freshChat();
    const answer = await api.post(
      path,
      { phone: `8${phone.slice(2)}`, ...fields(chat) },
      { headers: secret },
    );
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"ok":true}');
    expect(await linkOf(phone)).toEqual({ chat_id: String(chat), blocked_at: null });
    const { code } = await requestCode(api, phone);
    expect((await messagesOf(chat)).join()).toContain(code);
  });

  test('[H33] the secret is taken in the body from older bots', async () => {
    const answer = await api.post(path, {
      phone: freshPhone(),
      chat_id: freshChat(),
      secret: 'dev-link-secret',
    });
    expect(answer.status).toBe(200);
  });

  test.each<[string, Record<string, string>, object]>([
    ['no secret', {}, {}],
    ['a wrong secret', { 'X-Link-Secret': 'dev-link-secre' }, {}],
    ['a longer secret', { 'X-Link-Secret': 'dev-link-secret1' }, {}],
    [
      'a wrong header and the right secret in the body',
      { 'X-Link-Secret': 'x' },
      { secret: 'dev-link-secret' },
    ],
    ['a secret of another type', {}, { secret: ['dev-link-secret'] }],
    [
      'an object that claims to be a string',
      {},
      { secret: { toString: 'dev-link-secret', length: 15 } },
    ],
  ])(
    '[H33] the link is forbidden with %s, before anything else is looked at',
    async (_, headers, body) => {
      const phone = freshPhone();
      for (const rest of [{ phone, chat_id: freshChat() }, {}]) {
        const answer = await api.post(path, { ...body, ...rest }, { headers });
        expect(answer.status).toBe(403);
        expect(answer.body).toMatchObject({
          ok: false,
          message: 'Forbidden',
          error: 'Forbidden',
          code: 'forbidden',
        });
      }
      expect(await linkOf(phone)).toBeUndefined();
    },
  );

  test('[H33] the link is forbidden to everybody where no secret is configured', async () => {
    const closed = localApi({ TELEGRAM_LINK_SECRET: '' });
    for (const headers of [{}, { 'X-Link-Secret': '' }, { 'X-Link-Secret': 'undefined' }, secret]) {
      const answer = await closed.post(
        path,
        { phone: freshPhone(), chat_id: 1, secret: '' },
        { headers },
      );
      expect(answer.status).toBe(403);
    }
  });

  test.each<unknown>([
    {},
    { phone: '+79991234567' },
    { chat_id: 5 },
    { phone: '', chat_id: 5 },
    { phone: 'abc', chat_id: 5 },
    { phone: '+79991234567', chat_id: 0 },
    { phone: '+79991234567', chat_id: -100_123 },
    { phone: '+79991234567', chat_id: '-5' },
    { phone: '+79991234567', chat_id: 1.5 },
    { phone: '+79991234567', chat_id: '0x10' },
    { phone: '+79991234567', chat_id: '99999999999999999999' },
    { phone: '+79991234567', chat_id: [5] },
    { phone: '+79991234567', chat_id: { toString: 5 } },
    { phone: '+79991234567', chat_id: true },
    { phone: { toString: 1 }, chat_id: 5 },
  ])('[H34] the link answers 400 to %j', async (body) => {
    const answer = await api.post(path, body, { headers: secret });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toBe('phone and telegramChatId required');
  });

  test('[A44] a new link takes the place of the one before, at once', async () => {
    const phone = freshPhone();
    const [old, current] = [freshChat(), freshChat()];
    await link(api, phone, old);
    await link(api, phone, current);
    await requestCode(api, phone);
    expect(await messagesOf(current)).toHaveLength(1);
    expect(await messagesOf(old, 0)).toEqual([]);
  });

  test('the link keeps the user that the number has, and makes one for a new number', async () => {
    const phone = freshPhone();
    const token = await signIn(api, phone);
    const before = await api.send('GET', '/api/profile', { token });
    await link(api, phone, freshChat());
    const users = await sql`select id from users where phone = ${phone}`;
    expect(users).toEqual([{ id: before.body.userId }]);

    const newcomer = freshPhone();
    await link(api, newcomer, freshChat());
    expect(await sql`select id from users where phone = ${newcomer}`).toHaveLength(1);
  });

  test('[A44] a number linked after its code was asked for signs in with that code', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(local, phone);
    // A link that comes while the number's chat is looked up takes the code back.
    await local.settle();
    await link(api, phone, freshChat());
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });
});

describe('a link of the legacy server', () => {
  test('[A48] a legacy link is honoured and moved to Postgres, with its user', async () => {
    const phone = freshPhone();
    const chat = freshChat();
    await redis.set(keys.legacyLink(phone), String(chat), { ex: 31_536_000 });
    const { code } = await requestCode(local, phone);
    await local.settle();
    expect((await messagesOf(chat)).join()).toContain(code);
    expect(await linkOf(phone)).toEqual({ chat_id: String(chat), blocked_at: null });
    expect(await sql`select id from users where phone = ${phone}`).toHaveLength(1);
    expect(await redis.exists(keys.legacyLink(phone))).toBe(0);
  });

  test('[A48] a legacy link gives way to a link that Postgres has already', async () => {
    const phone = freshPhone();
    const [stale, current] = [freshChat(), freshChat()];
    await link(api, phone, current);
    await redis.del(keys.phone(phone));
    await redis.set(keys.legacyLink(phone), String(stale));
    await requestCode(local, phone);
    await local.settle();
    expect(await messagesOf(current)).toHaveLength(1);
    expect(await messagesOf(stale, 0)).toEqual([]);
    expect(await redis.exists(keys.legacyLink(phone))).toBe(0);
  });

  test.each(['abc', '-100123', '', '1e5', '{"chat":1}'])(
    '[A48] a legacy value that is no chat id (%j) is no link, and no error',
    async (dirt) => {
      const phone = freshPhone();
      await redis.set(keys.legacyLink(phone), dirt);
      expect((await local.post('/api/auth/request-code', { phone })).status).toBe(200);
      await local.settle();
      expect(await linkOf(phone)).toBeUndefined();
    },
  );

  test('[A2, A48] a code that the legacy server stored under our key is no code, and no error', async () => {
    const phone = freshPhone();
    await redis.set(keys.code(phone), '123456', { ex: 300 });
    expect((await api.post('/api/auth/verify-code', { phone, code: '123456' })).status).toBe(400);
    const { code } = await requestCode(api, phone);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
    expect(await redis.exists(keys.code(phone))).toBe(0);
  });
});

test('[A44] a link outlives the loss of all that Redis holds', async () => {
  const phone = freshPhone();
  const chat = freshChat();
  await link(api, phone, chat);
  await redis.del(keys.phone(phone), keys.sends(phone));
  const { code } = await requestCode(local, phone);
  await local.settle();
  expect((await messagesOf(chat)).join()).toContain(code);
});
