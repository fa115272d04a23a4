import { describe, expect, test } from 'vitest';
import { localApi, TestClock } from '../support/client.ts';
import { freshAddress, freshNetwork } from '../support/fresh.ts';
import { anyToken, confirm, deny, info, showQr, strangeCode } from '../support/qr.ts';

describe('past 60 codes that nobody had, in 10 minutes', () => {
  const start = async () => {
    const clock = new TestClock();
    const local = localApi({ ADDRESS_QR_MISSES_PER_10_MINUTES: '3' }, clock.now);
    const address = freshNetwork();
    const miss = () => local.send('GET', `/api/auth/qr/check?code=${strangeCode()}`, { address });
    const exhaust = async () => {
      for (let i = 0; i < 3; i++) expect((await miss()).body).toEqual({ status: 'expired' });
    };
    return { clock, local, address, miss, exhaust };
  };

  test('[A32] past 60 unknown codes an address has to wait, and is told how long', async () => {
    const { clock, miss, exhaust } = await start();
    await exhaust();
    clock.advance(100);
    const refused = await miss();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('Retry-After')).toBe('500');
    expect(refused.body).toMatchObject({
      ok: false,
      code: 'too_many_requests',
      retryAfterSeconds: 500,
      message: 'Слишком много попыток. Повторите через 9 мин.',
    });
    clock.advance(499);
    expect((await miss()).status).toBe(429);
    clock.advance(1);
    expect((await miss()).status).toBe(200);
  });

  test('[A32] past 60 unknown codes a poll token is served all the same, a bare code is not', async () => {
    const { local, address, exhaust } = await start();
    const asked = await local.send('POST', '/api/auth/qr/request', { address });
    const code = String(asked.body.code);
    await exhaust();
    const headers = { 'X-Poll-Token': String(asked.body.pollToken) };
    expect((await local.send('GET', '/api/auth/qr/check', { address, headers })).body).toEqual({
      status: 'pending',
    });
    expect((await local.send('GET', `/api/auth/qr/check?code=${code}`, { address })).status).toBe(
      429,
    );
    expect((await local.send('GET', '/api/auth/qr/check', { address, headers })).body.status).toBe(
      'slow_down',
    );
  });

  test('[A32] who is signed in is refused for their own guesses, not for those of the address', async () => {
    const { local, address, exhaust, miss } = await start();
    const token = await anyToken();
    const { code } = await showQr(local);
    const info = (asked: string) =>
      local.send('GET', `/api/auth/qr/info?code=${asked}`, { token, address });
    await exhaust();
    expect((await info(code)).status).toBe(200);
    await local.post('/api/auth/qr/confirm', { code: strangeCode() }, { token, address });
    await local.post('/api/auth/qr/deny', { code: strangeCode() }, { token, address });
    expect((await info(strangeCode())).status).toBe(400);
    for (const answer of [
      await info(code),
      await local.post('/api/auth/qr/confirm', { code }, { token }),
      await local.post('/api/auth/qr/deny', { code }, { token }),
    ]) {
      expect(answer).toMatchObject({ status: 429, body: { retryAfterSeconds: 600 } });
    }
    expect((await miss()).status).toBe(429);
  });

  test('[A32] polls of the own code, expired, used or denied, count for nothing', async () => {
    const { clock, local, address, miss } = await start();
    const token = await anyToken();
    const ask = async () =>
      String((await local.send('POST', '/api/auth/qr/request', { address })).body.code);
    const poll = (code: string) =>
      local.send('GET', `/api/auth/qr/check?code=${code}`, { address });
    const [expired, used, denied] = [await ask(), await ask(), await ask()];
    await confirm(local, used, token);
    await deny(local, denied, token);
    expect((await poll(used)).body.status).toBe('ready');
    clock.advance(300);
    for (let i = 0; i < 3; i++) {
      for (const code of [expired, used, denied])
        expect((await poll(code)).body).toEqual({ status: 'expired' });
    }
    expect((await miss()).status).toBe(200);
    await local.settle();
  });

  test('[A32] what can be nobody’s code costs nothing, and is answered as an unknown one', async () => {
    const { local, address } = await start();
    const token = await anyToken();
    const odd = ['A', 'ABCDE', 'ABCDEFG', 'ABCDEFGH', '000000', 'OIOIOI', '111111'];
    for (const code of odd) {
      const polled = await local.send('GET', `/api/auth/qr/check?code=${code}`, { address });
      expect([polled.status, polled.body]).toEqual([200, { status: 'expired' }]);
      expect((await info(local, code, token)).body.code).toBe('qr_code_unknown');
      expect((await confirm(local, code, token)).body.code).toBe('qr_code_unknown');
    }
    const headers = { 'X-Poll-Token': 'no token at all' };
    for (let i = 0; i < 5; i++) {
      const polled = await local.send('GET', '/api/auth/qr/check', { address, headers });
      expect(polled.body).toEqual({ status: 'expired' });
    }
    const path = `/api/auth/qr/check?code=${strangeCode()}`;
    expect((await local.send('GET', path, { address })).status).toBe(200);
    const { code } = await showQr(local);
    expect((await confirm(local, code, token)).status).toBe(200);
  });

  test('[A32] nobody waits where limits per address are off', async () => {
    const local = localApi({
      ADDRESS_QR_MISSES_PER_10_MINUTES: '1',
      ADDRESS_QR_REQUESTS_PER_HOUR: '1',
      ADDRESS_LIMITS: 'off',
    });
    const address = freshNetwork();
    for (let i = 0; i < 3; i++) {
      expect(
        (await local.send('GET', `/api/auth/qr/check?code=${strangeCode()}`, { address })).status,
      ).toBe(200);
      expect((await local.send('POST', '/api/auth/qr/request', { address })).status).toBe(200);
    }
  });
});

test('[A32] an address gets so many codes in an hour, and is told how long to wait', async () => {
  const clock = new TestClock();
  const local = localApi({ ADDRESS_QR_REQUESTS_PER_HOUR: '2' }, clock.now);
  const address = freshNetwork();
  const ask = () => local.send('POST', '/api/auth/qr/request', { address });
  expect((await ask()).status).toBe(200);
  clock.advance(600);
  expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '3000']);
  clock.advance(3_000);
  expect((await ask()).status).toBe(200);
});

test('[A32] an IPv4 address, behind which many may be, gets and misses ten times as many', async () => {
  const local = localApi({
    ADDRESS_QR_REQUESTS_PER_HOUR: '2',
    ADDRESS_QR_MISSES_PER_10_MINUTES: '3',
  });
  const address = freshAddress();
  const ask = () => local.send('POST', '/api/auth/qr/request', { address });
  for (let n = 0; n < 20; n++) expect((await ask()).status).toBe(200);
  expect((await ask()).status).toBe(429);
  const miss = () => local.send('GET', `/api/auth/qr/check?code=${strangeCode()}`, { address });
  for (let n = 0; n < 30; n++) expect((await miss()).status).toBe(200);
  expect((await miss()).status).toBe(429);
});
