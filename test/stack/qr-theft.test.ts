import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshAddress, freshNetwork } from '../support/fresh.ts';
import { TIMEOUT_MS } from '../support/patience.ts';
import { ProxyControl } from '../support/proxy.ts';
import { anyToken, confirm, deny, info, showQr, strangeCode } from '../support/qr.ts';
import { crowd, RACE_RUNS, race, repeated, statuses, together } from '../support/races.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const redis = new ProxyControl(stack.redisProxy);
afterEach(() => redis.behave({ mode: 'pass' }));

/**
 * The app runs in this process: `wrangler dev` is too slow for fifty at a barrier, since Redis is
 * waited for no longer than a second.
 */
const local = localApi();

describe('races', { timeout: TIMEOUT_MS + RACE_RUNS * 10_000 }, () => {
  test('[A30] of users who confirm one code at once one wins, and the token is theirs', async () => {
    await race(async (index) => {
      const { code, poll } = await showQr(local);
      const count = index === 0 ? 50 : 2;
      const tokens = await Promise.all(repeated(count, () => anyToken()));
      const confirmations = tokens.map((token) => () => confirm(local, code, token));
      const answers = await together(redis, '-- confirm-qr', confirmations);
      expect(statuses(answers)).toEqual({ 200: 1, 400: count - 1 });
      for (const { status, body } of answers)
        if (status === 400) expect(body.message).toBe('Код уже подтверждён');
      const winner = tokens[answers.findIndex(({ status }) => status === 200)] ?? '';
      const ready = await poll();
      expect(decodeJwt(String(ready.body.token)).userId).toBe(decodeJwt(winner).userId);
    });
  });

  test('[A29, A30] those who poll a confirmed code at once get one session', async () => {
    await race(async (index) => {
      for (const way of ['poll', 'pollByCode'] as const) {
        const shown = await showQr(local);
        const token = await anyToken();
        await confirm(local, shown.code, token);
        const count = crowd(index);
        const answers = await together(
          redis,
          '-- check-qr',
          repeated(count, () => () => shown[way]()),
        );
        expect(statuses(answers)).toEqual({ 200: count });
        const ready = answers.filter(({ body }) => body.status === 'ready');
        expect(ready).toHaveLength(way === 'poll' ? count : 1);
        const others = answers.filter(({ body }) => body.status === 'expired');
        expect(others).toHaveLength(count - ready.length);
        expect(new Set(ready.map(({ body }) => body.token)).size).toBe(1);
        const { sessions } = (await local.send('GET', '/api/sessions', { token })).body;
        expect(JSON.stringify(sessions).split('"method":"qr"')).toHaveLength(2);
      }
    });
  });

  test('[A30, A31] a code confirmed and denied at once ends denied, unless it was collected', async () => {
    await race(async () => {
      const { code, poll } = await showQr(local);
      const token = await anyToken();
      await confirm(local, code, token);
      const [denied, polled] = await together(redis, '-qr', [() => deny(local, code, token), poll]);
      if (denied?.status === 200) {
        expect(polled?.body).toEqual({ status: 'denied' });
        expect((await poll()).body).toEqual({ status: 'denied' });
      } else {
        expect(denied?.body.message).toBe('Код уже подтверждён');
        expect(polled?.body.status).toBe('ready');
      }
    });
  });
});

describe('whoever has seen the code, but did not ask for it', () => {
  test('[A28] who has seen the code learns nothing from another address', async () => {
    const { code, poll, pollToken } = await showQr(api);
    const forged = [
      { query: `?code=${code}` },
      { query: '', token: `${code}.${'A'.repeat(43)}` },
      { query: '', token: code },
      { query: `?code=${code}`, token: 'x' },
      { query: `?code=${code}`, token: `${strangeCode()}.${pollToken.slice(7)}` },
      { query: `?code=${strangeCode()}`, token: pollToken },
    ];
    const attack = async () => {
      for (const { query, token } of forged) {
        const headers = token === undefined ? {} : { 'X-Poll-Token': token };
        const answer = await api.send('GET', `/api/auth/qr/check${query}`, { headers });
        expect(answer.body, `${query} ${token}`).toEqual({ status: 'expired' });
      }
    };
    await attack();
    await confirm(api, code, await anyToken());
    await attack();
    expect((await poll()).body.status).toBe('ready');
  });

  test('[A28] who has seen the code learns nothing from the same address either, after the token', async () => {
    const { code, poll, pollByCode } = await showQr(api);
    expect((await poll()).body).toEqual({ status: 'pending' });
    expect((await pollByCode()).body).toEqual({ status: 'expired' });
    await confirm(api, code, await anyToken());
    expect((await pollByCode()).body).toEqual({ status: 'expired' });
    expect((await poll()).body.status).toBe('ready');
  });

  test('[A32] of any number of random polls none is pending or ready; past 60 all are refused', async () => {
    const waiting = await Promise.all(repeated(5, () => showQr(local)));
    const address = freshNetwork();
    const count = RACE_RUNS >= 50 ? 10_000 : 300;
    const seen: Record<string, number> = {};
    const guess = async () => {
      const { status, body } = await local.send('GET', `/api/auth/qr/check?code=${strangeCode()}`, {
        address,
      });
      const what = status === 200 ? String(body.status) : String(status);
      seen[what] = (seen[what] ?? 0) + 1;
    };
    for (let done = 0; done < count; done += 50) await Promise.all(repeated(50, guess));
    expect(seen).toEqual({ expired: 60, 429: count - 60 });
    for (const { poll } of waiting) expect((await poll()).body).toEqual({ status: 'pending' });
  });
});

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

describe('somebody who was signed out', () => {
  /** A session with an id of its own. */
  const modern = async (confirmer: string) => {
    const { code, poll } = await showQr(api);
    await confirm(api, code, confirmer);
    return String((await poll()).body.token);
  };

  test('[A30, A38] somebody who was signed out confirms, denies and reads nothing any more', async () => {
    const [original, second] = [await anyToken(), await anyToken()];
    for (const token of [await modern(original), second]) {
      const { code, poll } = await showQr(api);
      expect((await info(api, code, token)).status).toBe(200);
      expect((await api.post('/api/auth/logout', {}, { token })).status).toBe(200);
      for (const answer of [
        await confirm(api, code, token),
        await deny(api, code, token),
        await info(api, code, token),
      ]) {
        expect([answer.status, answer.body.error]).toEqual([401, 'Invalid token']);
      }
      expect((await poll()).body).toEqual({ status: 'pending' });
    }
  });

  test('[A38] somebody who was signed out signs nobody in with what they had confirmed', async () => {
    const [original, second] = [await anyToken(), await anyToken()];
    for (const token of [await modern(original), second]) {
      const { code, poll, pollByCode } = await showQr(api);
      await confirm(api, code, token);
      await api.post('/api/auth/logout', {}, { token });
      expect((await pollByCode()).body).toEqual({ status: 'expired' });
      expect((await poll()).body).toEqual({ status: 'denied' });
    }
  });
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
