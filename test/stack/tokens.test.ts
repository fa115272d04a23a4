import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const SECRET = String(stack.settings.JWT_SECRET);
const THIRTY_DAYS = 30 * 86_400;

/** A user that exists: what is wrong with a token is never that nobody has it. */
const userId = decodeJwt(await signIn(api)).userId;
const now = () => Math.floor(Date.now() / 1000);
const claims = (changes: object = {}) => ({
  userId,
  iat: now(),
  exp: now() + THIRTY_DAYS,
  ...changes,
});

const HEADER = { alg: 'HS256', typ: 'JWT' };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const hmac = (input: string, secret: string, hash = 'sha256') =>
  createHmac(hash, secret).update(input).digest('base64url');

/** A token made by hand, as jsonwebtoken makes them, with whatever changes. */
const forge = (
  header: object = HEADER,
  payload: unknown = claims(),
  secret = SECRET,
  hash = 'sha256',
): string => {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${hmac(input, secret, hash)}`;
};

const profile = (authorization?: string) =>
  api.send(
    'GET',
    '/api/profile',
    authorization === undefined ? {} : { headers: { Authorization: authorization } },
  );

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RSA_JWK = rsa.publicKey.export({ format: 'jwk' });
const forgeRsa = (header: object): string => {
  const input = `${encode(header)}.${encode(claims())}`;
  return `${input}.${sign('sha256', Buffer.from(input), rsa.privateKey).toString('base64url')}`;
};

const OWN_KEY = 'a-key-of-the-attacker';
const OWN_JWK = { kty: 'oct', k: Buffer.from(OWN_KEY).toString('base64url'), alg: 'HS256' };
const [header = '', payload = '', signature = ''] = forge().split('.');
const otherFirst = signature.startsWith('A') ? 'B' : 'A';

describe('a token is accepted', () => {
  test.each([
    ['made by the legacy server', forge()],
    ['without typ', forge({ alg: 'HS256' })],
    [
      'issued 29 days ago',
      forge(HEADER, claims({ iat: now() - 29 * 86_400, exp: now() + 86_400 })),
    ],
    ['with nbf in the past', forge(HEADER, claims({ nbf: now() - 60 }))],
  ])('[A34, A35, H20] a token is accepted: %s', async (_, token) => {
    const answer = await profile(`Bearer ${token}`);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.userId).toBe(userId);
  });

  test('[A34] a token is accepted to the last second of its 30 days', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const token = await signIn(local);
    clock.advance(THIRTY_DAYS - 1);
    expect((await local.send('GET', '/api/profile', { token })).status).toBe(200);
    clock.advance(1);
    expect((await local.send('GET', '/api/profile', { token })).status).toBe(401);
  });
});

describe('a token is refused with "Invalid token"', () => {
  test.each([
    ['alg none, no signature', `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`],
    ['alg None, signed', forge({ alg: 'None', typ: 'JWT' })],
    ['alg none, signed with the secret', forge({ alg: 'none', typ: 'JWT' })],
    ['no alg', forge({ typ: 'JWT' })],
    ['alg hs256', forge({ alg: 'hs256', typ: 'JWT' })],
    ['alg HS384 with the secret', forge({ alg: 'HS384', typ: 'JWT' }, claims(), SECRET, 'sha384')],
    ['alg HS512 with the secret', forge({ alg: 'HS512', typ: 'JWT' }, claims(), SECRET, 'sha512')],
    ['alg RS256 over an HMAC', forge({ alg: 'RS256', typ: 'JWT' })],
    ['alg RS256 with a key of its own', forgeRsa({ alg: 'RS256', typ: 'JWT' })],
    ['alg RS256 with a jwk of its own', forgeRsa({ alg: 'RS256', typ: 'JWT', jwk: RSA_JWK })],
    ['a jwk of its own', forge({ ...HEADER, jwk: OWN_JWK }, claims(), OWN_KEY)],
    [
      'a jku of its own',
      forge({ ...HEADER, jku: 'https://evil.example/jwks.json' }, claims(), OWN_KEY),
    ],
    ['a kid that names an empty file', forge({ ...HEADER, kid: '../../dev/null' }, claims(), '\0')],
    ['a critical header nobody knows', forge({ ...HEADER, crit: ['exp2'], exp2: 1 })],
    ['typ at+jwt', forge({ ...HEADER, typ: 'at+jwt' })],
    ['typ JWE', forge({ ...HEADER, typ: 'JWE' })],
    ['an audience', forge(HEADER, claims({ aud: 'aist' }))],
    ['a list of audiences', forge(HEADER, claims({ aud: ['aist'] }))],
    ['an issuer', forge(HEADER, claims({ iss: 'https://evil.example' }))],
    ['expired', forge(HEADER, claims({ iat: now() - THIRTY_DAYS - 1, exp: now() - 1 }))],
    ['not valid yet', forge(HEADER, claims({ nbf: now() + 3_600 }))],
    ['another key', forge(HEADER, claims(), 'another-secret')],
    ['an empty key', forge(HEADER, claims(), '')],
    ['no exp', forge(HEADER, claims({ exp: undefined }))],
    ['an exp that is a string', forge(HEADER, claims({ exp: String(now() + 3_600) }))],
    ['no userId', forge(HEADER, claims({ userId: undefined }))],
    ['an empty userId', forge(HEADER, claims({ userId: '' }))],
    ['a userId that is a number', forge(HEADER, claims({ userId: 1 }))],
    ['a userId that is null', forge(HEADER, claims({ userId: null }))],
    ['a userId that is true', forge(HEADER, claims({ userId: true }))],
    ['a userId that is a list', forge(HEADER, claims({ userId: [userId] }))],
    ['a userId that is an object', forge(HEADER, claims({ userId: { toString: 1 } }))],
    ['claims that are a list', forge(HEADER, [claims()])],
    ['claims that are null', forge(HEADER, null)],
    [
      'the claims of somebody else',
      `${header}.${encode(claims({ userId: 'another' }))}.${signature}`,
    ],
    ['another signature', `${header}.${payload}.${otherFirst}${signature.slice(1)}`],
    ['half a signature', `${header}.${payload}.${signature.slice(0, 20)}`],
    ['no signature', `${header}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    ['four parts', `${header}.${payload}.${signature}.x`],
    ['garbage', 'garbage'],
    ['dots', '..'],
    ['garbage in three parts', 'a.b.c'],
    ['null', 'null'],
    ['ten thousand characters', 'a'.repeat(10_000)],
  ])('[A34, H20] a token is refused with "Invalid token": %s', async (_, token) => {
    const answer = await profile(`Bearer ${token}`);
    expect(answer.status, answer.text).toBe(401);
    expect(answer.body).toMatchObject({
      ok: false,
      message: 'Invalid token',
      error: 'Invalid token',
      code: 'invalid_token',
    });
  });
});

