import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  createSid,
  signToken,
  TOKEN_TTL_SECONDS,
  verifyToken,
} from '../../../src/session/token.ts';

const SECRET = 'a-secret';
const SIGNED_IN_AT = 1_700_000_000_999;
const clockAt = (seconds: number) => SIGNED_IN_AT - 999 + seconds * 1000;
const SESSION = { userId: 'user-1', sid: 'abcdefghijklmnopqrst-_' };

const legacyToken = (secret: string, claims: object = { userId: 'user-1' }, header: object = {}) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...header })
    .setIssuedAt(1_700_000_000)
    .setExpirationTime(1_702_592_000)
    .sign(new TextEncoder().encode(secret));

describe('tokens', () => {
  test('[A34] a token has the legacy claims, its session and the id of its secret', async () => {
    const token = await signToken([SECRET], SESSION, SIGNED_IN_AT);
    const { kid, ...header } = decodeProtectedHeader(token);
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(kid).toMatch(/^[\w-]{8}$/);
    expect(decodeJwt(token)).toEqual({ ...SESSION, iat: 1_700_000_000, exp: 1_702_592_000 });
  });

  test('[A11] a token is the same when the same sign-in is answered again', async () => {
    const again = () => signToken([SECRET], SESSION, SIGNED_IN_AT);
    expect(await again()).toBe(await again());
  });

  test.each([
    ['from its first second', 0, true],
    ['to its last second', TOKEN_TTL_SECONDS - 1, true],
    ['and not after 30 days', TOKEN_TTL_SECONDS, false],
  ])('[A34] a token holds %s', async (_, seconds, holds) => {
    const token = await signToken([SECRET], SESSION, SIGNED_IN_AT);
    const session = { ...SESSION, legacy: false, issuedAt: 1_700_000_000_000 };
    expect(await verifyToken([SECRET], token, clockAt(seconds))).toEqual(
      holds ? session : undefined,
    );
  });

  test.each([['another secret'], ['the one before the previous']])(
    '[A36] a token of %s is none',
    async (secret) => {
      const token = await signToken([secret], SESSION, SIGNED_IN_AT);
      expect(await verifyToken([SECRET, 'the previous'], token, clockAt(1))).toBeUndefined();
    },
  );

  test('[A35] a legacy token has its own session, however its signature is written', async () => {
    const token = await legacyToken(SECRET);
    const session = await verifyToken([SECRET], token, clockAt(1));
    expect(session).toEqual({
      userId: 'user-1',
      sid: expect.stringMatching(/^old-[\w-]{22}$/),
      legacy: true,
      issuedAt: 1_700_000_000_000,
    });
    // The last of 43 characters has two bits that mean nothing.
    const last = token.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const twin = `${token.slice(0, -1)}${alphabet[alphabet.indexOf(last) ^ 1]}`;
    const sameSession = await verifyToken([SECRET], twin, clockAt(1));
    expect([undefined, session?.sid]).toContain(sameSession?.sid);
    const other = await legacyToken(SECRET, { userId: 'user-2' });
    expect((await verifyToken([SECRET], other, clockAt(1)))?.sid).not.toBe(session?.sid);
  });

  test.each([
    [''],
    ['short'],
    ['old-abcdefghijklmnopqrst-_'],
    ['abcdefghijklmnopqrst/+'],
    [7],
    [null],
    [{}],
  ])('[A34] a token with a session id that was never given out, %j, is none', async (sid) => {
    const token = await legacyToken(SECRET, { userId: 'user-1', sid });
    expect(await verifyToken([SECRET], token, clockAt(1))).toBeUndefined();
  });

  test('[A36] a token that names an unknown secret is none, even if it was signed', async () => {
    const token = await legacyToken(SECRET, { userId: 'user-1' }, { kid: 'unknown0' });
    expect(await verifyToken([SECRET], token, clockAt(1))).toBeUndefined();
  });

  test.each([
    [''],
    ['.'],
    ['..'],
    ['a.b.c'],
    ['eyJ.eyJ.x'],
    ['\u{1F600}.x.y'],
    ['x'.repeat(10_000)],
  ])('[A34] %j is no token', async (text) => {
    expect(await verifyToken([SECRET], text, clockAt(1))).toBeUndefined();
  });
});

describe('changing the secret', () => {
  const FORMER = 'former-secret';
  const NEW = 'new-secret';
  /** What isolates are configured with during the change: before it, knowing both, after it. */
  const SETTINGS = [[FORMER], [FORMER, NEW], [NEW, FORMER]] as const;

  test('[A36] no request fails, whichever settings issued the token and check it', async () => {
    for (const token of [
      legacyToken(FORMER),
      ...SETTINGS.slice(0, 2).map((by) => signToken(by, SESSION, SIGNED_IN_AT)),
    ]) {
      for (const secrets of SETTINGS) {
        expect((await verifyToken(secrets, await token, clockAt(1)))?.userId).toBe('user-1');
      }
    }
    const fresh = await signToken(SETTINGS[2], SESSION, SIGNED_IN_AT);
    for (const secrets of SETTINGS.slice(1))
      expect((await verifyToken(secrets, fresh, clockAt(1)))?.sid).toBe(SESSION.sid);
  });

  test('[A36] tokens of the former secret are none once it is forgotten', async () => {
    for (const token of [
      await legacyToken(FORMER),
      await signToken([FORMER], SESSION, SIGNED_IN_AT),
    ]) {
      expect(await verifyToken([NEW], token, clockAt(1))).toBeUndefined();
    }
  });
});

test('[A37] session ids are 128 bits, never the same twice', () => {
  const ids = Array.from({ length: 1_000 }, createSid);
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
});
