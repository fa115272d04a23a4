import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import type { Api } from '../support/client.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { TIMEOUT_MS } from '../support/patience.ts';
import { ProxyControl } from '../support/proxy.ts';
import { crowd, RACE_RUNS, race, repeated, statuses, together } from '../support/races.ts';
import { freshChat, link, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
const VERIFY = '-- verify-code';

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
});

const guess = (client: Api, phone: string, code: string, requestId?: string) => () =>
  client.post('/api/auth/verify-code', { phone, code, ...(requestId && { requestId }) });

/** Asks for a code, and waits until nothing goes on behind the answer. */
const sendCode = async (client: Api & { settle?(): Promise<void> }, phone = freshPhone()) => {
  const sent = await requestCode(client, phone);
  await client.settle?.();
  return { phone, ...sent };
};

describe('races', { timeout: TIMEOUT_MS + RACE_RUNS * 10_000 }, () => {
  test('[A9] 50 right guesses in parallel are one sign-in, of a known number', async () => {
    const local = localApi();
    await race(async (index) => {
      // wrangler dev is too slow for 50 at once: they gather slower than Redis is waited for.
      const client = index === 1 ? api : local;
      const phone = freshPhone();
      await link(client, phone, freshChat());
      const { code } = await sendCode(client, phone);
      const count = crowd(index);
      const answers = await together(
        redis,
        VERIFY,
        repeated(count, () => guess(client, phone, code)),
      );
      expect(statuses(answers)).toEqual({ 200: 1, 400: count - 1 });
    });
  });

  test('[A9] 50 right guesses in parallel are one sign-in, of a new number', async () => {
    const local = localApi();
    await race(async (index) => {
      const { phone, code } = await sendCode(local);
      const count = crowd(index);
      const answers = await together(
        redis,
        VERIFY,
        repeated(count, () => guess(local, phone, code)),
      );
      expect(statuses(answers)).toEqual({ 200: 1, 400: count - 1 });
    });
  });

  test('[A7] 50 wrong guesses in parallel are 5 compares, and the right one then is refused', async () => {
    // The budget is one more than the tries of a code, so what is left tells how many were
    // compared.
    const local = localApi({ PHONE_FAILURES_PER_DAY: '6', PHONE_SEND_GAPS_SECONDS: '0' });
    await race(async (index) => {
      const { phone, code } = await sendCode(local);
      const count = crowd(index);
      const wrong = repeated(count, (n) => guess(local, phone, wrongCode(code, 1 + n)));
      expect(statuses(await together(redis, VERIFY, wrong))).toEqual({ 400: count });
      expect((await guess(local, phone, code)()).status).toBe(400);
      const next = await sendCode(local, phone);
      expect((await guess(local, phone, wrongCode(next.code))()).status).toBe(400);
      expect((await guess(local, phone, next.code)()).status).toBe(429);
    });
  });

  test('[A7, A9] the right guess among 49 wrong ones wins only if fewer than 5 came before it', async () => {
    const local = localApi({ PHONE_FAILURES_PER_DAY: '6', PHONE_SEND_GAPS_SECONDS: '0' });
    await race(async (index) => {
      const { phone, code } = await sendCode(local);
      const count = crowd(index);
      const wrong = repeated(count - 1, () => guess(local, phone, wrongCode(code)));
      // The right guess is in the middle, so that it wins in some runs and loses in others.
      const answers = await together(
        redis,
        VERIFY,
        wrong.toSpliced(count / 2, 0, guess(local, phone, code)),
      );
      const won = answers[count / 2]?.status === 200;
      expect(statuses(answers)).toEqual(won ? { 200: 1, 400: count - 1 } : { 400: count });
      // The right guess cleared the budget, or 5 compares left one try of it.
      const next = await sendCode(local, phone);
      expect((await guess(local, phone, wrongCode(next.code))()).status).toBe(400);
      expect((await guess(local, phone, wrongCode(next.code))()).status).toBe(won ? 400 : 429);
    });
  });

  test('[A7, A17] 3 wrong guesses and a new code, looped from 50 addresses: 10 compares a day', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    await race(async (index) => {
      const phone = freshPhone();
      const guessed: Record<number, number> = {};
      const rounds = crowd(index);
      for (const _ of repeated(rounds, () => 0)) {
        const { body } = await local.post('/api/auth/request-code', { phone });
        await local.settle();
        const wrong = wrongCode(String(body.debugCode ?? '000000'));
        const answers = await together(
          redis,
          VERIFY,
          repeated(3, () => guess(local, phone, wrong)),
        );
        for (const { status } of answers) guessed[status] = (guessed[status] ?? 0) + 1;
        clock.advance(601);
      }
      expect(guessed).toEqual({ 400: 10, 429: 3 * rounds - 10 });
    });
  });

  test('[A10] two first sign-ins of a new number at once are one user, one sign-in, no error', async () => {
    const local = localApi();
    await race(async () => {
      const { phone, code } = await sendCode(local);
      const verify = () => guess(local, phone, code, crypto.randomUUID());
      expect(statuses(await together(redis, VERIFY, [verify(), verify()]))).toEqual({
        200: 1,
        400: 1,
      });
    });
  });

  test('[A10, A11] a first sign-in that is repeated while under way gets the same user twice', async () => {
    const local = localApi();
    await race(async () => {
      const { phone, code, requestId } = await sendCode(local);
      const verify = guess(local, phone, code, requestId);
      const answers = await together(database, 'insert', [verify, verify]);
      expect(statuses(answers)).toEqual({ 200: 2 });
      const [first, second] = answers.map(({ body }) => body.token);
      expect(first).toBe(second);
      const profile = await api.send('GET', '/api/profile', { token: String(first) });
      expect(profile.body).toMatchObject({ phone, userId: decodeJwt(String(first)).userId });
    });
  });

  test('[A10] two who link a new number and one who signs in with it meet the same user', async () => {
    const local = localApi();
    const headers = { 'X-Link-Secret': 'dev-link-secret' };
    await race(async () => {
      const { phone, code } = await sendCode(local);
      const linkTo = (chat: number) => () =>
        api.post('/api/internal/link-telegram', { phone, chat_id: chat }, { headers });
      const answers = await together(database, 'insert', [
        linkTo(11),
        linkTo(12),
        guess(api, phone, code),
      ]);
      expect(statuses(answers)).toEqual({ 200: 3 });
      const profile = await api.send('GET', '/api/profile', {
        token: String(answers[2]?.body.token),
      });
      expect(profile.body).toMatchObject({ phone });
    });
  });

  test('[A18] 50 requests for a code in parallel are one message', async () => {
    const local = localApi();
    await race(async (index) => {
      const client = index === 1 ? api : local;
      const phone = freshPhone();
      const count = crowd(index);
      const ask = () => client.post('/api/auth/request-code', { phone });
      const answers = await together(
        redis,
        '-- request-code',
        repeated(count, () => ask),
      );
      expect(statuses(answers)).toEqual({ 200: 1, 429: count - 1 });
      await local.settle();
    });
  });
});
