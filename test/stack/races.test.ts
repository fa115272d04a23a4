import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import type { Answer } from '../support/client.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
});

/** Starts all at once; the store gets none of their calls before it could get all. */
const together = async (store: ProxyControl, requests: (() => Promise<Answer>)[]): Promise<Answer[]> => {
  await store.behave({ mode: 'barrier', count: requests.length });
  const answers = await Promise.all(requests.map((request) => request()));
  // More, when something went on behind an answer.
  expect(await store.calls()).toBeGreaterThanOrEqual(requests.length);
  await store.behave({ mode: 'pass' });
  return answers;
};

const statuses = (answers: Answer[]) =>
  Object.fromEntries(
    [...Map.groupBy(answers, (answer) => answer.status)].map(([status, group]) => [status, group.length]),
  );

const times = (count: number) => Array.from({ length: count });

describe('races', () => {
  test('50 right guesses in parallel are one sign-in', async () => {
    const known = freshPhone();
    await link(api, known, freshChat());
    const local = localApi();
    for (const [client, phone] of [
      [api, known],
      [local, freshPhone()],
    ] as const) {
      const { code } = await requestCode(client, phone);
      await local.settle();
      const guess = () => client.post('/api/auth/verify-code', { phone, code });
      expect(
        statuses(
          await together(
            redis,
            times(50).map(() => guess),
          ),
        ),
      ).toEqual({ 200: 1, 400: 49 });
    }
  });

  test('50 wrong guesses in parallel are at most 5 compares, and the right one behind them is refused', async () => {
    const phone = freshPhone();
    await link(api, phone, freshChat());
    const { code } = await requestCode(api, phone);
    const guesses = times(50).map((_, i) => {
      const wrong = String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0');
      return () => api.post('/api/auth/verify-code', { phone, code: wrong });
    });
    expect(statuses(await together(redis, guesses))).toEqual({ 400: 50 });
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
  });

  test('of 50 guesses in parallel only 5 can be compared: with 5 wrong ones before it the right one loses', async () => {
    // In what order Redis gets them is chance, so the right one may win; what must hold is that it never does after five.
    for (const _ of times(10)) {
      const clock = new TestClock();
      const local = localApi({}, clock.now);
      const phone = freshPhone();
      await link(local, phone, freshChat());
      const { code } = await requestCode(local, phone);
      const wrong = times(49).map(() => () => local.post('/api/auth/verify-code', { phone, code: wrongCode(code) }));
      const right = () => local.post('/api/auth/verify-code', { phone, code });
      const answers = await together(redis, [...wrong, right]);
      const won = answers.at(-1)?.status === 200;
      // The budget of the number tells how many were compared: 5, or fewer and cleared by the success.
      clock.advance(60);
      const next = await requestCode(local, phone);
      let compared = 0;
      for (; compared < 4; compared++) await local.post('/api/auth/verify-code', { phone, code: wrongCode(next.code) });
      clock.advance(120);
      const last = await requestCode(local, phone);
      const more = times(5).map(() => () => local.post('/api/auth/verify-code', { phone, code: wrongCode(last.code) }));
      const refused = (await together(redis, more)).filter((answer) => answer.status === 429).length;
      if (!won) expect(refused).toBe(4);
      else expect(refused).toBe(0);
      await local.settle();
    }
  });

  test('3 wrong guesses and a new code, looped from 50 addresses: at most 10 compares a day', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const phone = freshPhone();
    const answers: number[] = [];
    for (const _ of times(50)) {
      const asked = await local.post('/api/auth/request-code', { phone });
      for (const guess of times(3)) {
        const answer = await local.post('/api/auth/verify-code', {
          phone,
          code: guess === asked.body.debugCode ? '000000' : '000001',
        });
        answers.push(answer.status);
      }
      clock.advance(1_000);
    }
    await local.settle();
    const compared = answers.filter((status) => status === 400).length;
    expect(compared).toBeLessThanOrEqual(10 + 1);
    expect(answers.filter((status) => status === 429).length).toBeGreaterThan(100);
  });

  test('two first sign-ins of a new number at once are one user, one sign-in and no error', async () => {
    const local = localApi();
    for (const _ of times(10)) {
      const phone = freshPhone();
      const { code } = await requestCode(local, phone);
      await local.settle();
      const verify = () => local.post('/api/auth/verify-code', { phone, code, requestId: crypto.randomUUID() });
      expect(statuses(await together(redis, [verify, verify]))).toEqual({ 200: 1, 400: 1 });
    }
  });

  test('a client that repeats its first sign-in while it is under way gets the same user twice', async () => {
    const local = localApi();
    for (const _ of times(10)) {
      const phone = freshPhone();
      const { code, requestId } = await requestCode(local, phone);
      await local.settle();
      const verify = () => local.post('/api/auth/verify-code', { phone, code, requestId });
      const answers = await together(database, [verify, verify]);
      expect(statuses(answers)).toEqual({ 200: 2 });
      const [first, second] = answers.map(({ body }) => body.token);
      expect(first).toBe(second);
      const profile = await api.send('GET', '/api/profile', { token: String(first) });
      expect(profile.body).toMatchObject({ phone, userId: decodeJwt(String(first)).userId });
    }
  });

  test('two who link a new number at once, and one who signs in with it, meet the same user', async () => {
    const phone = freshPhone();
    const local = localApi();
    const { code } = await requestCode(local, phone);
    await local.settle();
    const linkOnce = (chat: number) => () =>
      api.post(
        '/api/internal/link-telegram',
        { phone, chat_id: chat },
        { headers: { 'X-Link-Secret': 'dev-link-secret' } },
      );
    const verify = () => api.post('/api/auth/verify-code', { phone, code });
    const answers = await together(database, [linkOnce(11), linkOnce(12), verify]);
    expect(statuses(answers)).toEqual({ 200: 3 });
    const profile = await api.send('GET', '/api/profile', { token: String(answers[2]?.body.token) });
    expect(profile.body).toMatchObject({ phone });
  });

  test('50 requests for a code in parallel are one message', async () => {
    const phone = freshPhone();
    const answers = await together(
      redis,
      times(50).map(() => () => api.post('/api/auth/request-code', { phone })),
    );
    expect(statuses(answers)).toEqual({ 200: 1, 429: 49 });
  });
});
