import { afterEach, describe, expect, test } from 'vitest';
import { localApi, TestClock } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { failTelegram } from '../support/telegram.ts';

const redis = new ProxyControl(stack.redisProxy);
const database = new ProxyControl(stack.databaseProxy);

afterEach(async () => {
  await Promise.all([redis.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]);
  await failTelegram({ clear: true });
});

const GAPS = [60, 120, 300, 600];

/** A number in a chat, for which all five messages of the day have been asked for. */
const spent = async (settings: Record<string, string> = {}) => {
  const clock = new TestClock();
  const api = localApi(settings, clock.now);
  const [phone, chat] = [freshPhone(), freshChat()];
  await link(api, phone, chat);
  const ask = async () => {
    const asked = await requestCode(api, phone, freshAddress());
    await api.settle();
    return asked;
  };
  let last = await ask();
  for (const gap of GAPS) {
    clock.advance(gap);
    last = await ask();
  }
  clock.advance(600);
  const verify = async (code: string) =>
    (await api.post('/api/auth/verify-code', { phone, code })).status;
  return { clock, api, phone, chat, ask, verify, last };
};

const NEW_CODE = /^Ваш код для входа в AIST: (\d{6})/;

const callsTo = async (chat: number) => {
  const calls: { chatId?: number; method: string }[] = await fetch(
    `${stack.telegramUrl}/_/calls`,
  ).then((answer) => answer.json());
  return calls.filter(({ chatId }) => chatId === chat).map(({ method }) => method);
};

