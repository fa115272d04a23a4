import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { localApi, runningApi } from '../support/client.ts';
import { freshNetwork } from '../support/fresh.ts';
import { TIMEOUT_MS } from '../support/patience.ts';
import { heal, redis } from '../support/proxies.ts';
import { anyToken, confirm, deny, info, showQr, strangeCode } from '../support/qr.ts';
import { crowd, RACE_RUNS, race, repeated, statuses, together } from '../support/races.ts';

const api = runningApi();
afterEach(heal);

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
    // Whether a poll that a busy machine leaves without an answer has counted, nobody knows.
    const { expired = 0, 429: refused = 0, 503: lost = 0 } = seen;
    expect(expired + refused + lost, JSON.stringify(seen)).toBe(count);
    expect(expired).toBeLessThanOrEqual(60);
    expect(expired + lost).toBeGreaterThanOrEqual(60);
    for (const { poll } of waiting) expect((await poll()).body).toEqual({ status: 'pending' });
  });
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
