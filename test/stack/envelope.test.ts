import { afterEach, describe, expect, test } from 'vitest';
import { BODY_LIMIT } from '../../src/app.ts';
import { runningApi } from '../support/client.ts';
import { expectError, UUID } from '../support/error-envelope.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { database, heal } from '../support/proxies.ts';
import { signIn } from '../support/sign-in.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();

const token = await signIn(api);
const nobody = await legacyToken(crypto.randomUUID());

afterEach(heal);

describe('an error is answered in the envelope, in Russian and in English', () => {
  const patch = (body: unknown, as = token) => ({ body, token: as });
  test.each([
    [
      'POST',
      '/api/auth/request-code',
      { body: {} },
      400,
      'invalid_phone',
      'Некорректный номер',
      'Invalid phone number',
    ],
    [
      ...['POST', '/api/auth/verify-code'],
      ...[{ body: { phone: '+79991234567', code: '1' } }, 400, 'invalid_code_format'],
      ...['Неверный код или формат', 'Wrong code or format'],
    ],
    [
      ...[
        'POST',
        '/api/auth/verify-code',
        { body: { phone: '+79990000000', code: '123456' } },
        400,
        'wrong_code',
      ],
      ...['Неверный код или он истёк', 'Wrong or expired code'],
    ],
    [
      'POST',
      '/api/auth/request-code',
      { body: '{' },
      400,
      'malformed_json',
      'Тело запроса — не JSON',
      'The request body is not JSON',
    ],
    ['GET', '/api/profile', {}, 401, 'no_token', 'No token', 'No token'],
    ['GET', '/api/profile', { token: 'x' }, 401, 'invalid_token', 'Invalid token', 'Invalid token'],
    [
      'POST',
      '/api/internal/link-telegram',
      { body: {} },
      403,
      'forbidden',
      'Forbidden',
      'Forbidden',
    ],
    [
      'GET',
      '/api/profile',
      { token: nobody },
      404,
      'user_not_found',
      'User not found',
      'User not found',
    ],
    [
      'PATCH',
      '/api/profile',
      patch({}, nobody),
      404,
      'user_not_found',
      'User not found',
      'User not found',
    ],
    [
      'PATCH',
      '/api/profile',
      patch({ username: 'a' }),
      400,
      'username_too_short',
      'Никнейм не менее 2 символов',
      'A username has at least 2 characters',
    ],
    [
      'PATCH',
      '/api/profile',
      patch({ username: 'admin' }),
      400,
      'username_reserved',
      'Это имя зарезервировано',
      'This name is reserved',
    ],
    [
      'PATCH',
      '/api/profile',
      patch({ username: 5 }),
      400,
      'invalid_field',
      'Некорректное значение поля',
      'A field has a value that is not allowed',
    ],
    [
      'GET',
      '/api/nothing',
      {},
      404,
      'not_found',
      'Такого адреса нет',
      'There is nothing at this address',
    ],
    [
      'PUT',
      '/api/profile',
      {},
      405,
      'method_not_allowed',
      'Этот метод здесь не поддерживается',
      'This method is not supported here',
    ],
    [
      'POST',
      '/api/send-sms',
      { body: {} },
      503,
      'sms_unavailable',
      'SMS временно недоступен',
      'SMS is temporarily unavailable',
    ],
    [
      ...[
        'POST',
        '/api/auth/request-code',
        { body: { phone: '7'.repeat(BODY_LIMIT) } },
        413,
        'body_too_large',
      ],
      ...['Слишком большой запрос', 'The request body is too large'],
    ],
  ] as [string, string, object, number, string, string, string][])(
    '[H8, H9, H10, A27, A30] %s %s with %j: %i %s',
    async (method, path, options, status, code, russian, english) => {
      expectError(await api.send(method, path, options), [status, code, russian]);
      const headers = { 'X-Language': 'en' };
      expectError(await api.send(method, path, { ...options, headers }), [status, code, english]);
    },
  );

  test('[H12, H13] an error names the time to wait, when a store is gone', async () => {
    await database.behave({ mode: 'dead' });
    const answer = await api.send('GET', '/api/profile', { token });
    const wait = Number(answer.headers.get('Retry-After'));
    expect(wait).toBeGreaterThan(0);
    const message = `Сервис временно недоступен. Повторите через ${wait} сек.`;
    expectError(answer, [503, 'unavailable', message], { retryAfterSeconds: wait });
  });

  test('[H12] an error names the time to wait, past a limit', async () => {
    const phone = freshPhone();
    await api.post('/api/auth/request-code', { phone });
    const headers = { 'X-Language': 'en' };
    const answer = await api.post('/api/auth/request-code', { phone }, { headers });
    const wait = Number(answer.headers.get('Retry-After'));
    expect(wait).toBeGreaterThan(50);
    const message = `Too many attempts. Try again in ${wait} s`;
    expectError(answer, [429, 'too_many_requests', message], { retryAfterSeconds: wait });
  });
});

