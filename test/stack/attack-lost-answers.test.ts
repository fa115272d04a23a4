import { afterEach, describe, expect, inject, test } from 'vitest';
import { freshAddress, freshPhone, localApi, TestClock } from '../support/client.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, requestCode } from '../support/sign-in.ts';

const database = new ProxyControl(inject('databaseProxy'));
const redis = new ProxyControl(inject('redisProxy'));
const healthy = () => Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);

afterEach(healthy);

describe('a code that gave somebody a token gives nobody else one', () => {
  test('when its client asked again and Postgres failed then', async () => {
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

  test('when its client asked again and the answer of Redis was lost', async () => {
    const api = localApi();
    const phone = freshPhone();
    await link(api, phone, freshChat());
    const { code, requestId } = await requestCode(api, phone);
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(200);
    await redis.behave({ mode: 'deaf' });
    expect((await api.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(503);
    await healthy();
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
  });
});

describe('a request-code whose answer Redis lost', () => {
  test('does not make the person wait for a message that was never sent', async () => {
    const clock = new TestClock();
    const api = localApi({}, clock.now);
    const phone = freshPhone();
    await redis.behave({ mode: 'deaf' });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await healthy();
    await api.settle();
    clock.advance(5);
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(200);
  });

  test('leaves the code alive that the person has', async () => {
    const clock = new TestClock();
    const api = localApi({}, clock.now);
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    clock.advance(61);
    await redis.behave({ mode: 'deaf' });
    expect((await api.post('/api/auth/request-code', { phone })).status).toBe(503);
    await healthy();
    await api.settle();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });
});

test('a check whose answer was lost does not burn the code when Redis stays away for 10 s', async () => {
  const api = localApi();
  const phone = freshPhone();
  const address = freshAddress();
  await link(api, phone, freshChat());
  const { code } = await requestCode(api, phone, address);
  await api.settle();
  await redis.behave({ mode: 'deaf' });
  const answering = api.post('/api/auth/verify-code', { phone, code }, { address });
  while ((await redis.calls()) < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  await redis.behave({ mode: 'dead' });
  expect((await answering).status).toBe(503);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  await healthy();
  await api.settle();
  expect((await api.post('/api/auth/verify-code', { phone, code }, { address })).status).toBe(200);
});
