import { afterEach, describe, expect, test } from 'vitest';
import { runningApi, settleRunningApi } from '../support/client.ts';
import { expectUnavailable, FAILURES } from '../support/faults.ts';
import { freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, requestCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
const healthy = () =>
  Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
afterEach(healthy);

/**
 * Asks for a code of a number that nobody has linked, and waits until its chat was looked up: a
 * database that fails before would have the code taken back.
 */
const requestSettledCode = async (phone: string) => {
  const requested = await requestCode(api, phone);
  await settleRunningApi();
  return requested;
};

describe.each(FAILURES)('with Redis $mode', (failure) => {
  test('[A5, H13] request-code answers 503 in time, and works again when Redis returns', async () => {
    const phone = freshPhone();
    await redis.behave(failure);
    await expectUnavailable(() => api.post('/api/auth/request-code', { phone }));
    await healthy();
    await requestCode(api, phone);
  });

  test('[A12, H13] verify-code answers 503 in time and the code is not burnt', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    await redis.behave(failure);
    await expectUnavailable(() => api.post('/api/auth/verify-code', { phone, code }));
    await healthy();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });
});

describe.each(FAILURES)('with Postgres $mode', (failure) => {
  test('[A10, A12, H13] a first sign-in is 503 in time, then makes one user with the same code', async () => {
    const phone = freshPhone();
    const { code } = await requestSettledCode(phone);
    await database.behave(failure);
    await expectUnavailable(() => api.post('/api/auth/verify-code', { phone, code }));
    await expectUnavailable(() => api.post('/api/auth/verify-code', { phone, code }));
    await healthy();
    const signedIn = await api.post('/api/auth/verify-code', { phone, code });
    expect(signedIn.status, signedIn.text).toBe(200);
    const profile = await api.send('GET', '/api/profile', { token: String(signedIn.body.token) });
    expect(profile.body).toMatchObject({ phone });
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
  });

  test('[A10] somebody known signs in all the same', async () => {
    const phone = freshPhone();
    await api.post(
      '/api/internal/link-telegram',
      { phone, chat_id: freshChat() },
      { headers: { 'X-Link-Secret': 'dev-link-secret' } },
    );
    await database.behave(failure);
    const { code } = await requestCode(api, phone);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });
});

test('[A10, A12] an answer of Postgres that gets lost leaves one user, who signs in next', async () => {
  const phone = freshPhone();
  const { code } = await requestSettledCode(phone);
  await database.behave({ mode: 'deaf' });
  await expectUnavailable(() => api.post('/api/auth/verify-code', { phone, code }));
  await healthy();
  expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
});