describe('the language of messages', () => {
  const RUSSIAN = 'Такого адреса нет';
  const ENGLISH = 'There is nothing at this address';
  test.each([
    ['en', ENGLISH],
    ['EN', ENGLISH],
    [' en ', ENGLISH],
    ['en-US', ENGLISH],
    ['ru', RUSSIAN],
    ['ru-RU', RUSSIAN],
    ['de', RUSSIAN],
    ['en;q=0.9', RUSSIAN],
    ['english', RUSSIAN],
    ['', RUSSIAN],
    [';;,,=q', RUSSIAN],
    ['-'.repeat(5_000), RUSSIAN],
  ])('[H10] a message is in the language asked for by X-Language: %j', async (asked, message) => {
    const answer = await api.send('GET', '/api/nothing', { headers: { 'X-Language': asked } });
    expectError(answer, [404, 'not_found', message]);
  });

  test.each(['en', 'en-US,en;q=0.9', 'de,en;q=0.5', 'en, ru', '*', ''])(
    '[H10] a message is Russian whatever a browser sends by itself: Accept-Language: %j',
    async (accepted) => {
      const headers = { 'Accept-Language': accepted };
      expectError(await api.send('GET', '/api/nothing', { headers }), [404, 'not_found', RUSSIAN]);
      const wrong = await api.post('/api/auth/request-code', {}, { headers });
      expectError(wrong, [400, 'invalid_phone', 'Некорректный номер']);
    },
  );

  test('[H10] a message is Russian for those who ask for none, whatever query or cookie says', async () => {
    expectError(await api.send('GET', '/api/nothing?lang=en'), [404, 'not_found', RUSSIAN]);
    const answer = await api.send('GET', '/api/nothing', { headers: { Cookie: 'language=en' } });
    expectError(answer, [404, 'not_found', RUSSIAN]);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
  });

  test('[H11] a message stays the legacy server’s English, unless Russian is asked for', async () => {
    const headers = { 'X-Language': 'ru' };
    const ask = (path: string, options: object) => api.send('GET', path, { ...options, headers });
    expectError(await ask('/api/profile', {}), [401, 'no_token', 'Войдите, чтобы продолжить']);
    const bad = await ask('/api/profile', { token: 'x' });
    expectError(bad, [401, 'invalid_token', 'Сеанс завершён, войдите снова']);
    const missing = await ask('/api/profile', { token: nobody });
    expectError(missing, [404, 'user_not_found', 'Пользователь не найден']);
    const closed = await api.post('/api/internal/link-telegram', {}, { headers });
    expectError(closed, [403, 'forbidden', 'Доступ запрещён']);
    const secret = { ...headers, 'X-Link-Secret': 'dev-link-secret' };
    const empty = await api.post('/api/internal/link-telegram', {}, { headers: secret });
    expectError(empty, [400, 'link_fields_required', 'Нужны phone и telegramChatId']);
  });

  test('[H10, H11] a message is Russian for what the legacy server never said', async () => {
    const forged = { 'X-Telegram-Bot-Api-Secret-Token': 'x' };
    const answer = await api.post('/telegram/webhook', {}, { headers: forged });
    expectError(answer, [401, 'invalid_secret', 'Неверный секрет']);
  });
});

describe('the id of a request', () => {
  test('[H15] the id of a request is in every answer, and another one each time', async () => {
    const paths = ['/health', '/health', '/api/profile', '/api/nothing', '/openapi.json'];
    const answers = await Promise.all(paths.map((path) => api.send('GET', path)));
    const ids = answers.map(({ headers }) => headers.get('X-Request-Id'));
    for (const id of ids) expect(id).toMatch(UUID);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('[H15] the id of a request is never one that the client chose', async () => {
    const id = crypto.randomUUID();
    const headers = {
      'X-Request-Id': id,
      'Request-Id': id,
      'X-Correlation-Id': id,
      traceparent: id,
    };
    const answer = await api.send('GET', '/api/nothing', { headers });
    expect(JSON.stringify([...answer.headers])).not.toContain(id);
    expect(answer.text).not.toContain(id);
  });
});

test('[H32] SMS is not available, whatever is sent', async () => {
  for (const body of [{}, { phone: freshPhone() }, '{ malformed', [], 'null']) {
    const answer = await api.post('/api/send-sms', body, { address: freshAddress() });
    expectError(answer, [503, 'sms_unavailable', 'SMS временно недоступен']);
  }
});

test('every answer forbids browsers to guess its type, to frame it and to leave TLS', async () => {
  for (const path of ['/health', '/nowhere', '/openapi.json']) {
    const { headers } = await api.send('GET', path);
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('X-Frame-Options')).toBe('SAMEORIGIN');
    expect(headers.get('Strict-Transport-Security')).toContain('max-age=');
  }
});
