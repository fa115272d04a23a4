import { afterEach, describe, expect, test } from 'vitest';
import { BODY_LIMIT, createApp } from '../../src/app.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { createServices } from '../../src/services.ts';
import type { Answer } from '../support/client.ts';
import { runningApi } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();
const apiUrl = stack.apiUrl;
const database = new ProxyControl(stack.databaseProxy);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const token = await signIn(api);
const nobody = await legacyToken(crypto.randomUUID());

afterEach(() => database.behave({ mode: 'pass' }));

const expectError = (
  answer: Answer,
  status: number,
  code: string,
  message: string,
  further: object = {},
) => {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
  expect(answer.body).toEqual({
    ok: false,
    message,
    error: message,
    code,
    requestId: answer.headers.get('X-Request-Id'),
    ...further,
  });
  expect(answer.body.requestId).toMatch(UUID);
};

/** A PATCH of the profile whose body goes out just as it is. */
const patchRaw = async (body: string | undefined, contentType?: string) => {
  // Bytes, since fetch gives a string a content type of its own.
  const response = await fetch(`${apiUrl}/api/profile`, {
    method: 'PATCH',
    headers: {
      Authorization: `Bearer ${token}`,
      ...(contentType !== undefined && { 'Content-Type': contentType }),
    },
    ...(body !== undefined && { body: new TextEncoder().encode(body) }),
  });
  return { status: response.status, body: await response.json() };
};

