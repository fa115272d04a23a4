import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { localApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
});

/**
 * A number in a chat whose budget of two wrong codes is spent, and that has just asked for another
 * code.
 */
const spent = async () => {
  const clock = new TestClock();
  const api = localApi({ APP_URL: 'https://app.example/', PHONE_FAILURES_PER_DAY: '2' }, clock.now);
  const [phone, chat] = [freshPhone(), freshChat()];
  await link(api, phone, chat);
  const { code } = await requestCode(api, phone);
  for (let n = 0; n < 2; n += 1)
    await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
  clock.advance(60);
  const answer = await api.post('/api/auth/request-code', { phone });
  await api.settle();
  const message = (await messagesOf(chat, 2)).at(-1) ?? '';
  const token = /https:\/\/app\.example\/sign-in#([\w-]{22})\n/.exec(message)?.[1] ?? '';
  const verify = (given: unknown = token) => api.post('/api/auth/verify-link', { token: given });
  return { clock, api, phone, chat, code, answer, message, token, verify };
};

const INVALID = {
  status: 400,
  body: { ok: false, code: 'invalid_link', message: 'Ссылка недействительна или устарела' },
};

describe('a sign-in link', () => {
  test('[A24] a link comes in place of digits when too many wrong codes were tried', async () => {
    const { answer, message, phone } = await spent();
    expect(answer).toMatchObject({
      status: 200,
      body: { ok: true, masked: `${phone.slice(0, 4)}***${phone.slice(-2)}` },
    });
    expect(Object.keys(answer.body).sort()).toEqual(['masked', 'ok', 'requestId', 'ttlSeconds']);
    expect(message).not.toMatch(/(?<![\w-])\d{6}(?![\w-])/);
  });

  test('[A25] a link signs in as the user of the number, once', async () => {
    const { api, verify, phone } = await spent();
    const signedIn = await verify();
    expect(signedIn.status, signedIn.text).toBe(200);
    expect(Object.keys(signedIn.body)).toEqual(['ok', 'token']);
    const token = String(signedIn.body.token);
    expect((await api.send('GET', '/api/profile', { token })).body.phone).toBe(phone);
    const { body } = await api.send('GET', '/api/sessions', { token });
    expect(body.sessions).toMatchObject([{ method: 'link', current: true }]);
    expect(await verify()).toMatchObject(INVALID);
  });

  test('[A24, A25] a link makes one session when 20 use it at once', async () => {
    const { verify, api } = await spent();
    await redis.behave({ mode: 'barrier', count: 20, only: '-- use-link' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify()));
    await redis.behave({ mode: 'pass' });
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(400)]);
    const token = String(answers.find(({ status }) => status === 200)?.body.token);
    const { body } = await api.send('GET', '/api/sessions', { token });
    expect(body.sessions).toHaveLength(1);
  });

  test('[A24] a link is valid to the last second of its 300', async () => {
    const { clock, verify } = await spent();
    clock.advance(300);
    expect(await verify()).toMatchObject(INVALID);
    clock.advance(-1);
    expect((await verify()).status).toBe(200);
  });

  test('[A24] a link works whatever is tried at codes, and gives no budget back', async () => {
    const { api, phone, code, verify } = await spent();
    const guess = () => api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
    expect((await guess()).status).toBe(429);
    expect((await verify()).status).toBe(200);
    expect((await guess()).status).toBe(429);
  });

  test('[A24, A44] a link of a number that its account has left signs nobody in', async () => {
    const { api, chat, verify } = await spent();
    await postUpdate(api, messageUpdate(chat, ownContact(chat, freshPhone())));
    expect(await verify()).toMatchObject(INVALID);
  });

  test.each([
    ['absent', undefined],
    ['empty', ''],
    ['another', 'abcdefghijklmnopqrstuv'],
    ['too long', 'a'.repeat(23)],
    ['null', null],
    ['a number', 7],
    ['an array', ['a']],
    ['an object', { toString: 1 }],
    ['1 MB of text', 'a'.repeat(90_000)],
    ['U+0000', `${'a'.repeat(21)}\0`],
    ['a lone surrogate', `${'a'.repeat(21)}\ud800`],
  ])('[A25] a link whose token is %s is invalid', async (_, token) => {
    expect(await localApi().post('/api/auth/verify-link', { token })).toMatchObject(INVALID);
  });

  test('[A25] a link costs 1 EVAL before the answer and none but the alert behind it', async () => {
    const { api, verify, chat } = await spent();
    await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
    await verify();
    await api.settle();
    expect({ sql: await database.calls(), redis: await redis.calls() }).toEqual({
      sql: 0,
      redis: 1,
    });
    expect((await messagesOf(chat, 3)).at(-1)).toContain('Новый вход');
  });

  test.each(['dead', 'garbage', 'nonsense', 'half'] as const)(
    '[A12, A25, H13] a link is not used up when Redis is %s: 503, and then it works',
    async (mode) => {
      const { api, verify } = await spent();
      await redis.behave({ mode, only: '-- use-link', times: 1 });
      expect(await verify()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      await api.settle();
      expect((await verify()).status).toBe(200);
    },
  );

  test('[A12, A25] a link is not used up when Redis’ answer is lost, and leaves one session', async () => {
    const { api, verify } = await spent();
    await redis.behave({ mode: 'deaf', only: '-- use-link', times: 1 });
    expect((await verify()).status).toBe(503);
    await api.settle();
    const { body } = await verify();
    const token = String(body.token);
    const { sessions } = (await api.send('GET', '/api/sessions', { token })).body as {
      sessions: { id: string }[];
    };
    expect(sessions.map(({ id }) => id)).toEqual([decodeJwt(token).sid]);
  });

  test('[A12, A24] a link is not made when the request for it was taken back', async () => {
    const { api, chat, phone, clock } = await spent();
    clock.advance(120);
    await redis.behave({ mode: 'deaf', only: '-- request-code', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await api.settle();
    expect(await messagesOf(chat, 2)).toHaveLength(2);
  });
});

describe('a test number', () => {
  const PHONE = '+79990000001';
  const api = (settings: Record<string, string> = {}, clock = new TestClock()) =>
    localApi(
      { TEST_PHONES: `${PHONE}=424242, +79990000002=000000`, DEBUG_CODE: 'off', ...settings },
      clock.now,
    );
  const ask = (at: ReturnType<typeof api>, phone = PHONE) =>
    at.post('/api/auth/request-code', { phone });
  const verify = (at: ReturnType<typeof api>, code: string) =>
    at.post('/api/auth/verify-code', { phone: PHONE, code });

  test('[A15] a test number has its fixed code each time, and nothing in the answer tells', async () => {
    const at = api();
    for (let n = 0; n < 7; n += 1) {
      const answer = await ask(at);
      expect(answer.status, answer.text).toBe(200);
      expect(Object.keys(answer.body).sort()).toEqual(['masked', 'ok', 'requestId', 'ttlSeconds']);
      expect((await verify(at, '424242')).status).toBe(200);
    }
  });

  test('[A15] a test number is sent no message, though it be linked', async () => {
    const at = api();
    const chat = freshChat();
    await link(at, PHONE, chat);
    await ask(at);
    await at.settle();
    expect(await messagesOf(chat, 0)).toEqual([]);
  });

  test('[A9, A15] a test number has to be asked for its code, and has it once', async () => {
    const at = api();
    await ask(at);
    expect((await verify(at, '424242')).status).toBe(200);
    expect((await verify(at, '424242')).status).toBe(400);
  });

  test('[A15, A17] a test number can be guessed no oftener than any other', async () => {
    const at = api({ PHONE_FAILURES_PER_DAY: '3' });
    await ask(at);
    for (let n = 0; n < 3; n += 1) expect((await verify(at, '111111')).status).toBe(400);
    expect((await verify(at, '424242')).status).toBe(429);
    // The tests beside this one use the same number.
    const later = new TestClock();
    later.advance(86_400);
    const tomorrow = api({}, later);
    await ask(tomorrow);
    expect((await verify(tomorrow, '424242')).status).toBe(200);
  });

  test('[A15] a test number gives its code to no other number', async () => {
    const at = api();
    const phone = freshPhone();
    await ask(at, phone);
    expect((await at.post('/api/auth/verify-code', { phone, code: '424242' })).status).toBe(400);
  });
});
