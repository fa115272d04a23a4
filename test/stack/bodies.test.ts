import { describe, expect, test } from 'vitest';
import { BODY_LIMIT, createApp } from '../../src/app.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { createServices } from '../../src/services.ts';
import { runningApi } from '../support/client.ts';
import { expectError } from '../support/error-envelope.ts';
import { freshAddress } from '../support/fresh.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const token = await signIn(api);
/** A PATCH of the profile whose body goes out just as it is. */
const patchRaw = async (body: string | undefined, contentType?: string) => {
  // Bytes, since fetch gives a string a content type of its own.
  const response = await fetch(`${stack.apiUrl}/api/profile`, {
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
      return (await fetch(`${stack.apiUrl}/api/profile`, init)).status;
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
        expectError(answer, [413, 'body_too_large', 'Слишком большой запрос']);
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
      expectError(await api.send(method, path), [404, 'not_found', 'Такого адреса нет']);
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
  ])(
    '[H9] %s answers other methods than its own 405, and says which those are',
    async (path, methods) => {
      for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'].filter(
        (other) => !methods.includes(other),
      )) {
        const answer = await api.send(method, path);
        expectError(answer, [405, 'method_not_allowed', 'Этот метод здесь не поддерживается']);
        const allowed = (answer.headers.get('Allow') ?? '').split(/,\s*/);
        expect(allowed.filter((name) => name !== 'HEAD' && name !== 'OPTIONS').sort()).toEqual(
          methods,
        );
      }
    },
  );
});
