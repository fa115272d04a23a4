import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const redis = new ProxyControl(stack.redisProxy);
const database = new ProxyControl(stack.databaseProxy);

afterEach(() => Promise.all([redis.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]));

/** The Worker's log, once it has a line about this request. */
const logOf = async (requestId: string): Promise<string> => {
  const deadline = Date.now() + 3_000;
  for (;;) {
    const log = readFileSync(stack.logFile, 'utf8');
    if (log.includes(requestId) || Date.now() > deadline) return log;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

test('the log tells of every request, and holds no code, token, secret or whole number, not even when stores fail', async () => {
  const phone = freshPhone();
  const chat = freshChat();
  await link(api, phone, chat);
  const { code, requestId } = await requestCode(api, phone);
  await messagesOf(chat);
  await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) });

  await redis.behave({ mode: 'nonsense' });
  await api.post('/api/auth/verify-code', { phone, code });
  await redis.behave({ mode: 'pass' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const signedIn = await api.post('/api/auth/verify-code', { phone, code, requestId });
  const token = String(signedIn.body.token);
  await database.behave({ mode: 'nonsense' });
  await api.send('PATCH', '/api/profile', { token, body: { displayName: 'Тайное имя' } });
  const last = await api.send('GET', `/api/profile?token=${token}`, { token });

  const log = await logOf(String(last.headers.get('X-Request-Id')));
  expect(log).toContain(`"requestId":"${requestId}","method":"POST","path":"/api/auth/request-code","status":200`);
  expect(log).toContain('"event":"store.unavailable"');
  for (const secret of [
    phone,
    phone.slice(1),
    token,
    'Тайное имя',
    ...Object.values(stack.settings).filter((value) => value.length > 12),
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(log).not.toMatch(new RegExp(`\\b(${code}|${wrongCode(code)})\\b`));
  // Of all tests that ran so far.
  expect(log).not.toMatch(/\+7\d{10}|eyJ[\w-]+\.[\w-]+\.|Bearer /);
});