describe('when the five messages of a day are spent', () => {
  test('[A19] past the day’s messages a request changes the last message and its code', async () => {
    const { chat, ask, verify, last } = await spent();
    const before = await messagesOf(chat, 5);
    const { code } = await ask();
    const after = await messagesOf(chat, 5);
    expect(after).toHaveLength(5);
    expect(after.slice(0, 4)).toEqual(before.slice(0, 4));
    expect(after[4]).toContain(code);
    expect(await callsTo(chat)).toEqual([...Array(5).fill('sendMessage'), 'editMessageText']);
    if (last.code !== code) expect(await verify(last.code)).toBe(400);
    expect(await verify(code)).toBe(200);
  });

  test('[A18, A19] past the day’s messages the gaps stay, and nobody is refused for longer', async () => {
    const { clock, api, phone, ask, chat } = await spent();
    for (let n = 0; n < 3; n++) {
      await ask();
      clock.advance(1);
      const early = await api.post('/api/auth/request-code', { phone });
      expect(early).toMatchObject({ status: 429, body: { retryAfterSeconds: 599 } });
      clock.advance(599);
    }
    expect(await messagesOf(chat, 5)).toHaveLength(5);
  });

  test('[A19] a new message is sent only where the change fails, and is changed from then on', async () => {
    const { clock, chat, ask } = await spent();
    await failTelegram({ chatId: chat, method: 'editMessageText', status: 400 });
    const sixth = await ask();
    expect((await messagesOf(chat, 6))[5]).toContain(sixth.code);
    clock.advance(600);
    const seventh = await ask();
    const messages = await messagesOf(chat, 6);
    expect(messages).toHaveLength(6);
    expect(messages[5]).toContain(seventh.code);
  });

  test('[A19] a message that says already what it is to say is not sent anew', async () => {
    const { chat, ask, api, phone, clock } = await spent({ PHONE_FAILURES_PER_DAY: '1' });
    const { code } = await ask();
    await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
    for (let n = 0; n < 2; n++) {
      clock.advance(600);
      expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
      await api.settle();
      const messages = await messagesOf(chat, 5);
      expect(messages).toHaveLength(5);
      expect(messages[4]).toContain('Запросите код через 24 ч.');
    }
  });

  test('[A19, A24] the sign-in link comes in place as well, and works', async () => {
    const { chat, ask, api, phone, clock } = await spent({
      PHONE_FAILURES_PER_DAY: '1',
      APP_URL: 'https://app.example',
    });
    const { code } = await ask();
    await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
    clock.advance(600);
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
    await api.settle();
    const messages = await messagesOf(chat, 5);
    expect(messages).toHaveLength(5);
    const token = /sign-in#([\w-]{22})/.exec(messages[4] ?? '')?.[1];
    expect((await api.post('/api/auth/verify-link', { token })).status).toBe(200);
  });

  test('[A19, A44] a number that has moved gets its message in the new chat', async () => {
    const { chat, ask, api, phone, clock } = await spent();
    const newer = freshChat();
    await link(api, phone, newer);
    const { code } = await ask();
    expect((await messagesOf(newer)).join()).toContain(code);
    expect((await messagesOf(chat, 5)).join()).not.toContain(code);
    clock.advance(600);
    const next = await ask();
    expect(await messagesOf(newer)).toEqual([expect.stringContaining(next.code)]);
  });

  test('[A12, A19] what Redis did not answer counts for nothing: the next request is free', async () => {
    const { api, phone, ask, chat } = await spent();
    await redis.behave({ mode: 'deaf', only: '-- request-code', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await api.settle();
    const { code } = await ask();
    expect((await messagesOf(chat, 5))[4]).toContain(code);
  });

  test('[A5, A19] a change costs 1 EVAL with all that goes on behind the answer', async () => {
    const { ask } = await spent();
    await Promise.all([redis.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]);
    await ask();
    expect({ sql: await database.calls(), redis: await redis.calls() }).toEqual({
      sql: 0,
      redis: 1,
    });
  });

  test('[A18, A19] a day later there are new messages, five again', async () => {
    const { clock, chat, ask } = await spent();
    await ask();
    clock.advance(86_400);
    for (const gap of [...GAPS, 600, 600]) {
      await ask();
      clock.advance(gap);
    }
    expect(await messagesOf(chat, 10)).toHaveLength(10);
  });

  test('[A4, A19] a number without a chat is answered alike', async () => {
    const clock = new TestClock();
    const api = localApi({ DEBUG_CODE: 'off' }, clock.now);
    const [linked, unlinked] = [freshPhone(), freshPhone()];
    await link(api, linked, freshChat());
    for (const gap of [0, ...GAPS, 600, 600]) {
      clock.advance(gap);
      const answers = await Promise.all(
        [linked, unlinked].map((phone) => api.post('/api/auth/request-code', { phone })),
      );
      await api.settle();
      for (const { status, body } of answers) {
        expect(status).toBe(200);
        expect(Object.keys(body).sort()).toEqual(['masked', 'ok', 'requestId', 'ttlSeconds']);
      }
    }
  });

  test('[A19, A43] the link of one who blocked the bot rests here too', async () => {
    const { clock, chat, ask } = await spent();
    await failTelegram({ chatId: chat, method: 'editMessageText', status: 403 });
    await ask();
    const before = await callsTo(chat);
    clock.advance(600);
    await ask();
    expect(await callsTo(chat)).toEqual(before);
  });
});

test('[A19] who asks for somebody’s codes all day from fifty addresses keeps nobody out', async () => {
  const { clock, api, phone, chat } = await spent();
  for (let n = 0; n < 50; n++) {
    // The attacker asks as soon as the gap allows it.
    const attack = await api.post('/api/auth/request-code', { phone }, { address: freshAddress() });
    expect(attack.status).toBe(200);
    await api.settle();
    const own = await api.post('/api/auth/request-code', { phone });
    expect(own.status).toBe(429);
    expect(Number(own.body.retryAfterSeconds)).toBeLessThanOrEqual(600);
    if (n % 10 === 9) {
      const code = NEW_CODE.exec((await messagesOf(chat, 5))[4] ?? '')?.[1];
      const answer = await api.post('/api/auth/verify-code', { phone, code });
      expect(answer.status, answer.text).toBe(200);
      await api.settle();
    }
    clock.advance(600);
  }
});
