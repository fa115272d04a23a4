import { describe, expect, test } from 'vitest';
import type { Answer, Api } from '../support/client.ts';
import { localApi, runningApi } from '../support/client.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();
const ORIGIN = 'https://web.aist.example';

const items = (answer: Answer, header: string) =>
  (answer.headers.get(header) ?? '')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter(Boolean);

const preflight = (to: Api, origin: string, path = '/api/profile', method = 'PATCH') =>
  to.send('OPTIONS', path, {
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });

describe('a page of any origin', () => {
  test.each([
    ['GET', '/health', undefined, 200],
    ['GET', '/openapi.json', undefined, 200],
    ['POST', '/api/auth/request-code', {}, 400],
    ['POST', '/api/auth/verify-code', '{ malformed', 400],
    ['GET', '/api/profile', undefined, 401],
    ['POST', '/api/internal/link-telegram', {}, 403],
    ['GET', '/api/nothing', undefined, 404],
    ['DELETE', '/api/profile', undefined, 405],
    ['POST', '/api/auth/request-code', { phone: '7'.repeat(200_000) }, 413],
    ['POST', '/api/send-sms', {}, 503],
  ])(
    '[H18] a page of any origin may read the answer of %s %s %#',
    async (method, path, body, status) => {
      const answer = await api.send(method, path, { body, headers: { Origin: ORIGIN } });
      expect(answer.status, answer.text).toBe(status);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(ORIGIN);
      expect(items(answer, 'Vary')).toContain('origin');
      expect(items(answer, 'Access-Control-Expose-Headers')).toEqual(
        expect.arrayContaining(['retry-after', 'x-request-id']),
      );
      expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull();
      expect(['same-origin', 'same-site']).not.toContain(
        answer.headers.get('Cross-Origin-Resource-Policy'),
      );
    },
  );

  test('[H18] a page of any origin may read an answer behind a token', async () => {
    const token = await signIn(api);
    const answer = await api.send('GET', '/api/profile', { token, headers: { Origin: ORIGIN } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(ORIGIN);
  });

  test.each([
    'http://localhost:5173',
    'capacitor://localhost',
    'null',
    'https://xn--80ak6aa92e.example:8443',
  ])('[H18] the origin is echoed as it is: %s', async (origin) => {
    const answer = await api.send('GET', '/health', { headers: { Origin: origin } });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(origin);
  });

  test.each(['/api/profile', '/api/auth/request-code', '/api/nothing'])(
    '[H19] a page of any origin may ask beforehand what it may send to %s',
    async (path) => {
      const answer = await preflight(api, ORIGIN, path);
      expect(answer.status).toBe(204);
      expect(answer.text).toBe('');
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(ORIGIN);
      expect(items(answer, 'Access-Control-Allow-Methods')).toEqual(
        expect.arrayContaining(['get', 'post', 'patch', 'options']),
      );
      expect(items(answer, 'Access-Control-Allow-Headers')).toEqual(
        expect.arrayContaining(['content-type', 'authorization', 'x-poll-token', 'x-language']),
      );
      expect(answer.headers.get('Access-Control-Max-Age')).toBe('86400');
      expect(items(answer, 'Vary')).toContain('origin');
    },
  );
});

test('[H18] an answer to no page varies by origin too, so that it is not kept for a page', async () => {
  const answer = await api.send('GET', '/health');
  expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
  expect(items(answer, 'Vary')).toContain('origin');
});

describe('where a list of origins is configured', () => {
  const listed = localApi({ CORS_ORIGINS: 'https://web.aist.example, https://beta.aist.example' });

  test.each(['https://web.aist.example', 'https://beta.aist.example'])(
    '[H18] %s may call, where a list of origins is configured',
    async (origin) => {
      const answer = await listed.send('GET', '/api/profile', { headers: { Origin: origin } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(origin);
      expect((await preflight(listed, origin)).headers.get('Access-Control-Allow-Origin')).toBe(
        origin,
      );
    },
  );

  test.each([
    'https://evil.example',
    'http://web.aist.example',
    'https://web.aist.example:8443',
    'https://web.aist.example.evil.example',
    'https://evil-web.aist.example',
    'https://aist.example',
    'https://web.aist.example, https://beta.aist.example',
    'null',
  ])('[H18] %s may not call, where a list of origins is configured', async (origin) => {
    for (const answer of [
      await listed.send('GET', '/health', { headers: { Origin: origin } }),
      await listed.send('GET', '/api/nothing', { headers: { Origin: origin } }),
      await preflight(listed, origin),
    ]) {
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
      expect(items(answer, 'Vary')).toContain('origin');
    }
  });
});