describe('a request without a token is answered "No token"', () => {
  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['Bearer alone', 'Bearer'],
    ['Bearer and a space', 'Bearer '],
    ['the token alone', forge()],
    ['Basic', `Basic ${forge()}`],
    ['Bearer without a space', `Bearer${forge()}`],
  ])('[H11, H20] a request is answered "No token": %s', async (_, authorization) => {
    const answer = await profile(authorization);
    expect(answer.status, answer.text).toBe(401);
    expect(answer.body).toMatchObject({
      ok: false,
      message: 'No token',
      error: 'No token',
      code: 'no_token',
    });
  });

  test('[H20] a token in the query, in a cookie or in the body is no token', async () => {
    const token = forge();
    const answers = await Promise.all([
      api.send('GET', `/api/profile?token=${token}&access_token=${token}`),
      api.send('GET', '/api/profile', { headers: { Cookie: `token=${token}` } }),
      api.send('PATCH', '/api/profile', { body: { token, access_token: token } }),
    ]);
    for (const { status, body } of answers) {
      expect(status).toBe(401);
      expect(body.error).toBe('No token');
    }
  });
});

test('[H20] the name of the scheme is taken in any case (RFC 9110 §11.1)', async () => {
  for (const scheme of ['bearer', 'BEARER'])
    expect((await profile(`${scheme} ${forge()}`)).status).not.toBe(401);
});

test('[H20] a token is asked for before anything else of the request is looked at', async () => {
  const answer = await api.send('PATCH', '/api/profile', { body: '{ malformed' });
  expect(answer.status).toBe(401);
  expect(answer.body.error).toBe('No token');
});
