import { afterEach, describe, expect, test } from 'vitest';
import { localApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, requestCode, signIn, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
const healthy = () =>
  Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
afterEach(healthy);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A number that is linked, so that nothing but the steps of signing in asks the stores. */
const start = async () => {
  const clock = new TestClock();
  const api = localApi({}, clock.now);
  const phone = freshPhone();
  await link(api, phone, freshChat());
  return { clock, api, phone };
};

describe('a call to Redis whose answer gets lost', () => {
  test('[A12] a lost call is not made a second time: one to ask, one to take it back', async () => {
    const { api, phone } = await start();
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await api.settle();
    expect(await redis.calls()).toBe(2);
  });

  test('[A12] a lost call costs a wrong guess one try', async () => {
    const { api, phone } = await start();
    const { code } = await requestCode(api, phone);
    const wrong = { phone, code: wrongCode(code) };
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await api.post('/api/auth/verify-code', wrong)).status).toBe(503);
    await api.settle();
    for (let i = 0; i < 3; i++) await api.post('/api/auth/verify-code', wrong);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[A12] a lost call does not burn the right code, with or without requestId', async () => {
    for (const knows of [true, false]) {
      const { api, phone } = await start();
      const { code, requestId } = await requestCode(api, phone);
      const body = { phone, code, ...(knows && { requestId }) };
      await redis.behave({ mode: 'deaf', times: 1 });
      expect((await api.post('/api/auth/verify-code', body)).status).toBe(503);
      await api.settle();
      expect((await api.post('/api/auth/verify-code', body)).status).toBe(200);
      expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
    }
  });

  test('[A12] a lost call does not burn the code when Redis stays away for seconds either', async () => {
    const { api, phone } = await start();
    const { code } = await requestCode(api, phone);
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(503);
    await redis.behave({ mode: 'dead' });
    await pause(2_000);
    await healthy();
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[A12] a lost call makes nobody wait for a message that was never sent', async () => {
    const { clock, api, phone } = await start();
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await api.settle();
    clock.advance(5);
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
  });

  test('[A12] a lost call leaves the code alive that the person has', async () => {
    const { clock, api, phone } = await start();
    const { code } = await requestCode(api, phone);
    clock.advance(61);
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });
});

describe('a call that reaches Redis after it was given up', () => {
  test('[A12] a call that reaches Redis too late does not use the code up', async () => {
    const { api, phone } = await start();
    const { code } = await requestCode(api, phone);
    await redis.behave({ mode: 'slow', ms: 2_000, only: '-- verify-code', times: 1 });
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(503);
    // It is taken back before it arrives.
    await api.settle();
    await pause(1_500);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[A12] a call that reaches Redis too late does not send, nor count as sent', async () => {
    const { clock, api, phone } = await start();
    await redis.behave({ mode: 'slow', ms: 2_000, only: '-- request-code', times: 1 });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await api.settle();
    await pause(1_500);
    clock.advance(5);
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
  });
});

describe('a code that gave somebody a token gives nobody else one', () => {
  test('[A9, A11] a used code gives nobody else a token when Postgres failed the repeat', async () => {
    const api = localApi();
    const phone = freshPhone();
    const { code, requestId } = await requestCode(api, phone);
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(200);
    await database.behave({ mode: 'dead' });
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(503);
    await healthy();
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
  });

  test('[A9, A11] a used code gives nobody else a token when Redis lost the repeat', async () => {
    const { api, phone } = await start();
    const { code, requestId } = await requestCode(api, phone);
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(200);
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(503);
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(200);
  });

  test('[A9, A11] a used code gives nobody else a token when its first answer is undone last', async () => {
    const { api, phone } = await start();
    const { code, requestId } = await requestCode(api, phone);
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(503);
    await redis.behave({ mode: 'slow', ms: 700, only: 'void-verify' });
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(200);
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
  });
});

test('[A12] a code that was requested since is not replaced by one that is taken back', async () => {
  const { clock, api, phone } = await start();
  const first = await requestCode(api, phone);
  await redis.behave({ mode: 'deaf', times: 1, only: '-- verify-code' });
  expect((await api.post('/api/auth/verify-code', { phone, code: first.code })).status).toBe(503);
  await redis.behave({ mode: 'slow', ms: 700, only: 'void-verify' });
  clock.advance(60);
  const second = await requestCode(api, phone);
  await api.settle();
  expect((await api.post('/api/auth/verify-code', { phone, code: second.code })).status).toBe(200);
});

test('[A12, H13] with both stores failing in one sign-in the code is not burnt', async () => {
  const api = localApi();
  const phone = freshPhone();
  const { code } = await requestCode(api, phone);
  await api.settle();
  await Promise.all([
    database.behave({ mode: 'dead' }),
    redis.behave({ mode: 'dead', only: 'void-verify' }),
  ]);
  const started = Date.now();
  expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(503);
  expect(Date.now() - started).toBeLessThan(5_000);
  await pause(300);
  await healthy();
  await api.settle();
  expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
});

test('[H13] with both stores slow the answer comes within 5 s', async () => {
  const api = localApi();
  const phone = freshPhone();
  const { code } = await requestCode(api, phone);
  await api.settle();
  await Promise.all([
    redis.behave({ mode: 'slow', ms: 900 }),
    database.behave({ mode: 'slow', ms: 10_000 }),
  ]);
  const started = Date.now();
  expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(503);
  expect(Date.now() - started).toBeLessThan(5_000);
  await healthy();
  await api.settle();
  expect(await signIn(api, freshPhone())).toContain('.');
});
