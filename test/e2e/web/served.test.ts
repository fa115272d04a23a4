import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { APP_PAGES } from '../../../src/platform/http/app-pages.ts';
import { stack } from '../../support/stack.ts';

/** Sends a request with these headers alone: `fetch` sets Sec-Fetch-Mode itself. */
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  const sent = request(`${stack.apiUrl}${path}`, { headers, method }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const body = await text(answer);
  const { statusCode: status = 0, headers: got } = answer;
  const given = Object.entries(got).map(([name, value]): [string, string] => [name, String(value)]);
  return { status, headers: new Headers(given), body };
};
type Got = Awaited<ReturnType<typeof get>>;

const VISIT = { 'Sec-Fetch-Mode': 'navigate' };
const html = expect.stringMatching(/^text\/html/);
const json = expect.stringMatching(/^application\/json/);
const seen = async (answer: Promise<Got>) => {
  const { status, headers } = await answer;
  return [status, headers.get('Content-Type')];
};

/** The directives of a policy, by name. */
const directivesOf = (answer: Got) =>
  new Map(
    (answer.headers.get('Content-Security-Policy') ?? '').split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );

const pages = ['/', ...APP_PAGES].map((path) => path.replace(/:\w+/, 'x'));

describe('the web app is served', () => {
  test.each(pages)('[H35] %s is the page of the app, whoever asks', async (path) => {
    expect(await seen(get(path, VISIT))).toEqual([200, html]);
    expect(await seen(get(path))).toEqual([200, html]);
    expect(await seen(get(path, {}, 'HEAD'))).toEqual([200, html]);
    expect((await get(path)).body).toBe((await get('/')).body);
    const tag = (await get(path)).headers.get('ETag') ?? '';
    expect((await get(path, { 'If-None-Match': tag })).status).toBe(304);
  });

  test('[H35] [H9] where nothing is, a visit gets the page with 404, a program the error', async () => {
    for (const path of ['/nope', '/c', '/app/gone.js', '/settings/a/b'])
      expect([path, ...(await seen(get(path, VISIT)))]).toEqual([path, 404, html]);
    for (const path of ['/nope', '/app/gone.js', '/parties/nope/x'])
      expect([path, ...(await seen(get(path)))]).toEqual([path, 404, json]);
    for (const headers of [VISIT, {}])
      expect(await seen(get('/api/nope', headers))).toEqual([404, json]);
    const gone = await get('/app/gone.js', VISIT);
    expect(gone.headers.get('Cache-Control')).not.toMatch(/immutable/);
  });

  test('[H35] the API and its reference stay where they were, for browsers too', async () => {
    for (const path of ['/openapi.json', '/health'])
      expect(await seen(get(path, VISIT))).toEqual([200, json]);
    expect((await get('/docs', VISIT)).body).toContain('<title>AIST API</title>');
    expect((await get('/docs/init.js')).status).toBe(200);
    expect(await seen(get('/api/profile', VISIT))).toEqual([401, json]);
  });

  test('[H16] files with a hash in their name are kept for ever, the page is asked for', async () => {
    const [file] = readdirSync(join(import.meta.dirname, '../../../dist/assets/app'));
    const kept = await get(`/app/${file}`);
    expect(kept.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/c/x'])
      expect((await get(path)).headers.get('Cache-Control')).toContain('must-revalidate');
  });
});

describe('the policy of the web app', () => {
  test.each(['/', '/c/x', '/nope'])('%s allows nothing but its own', async (path) => {
    const answer = await get(path, VISIT);
    const directives = directivesOf(answer);
    expect(directives.get('default-src')).toEqual(["'none'"]);
    for (const name of ['script-src', 'style-src'])
      expect(directives.get(name)).toEqual(["'self'", expect.stringMatching(/^'sha256-.+'$/)]);
    for (const name of ['frame-ancestors', 'base-uri', 'form-action'])
      expect(directives.get(name)).toEqual(["'none'"]);
    for (const name of ['connect-src', 'worker-src', 'manifest-src', 'font-src'])
      expect(directives.get(name)).toEqual(["'self'"]);
    expect(directives.get('require-trusted-types-for')).toEqual(["'script'"]);
    expect(directives.get('trusted-types')).toEqual(['aist-worker']);
    const words = [...directives.values()].flat();
    expect(words.filter((word) => /unsafe|\*|http:/.test(word))).toEqual([]);
  });

  test.each(['/', '/c/x'])('%s says no more of itself than it has to', async (path) => {
    const { headers } = await get(path, VISIT);
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(headers.get('Strict-Transport-Security')).toMatch(/max-age=\d{8}/);
    const permissions = headers.get('Permissions-Policy') ?? '';
    for (const name of ['camera', 'microphone', 'display-capture'])
      expect(permissions).toContain(`${name}=(self)`);
    for (const name of ['geolocation', 'payment', 'usb'])
      expect(permissions).toContain(`${name}=()`);
  });
});
