import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Answer } from '../support/client.ts';
import { runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import type { Behaviour } from '../support/proxy.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, requestCode, signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
const healthy = () => Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);

afterEach(healthy);
// What takes lost checks back goes on for a while; other tests count calls.
afterAll(() => new Promise((resolve) => setTimeout(resolve, 4_500)));

const failures: Behaviour[] = [
  { mode: 'dead' },
  { mode: 'slow', ms: 10_000 },
  { mode: 'garbage' },
  { mode: 'nonsense' },
  { mode: 'half' },
];

const expectUnavailable = async (request: () => Promise<Answer>) => {
  const started = Date.now();
  const answer = await request();
  expect(answer.status, answer.text).toBe(503);
  expect(Date.now() - started).toBeLessThan(5_000);
  expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(answer.body).toMatchObject({ ok: false, code: 'unavailable', requestId: answer.headers.get('X-Request-Id') });
  expect(answer.body.message).toMatch(/^Сервис временно недоступен/);
};

describe.each(failures)('with Redis $mode', (failure) => {
  test('request-code answers 503 in time, and works again when Redis returns', async () => {
    const phone = freshPhone();
    await redis.behave(failure);
    await expectUnavailable(() => api.post('/api/auth/request-code', { phone }));
    await healthy();
    await requestCode(api, phone);
  });

  test('verify-code answers 503 in time and the code is not burnt', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    await redis.behave(failure);
    await expectUnavailable(() => api.post('/api/auth/verify-code', { phone, code }));
    await healthy();
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });
});

describe.each(failures)('with Postgres $mode', (failure) => {
  test('the first sign-in of a number answers 503 in time, its code is not burnt, and there is one user afterwards', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
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

  test('the profile and link-telegram answer 503 in time and change nothing', async () => {
    const token = await signIn(api);
    const phone = freshPhone();
    const headers = { 'X-Link-Secret': 'dev-link-secret' };
    await database.behave(failure);
    await Promise.all([
      expectUnavailable(() => api.send('GET', '/api/profile', { token })),
      expectUnavailable(() => api.send('PATCH', '/api/profile', { token, body: { displayName: 'Новое имя' } })),
      expectUnavailable(() => api.post('/api/internal/link-telegram', { phone, chat_id: freshChat() }, { headers })),
    ]);
    await healthy();
    expect((await api.send('GET', '/api/profile', { token })).status).toBe(200);
  });

  test('somebody known signs in all the same', async () => {
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

test('an answer of Postgres that gets lost leaves one user, whom the next try signs in', async () => {
  const phone = freshPhone();
  const { code } = await requestCode(api, phone);
  await database.behave({ mode: 'deaf' });
  await expectUnavailable(() => api.post('/api/auth/verify-code', { phone, code }));
  await healthy();
  expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
});

test('with both stores gone every endpoint that needs one says so, and the others answer', async () => {
  const token = await signIn(api);
  await Promise.all([database.behave({ mode: 'dead' }), redis.behave({ mode: 'dead' })]);
  await expectUnavailable(() => api.post('/api/auth/request-code', { phone: freshPhone() }));
  await expectUnavailable(() => api.post('/api/auth/verify-code', { phone: freshPhone(), code: '123456' }));
  await expectUnavailable(() => api.send('GET', '/api/profile', { token }));
  await expectUnavailable(() => api.send('GET', '/health/ready'));
  expect((await api.send('GET', '/health')).status).toBe(200);
  expect((await api.post('/api/send-sms')).body).toMatchObject({ error: 'SMS временно недоступен' });
  expect((await api.post('/api/auth/request-code', { phone: 'abc' })).status).toBe(400);
});