const displayName = async () => (await api.send('GET', '/api/profile', { token })).body.displayName;

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
      expectError(await api.send(method, path, options), status, code, russian);
      const headers = { 'X-Language': 'en' };
      expectError(await api.send(method, path, { ...options, headers }), status, code, english);
    },
  );

  test('[H12, H13] an error names the time to wait, when a store is gone', async () => {
    await database.behave({ mode: 'dead' });
    const answer = await api.send('GET', '/api/profile', { token });
    const wait = Number(answer.headers.get('Retry-After'));
    expect(wait).toBeGreaterThan(0);
    const message = `Сервис временно недоступен. Повторите через ${wait} сек.`;
    expectError(answer, 503, 'unavailable', message, { retryAfterSeconds: wait });
  });

  test('[H12] an error names the time to wait, past a limit', async () => {
    const phone = freshPhone();
    await api.post('/api/auth/request-code', { phone });
    const headers = { 'X-Language': 'en' };
    const answer = await api.post('/api/auth/request-code', { phone }, { headers });
    const wait = Number(answer.headers.get('Retry-After'));
    expect(wait).toBeGreaterThan(50);
    const message = `Too many attempts. Try again in ${wait} s`;
    expectError(answer, 429, 'too_many_requests', message, { retryAfterSeconds: wait });
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
    expectError(answer, 404, 'not_found', message);
  });

  test.each(['en', 'en-US,en;q=0.9', 'de,en;q=0.5', 'en, ru', '*', ''])(
    '[H10] a message is Russian whatever a browser sends by itself: Accept-Language: %j',
    async (accepted) => {
      const headers = { 'Accept-Language': accepted };
      expectError(await api.send('GET', '/api/nothing', { headers }), 404, 'not_found', RUSSIAN);
      const wrong = await api.post('/api/auth/request-code', {}, { headers });
      expectError(wrong, 400, 'invalid_phone', 'Некорректный номер');
    },
  );

  test('[H10] a message is Russian for those who ask for none, whatever query or cookie says', async () => {
    expectError(await api.send('GET', '/api/nothing?lang=en'), 404, 'not_found', RUSSIAN);
    const answer = await api.send('GET', '/api/nothing', { headers: { Cookie: 'language=en' } });
    expectError(answer, 404, 'not_found', RUSSIAN);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
  });

  test('[H11] a message stays the legacy server’s English, unless Russian is asked for', async () => {
    const headers = { 'X-Language': 'ru' };
    const ask = (path: string, options: object) => api.send('GET', path, { ...options, headers });
    expectError(await ask('/api/profile', {}), 401, 'no_token', 'Войдите, чтобы продолжить');
    const bad = await ask('/api/profile', { token: 'x' });
    expectError(bad, 401, 'invalid_token', 'Сеанс завершён, войдите снова');
    const missing = await ask('/api/profile', { token: nobody });
    expectError(missing, 404, 'user_not_found', 'Пользователь не найден');
    const closed = await api.post('/api/internal/link-telegram', {}, { headers });
    expectError(closed, 403, 'forbidden', 'Доступ запрещён');
    const secret = { ...headers, 'X-Link-Secret': 'dev-link-secret' };
    const empty = await api.post('/api/internal/link-telegram', {}, { headers: secret });
    expectError(empty, 400, 'link_fields_required', 'Нужны phone и telegramChatId');
  });

  test('[H10, H11] a message is Russian for what the legacy server never said', async () => {
    const forged = { 'X-Telegram-Bot-Api-Secret-Token': 'x' };
    const answer = await api.post('/telegram/webhook', {}, { headers: forged });
    expectError(answer, 401, 'invalid_secret', 'Неверный секрет');
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

describe('a body', () => {
  test.each([
    ['is missing', undefined, undefined],
    ['is empty', '', 'application/json'],
    ['has no content type', '{"displayName":"X"}', undefined],
    ['is text', '{"displayName":"X"}', 'text/plain'],
    ['is a form', 'displayName=X', 'application/x-www-form-urlencoded'],
    ['is XML', '<displayName>X</displayName>', 'application/xml'],
    ['is of a type that begins like JSON', '{"displayName":"X"}', 'application/jsonp'],
    ['is malformed, but not JSON by its type', '{ malformed', 'text/plain'],
    ['is a list', '[{"displayName":"X"}]', 'application/json'],
    ['is a string', '"displayName"', 'application/json'],
    ['is a number', '5', 'application/json'],
    ['is null', 'null', 'application/json'],
    ['is true', 'true', 'application/json'],
    [
      'has other fields alone',
      '{"name":"X","__proto__":{"displayName":"X"},"constructor":1}',
      'application/json',
    ],
  ])('[H1] a body that %s counts as {}', async (_, body, contentType) => {
    const before = await displayName();
    const answer = await patchRaw(body, contentType);
    expect(answer).toMatchObject({ status: 200, body: { username: '', displayName: before } });
    expect(await displayName()).toBe(before);
  });

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/json ;charset=UTF-8',
  ])('[H1] a body is JSON by the content type %s', async (contentType) => {
    const name = `Имя ${crypto.randomUUID()}`;
    const answer = await patchRaw(JSON.stringify({ displayName: name }), contentType);
    expect(answer).toMatchObject({ status: 200, body: { username: '', displayName: name } });
  });

  test.each([
    '{',
    '{"displayName":"X"',
    '{"displayName":"X",}',
    "{'displayName':'X'}",
    'undefined',
    '{}{}',
    'displayName=X',
  ])('[H2] a body that says it is JSON and is not is malformed: %s', async (body) => {
    const answer = await patchRaw(body, 'application/json');
    expect(answer).toMatchObject({ status: 400, body: { ok: false, code: 'malformed_json' } });
  });

  /** A JSON object of exactly so many bytes, its two-byte letters counted as two. */
  const bodyOf = (bytes: number) => {
    const start = '{"other":"яя';
    return `${start}${'x'.repeat(bytes - Buffer.byteLength(start) - 2)}"}`;
  };

  test('[H3] a body of 100 KiB is read, one byte more is not', async () => {
    expect(Buffer.byteLength(bodyOf(102_400))).toBe(102_400);
    expect((await patchRaw(bodyOf(102_400), 'application/json')).status).toBe(200);
    const refused = await patchRaw(bodyOf(102_401), 'application/json');
    expect(refused).toMatchObject({ status: 413, body: { ok: false, code: 'body_too_large' } });
  });

  test('[H3] a body whose length is not told beforehand is limited as well', async () => {
    const patchStream = async (bytes: number) => {
      const stream = new Blob([bodyOf(bytes)]).stream();
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const init = { method: 'PATCH', headers, body: stream, duplex: 'half' };
      return (await fetch(`${apiUrl}/api/profile`, init)).status;
    };
    expect(await patchStream(102_400)).toBe(200);
    expect(await patchStream(102_401)).toBe(413);
  });

  // The app runs in this process: over HTTP the connection breaks in the middle of the body, and
  // not every client reads the answer then.
  test('[H3] a body that does not end is not read to its end', async () => {
    let given = 0;
    const endless = new ReadableStream({
      pull: (controller) => {
        given += 1_000;
        controller.enqueue(new Uint8Array(1_000).fill(32));
      },
    });
    const app = createApp(createServices(parseSettings(stack.settings)));
    const headers = { 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: endless, duplex: 'half' };
    const answer = await app.request('/api/auth/request-code', init);
    expect(answer.status).toBe(413);
    expect(given).toBeLessThan(BODY_LIMIT + 10_000);
  });

  test('[H3, H7] a body of a megabyte is refused whatever its type and path', async () => {
    for (const path of [
      '/api/auth/request-code',
      '/api/auth/verify-code',
      '/api/internal/link-telegram',
    ]) {
      for (const type of ['application/json', 'text/plain']) {
        const answer = await api.post(path, 'x'.repeat(1_000_000), {
          headers: { 'Content-Type': type },
        });
        expectError(answer, 413, 'body_too_large', 'Слишком большой запрос');
      }
    }
    expect((await api.send('GET', '/health')).status).toBe(200);
  });
});

