import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { signToken, TOKEN_TTL_SECONDS, verifyToken } from '../../../src/session/token.ts';

const SECRET = 'a-secret';
const SIGNED_IN_AT = 1_700_000_000_999;
const clockAt = (seconds: number) => SIGNED_IN_AT - 999 + seconds * 1000;

describe('a token', () => {
  test('has the header and the claims of the original, in whole seconds, and none other', async () => {
    const token = await signToken(SECRET, 'user-1', SIGNED_IN_AT);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decodeJwt(token)).toEqual({ userId: 'user-1', iat: 1_700_000_000, exp: 1_702_592_000 });
  });

  test('is the same when the same sign-in is answered again', async () => {
    expect(await signToken(SECRET, 'user-1', SIGNED_IN_AT)).toBe(await signToken(SECRET, 'user-1', SIGNED_IN_AT));
  });

  test.each([
    ['from its first second', 0, 'user-1'],
    ['to its last second', TOKEN_TTL_SECONDS - 1, 'user-1'],
    ['and not after 30 days', TOKEN_TTL_SECONDS, undefined],
  ])('holds %s', async (_, seconds, userId) => {
    const token = await signToken(SECRET, 'user-1', SIGNED_IN_AT);
    expect(await verifyToken(SECRET, token, clockAt(seconds))).toBe(userId);
  });

  test('of another secret is none', async () => {
    const token = await signToken('another-secret', 'user-1', SIGNED_IN_AT);
    expect(await verifyToken(SECRET, token, clockAt(1))).toBeUndefined();
  });
});
