import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { checkLog, findingIn, secretsOf } from '../support/log-rules.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { ProxyControl } from '../support/proxy.ts';
import { secretsIn } from '../support/seen-secrets.ts';
import { freshChat, link, messagesOf, requestCode, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const redis = new ProxyControl(stack.redisProxy);
const database = new ProxyControl(stack.databaseProxy);

afterEach(() => Promise.all([redis.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]));

/** The Worker's log, once it has a line about this request. */
const logOf = async (requestId: string): Promise<string> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const log = readFileSync(stack.logFile, 'utf8');
    if (log.includes(requestId) || Date.now() > deadline) return log;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

test('[H15] the log tells of every request, and holds no secret, also when stores fail', async () => {
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
  expect(log).toContain(
    `"requestId":"${requestId}","method":"POST","path":"/api/auth/request-code","status":200`,
  );
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
  // The log holds the lines of all tests that ran so far.
  expect(log).not.toMatch(/\+7\d{10}|eyJ[\w-]+\.[\w-]+\.|Bearer /);
});

test.each(['/api/nothing/here', '/nowhere', '/parties/nowhere/x'])(
  '[H15] the log has the path of an address where nothing is, %s, and not its query',
  async (path) => {
    const secret = crypto.randomUUID();
    const { headers } = await api.send('GET', `${path}?code=${secret}#${secret}`);
    const log = await logOf(String(headers.get('X-Request-Id')));
    expect(log).toContain(`"path":"${path}"`);
    expect(log).not.toContain(secret.slice(0, 8));
  },
);

describe('what is looked for in the logs of the whole suite, when it ends', () => {
  const secrets = secretsOf(stack.settings);
  const id = '3b241101-e2bb-4255-8caf-4136c566a962';

  test.each([
    ['a whole phone number', 'sent to +79991234567'],
    ['a whole phone number', '{"phone":"79991234567"}'],
    ['a whole phone number', '{"phone":89991234567}'],
    ['a whole phone number', 'auth:code:9991234567'],
    ['a whole phone number', 'тел. +7 (999) 123-45-67'],
    ['a whole phone number', '8 999 123 45 67'],
    ['a whole phone number', '+380501234567'],
    ['a code of 6 digits', '{"event":"auth.sent","code":"012345"}'],
    ['a code of 6 digits', '{"code":123456}'],
    ['a code of 6 digits', 'Ваш код для входа в AIST: 123456'],
    ['a JWT', '/api/profile?token=eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJ4In0.c2lnbmF0dXJl'],
    ['an Authorization header', 'authorization: bearer opaque'],
    ['the id of a room', `/parties/qr/tq1x2y-n7Zk3Qe0R1b_-${'aB3-'.repeat(10)}abc`],
    ['a secret token', '{"pollToken":"Zm9yZ2V0LW1lLW5vdC1mb3ItSS1hbS1yYW5kb20tMTI"}'],
    [
      'a secret token',
      '{"level":"info","path":"/api/sessions/n7Zk3Qe0R1b-_Xs5aTg9Hw","status":200}',
    ],
    ['a secret token', 'https://app.example/sign-in#n7Zk3Qe0R1b-_Xs5aTg9Hw'],
    ...Object.entries(secrets).map(([name, value]) => [
      `the value of ${name}`,
      `failed: ${value}.`,
    ]),
  ])('the search through the logs finds %s: %s', (rule, line) => {
    const found = findingIn(line, secrets);
    expect(found?.rule).toBe(rule);
    const digits = line.replace(/\D/g, '');
    if (digits) expect(found?.shown.replace(/\D/g, '')).not.toContain(digits);
    expect(found?.shown).not.toBe(line);
  });

  test.each([
    `{"level":"info","event":"request","requestId":"${id}","method":"POST",` +
      '"path":"/api/auth/request-code","status":200,"ms":12}',
    `{"level":"info","event":"telegram.delivered","requestId":"${id}","phone":"+799***67"}`,
    `{"level":"error","event":"store.unavailable","requestId":"${id}","store":"redis",` +
      '"reason":"redis: verify-code failed: TypeError"}',
    '[wrangler:info] DELETE /api/sessions/n7Zk3Qe0R1b-_Xs5aTg9Hw 200 OK (5ms)',
    '[wrangler:info] POST /api/auth/verify-code 400 Bad Request (1234ms)',
    `[wrangler:info] GET /parties/qr/tq1x2y-n7Zk3Qe0R1b_-${'aB3-'.repeat(10)}abc ` +
      '101 Switching Protocols (5ms)',
    '    at async dispatch (file:///repo/node_modules/hono/dist/compose.js:35:11)',
    '{"at":1796447478123,"chat":123456789012}',
    '{"id":"00000000-0000-4000-8000-123456789012"}',
  ])('the search through the logs finds nothing in %s', (line) => {
    expect(findingIn(line, secrets)).toBeUndefined();
  });

  test.each([
    ['code', 'a QR code'],
    ['pollToken', 'a poll token'],
    ['room', 'the id of a room'],
    ['debugCode', 'a code of 6 digits'],
    ['token', 'a token'],
  ])(
    'the search looks for the %s of every answer, wherever in a line it is',
    async (field, rule) => {
      const phone = freshPhone();
      const asked = await api.post('/api/auth/request-code', { phone });
      const signedIn = await api.post('/api/auth/verify-code', {
        phone,
        code: asked.body.debugCode,
      });
      const { body } = await api.post('/api/auth/qr/request');
      const value = String({ ...asked.body, ...signedIn.body, ...body }[field]);
      const seen = secretsIn(stack.secretsFile);
      for (const line of [
        `qr:${value}`,
        `{"path":"/x/${value}"}`,
        `x${value.slice(-43)}y`,
        `x_${value}_y`,
      ]) {
        expect(() => checkLog('The log', `all is well\n${line}\n`, stack.settings, seen)).toThrow(
          'The log, line 2 holds',
        );
        expect(() => checkLog('The log', line, stack.settings, seen)).not.toThrow(value.slice(-43));
      }
      const literal = findingIn(`x${value.slice(-43)}y`, secrets, seen);
      expect(literal?.rule).toBe(rule);
      expect(findingIn('all is well', secrets, seen)).toBeUndefined();
    },
  );

  test('the run fails, and is told the line and the rule, not the secret', () => {
    const log = 'all is well\nthe code is 123456\n';
    expect(() => checkLog('The log', log, stack.settings)).toThrow(
      'The log, line 2 holds a code of 6 digits: the code is ‹a code of 6 digits›\n1 in all',
    );
    expect(() => checkLog('The log', log, stack.settings)).not.toThrow('123456');
    expect(checkLog('The log', 'all is well\n', stack.settings)).toBeUndefined();
  });

  test('the secrets looked for are all that the stack has', () => {
    const names = Object.keys(stack.settings).filter((name) =>
      /SECRET|TOKEN|PRIVATE_KEY|DATABASE_URL/.test(name),
    );
    expect(Object.keys(secrets).sort()).toEqual(names.sort());
  });
});