test('[H5] of a query parameter that comes twice the first counts', async () => {
  const address = freshAddress();
  const { body } = await api.post('/api/auth/qr/request', {}, { address });
  const statusOf = async (query: string) =>
    (await api.send('GET', `/api/auth/qr/check?${query}`, { address })).body.status;
  const code = `code=${body.code}`;
  expect(await statusOf(`${code}&code=`)).toBe('pending');
  expect(await statusOf(`code=&${code}`)).toBe('invalid');
});

describe('a path', () => {
  test.each([
    '/api',
    '/api/',
    '/api/nothing',
    '/health/other',
    '/api/profile/x',
    '/api/%E0%A4%A',
    '/%00',
    '/api/toString',
  ])('[H9] a path that is not there is answered 404, whatever the method: %s', async (path) => {
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']) {
      expectError(await api.send(method, path), 404, 'not_found', 'Такого адреса нет');
    }
  });

  test.each([
    ['/api/profile', ['GET', 'PATCH']],
    ['/api/auth/request-code', ['POST']],
    ['/api/auth/verify-code', ['POST']],
    ['/api/send-sms', ['POST']],
    ['/api/internal/link-telegram', ['POST']],
    ['/health', ['GET']],
    ['/health/ready', ['GET']],
    ['/openapi.json', ['GET']],
    ['/docs', ['GET']],
    ['/', ['GET']],
  ])(
    '[H9] %s answers other methods than its own 405, and says which those are',
    async (path, methods) => {
      for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].filter(
        (other) => !methods.includes(other),
      )) {
        const answer = await api.send(method, path);
        expectError(answer, 405, 'method_not_allowed', 'Этот метод здесь не поддерживается');
        const allowed = (answer.headers.get('Allow') ?? '').split(/,\s*/);
        expect(allowed.filter((name) => name !== 'HEAD' && name !== 'OPTIONS').sort()).toEqual(
          methods,
        );
      }
    },
  );
});

test('[H32] SMS is not available, whatever is sent', async () => {
  for (const body of [{}, { phone: freshPhone() }, '{ malformed', [], 'null']) {
    const answer = await api.post('/api/send-sms', body, { address: freshAddress() });
    expectError(answer, 503, 'sms_unavailable', 'SMS временно недоступен');
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
