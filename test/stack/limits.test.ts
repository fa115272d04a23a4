import { describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { freshAddress, freshNetwork, freshPhone } from '../support/fresh.ts';
import { guessAtNothing, guessWrong, start } from '../support/guessing.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';

describe('the limits of sending', () => {
  test('[A18, H12] a number is asked for 60 s apart, then 2, 5, 10 minutes, never longer', async () => {
    const { clock, api } = start();
    const phone = freshPhone();
    const ask = () => api.post('/api/auth/request-code', { phone });
    expect((await ask()).status).toBe(200);
    for (const gap of [60, 120, 300, 600]) {
      const early = await ask();
      expect(early.status).toBe(429);
      expect(early.headers.get('Retry-After')).toBe(String(gap));
      clock.advance(gap - 1);
      expect((await ask()).body).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: 1 });
      clock.advance(1);
      expect((await ask()).status).toBe(200);
    }
    for (let n = 0; n < 5; n++) {
      expect((await ask()).body.retryAfterSeconds).toBe(600);
      clock.advance(600);
      expect((await ask()).status).toBe(200);
    }
  });

  test.each([
    ['an IPv6 /64', 10, freshNetwork],
    ['an IPv4 address, with all who are behind it,', 100, freshAddress],
  ])(
    '[A21] %s gets %i messages an hour that nobody verifies, and others are not hurt',
    async (_, count, fresh) => {
      const { clock, api } = start();
      const address = fresh();
      for (let i = 0; i < count; i++) await requestCode(api, freshPhone(), address);
      const refused = await api.post(
        '/api/auth/request-code',
        { phone: freshPhone() },
        { address },
      );
      expect(refused.status).toBe(429);
      expect(refused.body.retryAfterSeconds).toBe(3600);
      await requestCode(api, freshPhone(), fresh());
      clock.advance(3600);
      await requestCode(api, freshPhone(), address);
    },
  );

  test('[A21] what was verified does not count for the address', async () => {
    const { api } = start();
    const address = freshNetwork();
    for (let i = 0; i < 12; i++) {
      const phone = freshPhone();
      const { code } = await requestCode(api, phone, address);
      expect((await api.post('/api/auth/verify-code', { phone, code }, { address })).status).toBe(
        200,
      );
    }
  });

  test('[H21] the first 64 bits of an IPv6 address are one address, the next 64 another', async () => {
    const { api } = start();
    const network = `2001:db8:${Math.floor(Math.random() * 65_535).toString(16)}`;
    for (let i = 1; i <= 10; i++) await requestCode(api, freshPhone(), `${network}:1:${i}::${i}`);
    const same = await api.post(
      '/api/auth/request-code',
      { phone: freshPhone() },
      { address: `${network}:1:ffff:0:0:1` },
    );
    expect(same.status).toBe(429);
    await requestCode(api, freshPhone(), `${network}:2::1`);
  });

  test('[A18] a refused message changes nothing: the code sent before still works', async () => {
    const { api } = start();
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(429);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[H12] the answer past a limit says how long, in the language of the client', async () => {
    const { api } = start();
    const phone = freshPhone();
    await requestCode(api, phone);
    const russian = await api.post('/api/auth/request-code', { phone });
    expect(russian.body.message).toBe('Слишком много попыток. Повторите через 60 сек.');
    const headers = { 'X-Language': 'en' };
    const english = await api.post('/api/auth/request-code', { phone }, { headers });
    expect(english.body.message).toBe('Too many attempts. Try again in 60 s');
  });
});

test('[A17, A20] ADDRESS_LIMITS=off ends the limits of addresses, and those of numbers stay', async () => {
  const { api } = start({ ADDRESS_LIMITS: 'off' });
  const address = freshNetwork();
  for (let i = 0; i < 31; i++) await requestCode(api, freshPhone(), address);
  await guessWrong(api, 31, address);
  await guessAtNothing(api, 11, address);
  const phone = freshPhone();
  await requestCode(api, phone, address);
  expect((await api.post('/api/auth/request-code', { phone }, { address })).status).toBe(429);
});

test('[A1, A7, A17, A18, A20, A21] every limit is a setting', async () => {
  const { clock, api } = start({
    CODE_TRIES: '1',
    PHONE_FAILURES_PER_DAY: '2',
    PHONE_SENDS_PER_DAY: '3',
    PHONE_SEND_GAPS_SECONDS: '1',
    ADDRESS_SENDS_PER_HOUR: '2',
  });
  const phone = freshPhone();
  for (let i = 0; i < 2; i++) {
    const { code } = await requestCode(api, phone);
    // A code that dies before its delivery is taken back, so the delivery has to end first.
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) })).status).toBe(
      400,
    );
    clock.advance(1);
  }
  expect((await api.post('/api/auth/verify-code', { phone, code: '123456' })).status).toBe(429);
  expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
  await api.settle();
  const chat = freshChat();
  await link(api, phone, chat);
  clock.advance(1);
  // The third was the last that was sent.
  expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
  await api.settle();
  clock.advance(1);
  expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
  await api.settle();
  expect(await messagesOf(chat)).toEqual([expect.stringMatching(/^Для вашего номера/)]);

  const address = freshNetwork();
  await requestCode(api, freshPhone(), address);
  await requestCode(api, freshPhone(), address);
  expect(
    (await api.post('/api/auth/request-code', { phone: freshPhone() }, { address })).status,
  ).toBe(429);
});

test('[A18, A20] the running Worker has the limits on', async () => {
  const api = runningApi();
  const address = freshNetwork();
  for (let i = 0; i < 10; i++) await requestCode(api, freshPhone(), address);
  expect(
    (await api.post('/api/auth/request-code', { phone: freshPhone() }, { address })).status,
  ).toBe(429);
});
