import { describe, expect, test } from 'vitest';
import { ENTRANT, roomSecrets, SIGNATURE, sign, verify } from '../../../party/wire/signature.ts';

const SECRET = 'a-secret-of-rooms';
const NOW = 1_800_000_000_000;
const entrant = { user: 'анна' };

const check = async (change: {
  secret?: string;
  target?: string;
  headers?: Record<string, string>;
  body?: string;
  now?: number;
}) => {
  const headers = await sign([SECRET], { target: 'call/1', entrant, body: '{}' }, NOW);
  const given = new Headers({ ...headers, ...change.headers });
  const { secret = SECRET, target = 'call/1', body = '{}', now = NOW } = change;
  return verify([secret], { target, headers: given, body }, now);
};

describe('a signed request', () => {
  test('[C18] a signed request says who enters', async () => {
    expect(await check({})).toEqual({ entrant });
    const headers = new Headers(await sign([SECRET], { target: 'worker', body: 'x' }, NOW));
    expect(await verify([SECRET], { target: 'worker', headers, body: 'x' }, NOW)).toEqual({
      entrant: undefined,
    });
  });

  test('[C18] a signed request is good for half a minute', async () => {
    expect(await check({ now: NOW + 29_999 })).toEqual({ entrant });
    expect(await check({ now: NOW + 30_000 })).toBeUndefined();
    // A clock that is far ahead would sign requests that are good for ever.
    expect(await check({ now: NOW - 30_001 })).toBeUndefined();
  });

  test.each([
    ['for another room', { target: 'call/2' }],
    ['with another body', { body: '{"a":1}' }],
    ['with another secret', { secret: 'another' }],
    ['with somebody else in it', { headers: { [ENTRANT]: btoa('{"user":"boris"}') } }],
    ['with nobody in it', { headers: { [ENTRANT]: '' } }],
    ['with a longer life', { headers: { [SIGNATURE]: `${NOW + 40_000}.${'A'.repeat(43)}` } }],
    ['without a signature', { headers: { [SIGNATURE]: '' } }],
    ['with rubbish for one', { headers: { [SIGNATURE]: 'a.b' } }],
  ])('[C18] %s is not signed', async (_, change) => {
    expect(await check(change)).toBeUndefined();
  });

  test('[A36] a signed request is taken in both steps of a change of the secret', async () => {
    const headers = new Headers(await sign(['new', 'old'], { target: 'worker' }, NOW));
    for (const secrets of [
      ['new', 'old'],
      ['old', 'new'],
    ] as const) {
      expect(await verify(secrets, { target: 'worker', headers }, NOW)).toEqual({
        entrant: undefined,
      });
    }
    expect(await verify(['old'], { target: 'worker', headers }, NOW)).toBeUndefined();
  });

  test("[A36] requests are signed with the rooms' own secret, else with that of tokens", () => {
    expect(roomSecrets({ ROOMS_SECRET: 'a', JWT_SECRET: 'b', JWT_SECRET_PREVIOUS: 'c' })).toEqual([
      'a',
    ]);
    expect(roomSecrets({ ROOMS_SECRET: '', JWT_SECRET: 'b', JWT_SECRET_PREVIOUS: 'c' })).toEqual([
      'b',
      'c',
    ]);
    expect(roomSecrets({ JWT_SECRET: 'b', JWT_SECRET_PREVIOUS: '' })).toEqual(['b']);
    expect(() => roomSecrets({})).toThrow('ROOMS_SECRET');
  });
});
