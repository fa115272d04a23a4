import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { deviceOf } from '../../../../src/platform/http/device.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/140.0.0.0 Safari/537.36';

/** What is read out of a request with this User-Agent, seen by Cloudflare at this place. */
const read = async (userAgent?: string, cf?: unknown) => {
  const app = new Hono().get('/', (c) => c.json(deviceOf(c)));
  const request = new Request('http://localhost/', {
    headers: userAgent === undefined ? {} : { 'User-Agent': userAgent },
  });
  if (cf !== undefined) Object.defineProperty(request, 'cf', { value: cf });
  return (await app.fetch(request)).json();
};

const UNKNOWN = { browser: '', system: '', city: '', country: '' };

describe('the client of a request', () => {
  test('[A31] the client is told by its User-Agent and by where Cloudflare sees it', async () => {
    expect(await read(CHROME, { city: 'Москва', country: 'RU' })).toEqual({
      browser: 'Chrome',
      system: 'Windows',
      city: 'Москва',
      country: 'RU',
    });
  });

  test.each([
    [undefined],
    [''],
    ['curl/8.5.0 x'],
    ['Your account is blocked, see evil.example/help now'],
    ['x'.repeat(100_000)],
  ])('[A31] a client that calls itself %j is unknown', async (userAgent) => {
    expect(await read(userAgent)).toMatchObject({ browser: '', system: '' });
  });

  test.each([
    ['Tor', { country: 'T1' }],
    ['nowhere', {}],
    ['a place of the wrong type', { city: 7, country: ['RU'] }],
    ['a country that is none', { country: 'Russia' }],
    ['no object', 'RU'],
  ])('[A31] a client is nowhere when Cloudflare says %s', async (_, cf) => {
    expect(await read(undefined, cf)).toEqual(UNKNOWN);
  });
});
