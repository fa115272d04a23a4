import { errors, jwtVerify, SignJWT } from 'jose';

/** How long a token is valid, in seconds: 30 days (contract.md). */
export const TOKEN_TTL_SECONDS = 30 * 86_400;

const keyOf = (secret: string) => new TextEncoder().encode(secret);

/**
 * A token for a user: JWT, HS256, claims `userId`, `iat`, `exp` (contract.md).
 *
 * @param signedInAt milliseconds since 1970. The same arguments give the same token.
 */
export const signToken = (secret: string, userId: string, signedInAt: number): Promise<string> => {
  const issuedAt = Math.floor(signedInAt / 1000);
  return new SignJWT({ userId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_TTL_SECONDS)
    .sign(keyOf(secret));
};

/**
 * Whose token this is, be it ours or the original server's (contract.md, "Codes, keys and tokens").
 *
 * One algorithm and one kind of token are taken, whatever the header says (RFC 8725 §3.1, §3.11); neither server issues tokens for an audience or
 * by a named issuer, so tokens that carry one were meant for somebody else.
 *
 * @param now milliseconds since 1970
 * @returns the user's id, or undefined when the token is not valid
 */
export const verifyToken = async (secret: string, token: string, now: number): Promise<string | undefined> => {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keyOf(secret), {
      algorithms: ['HS256'],
      requiredClaims: ['iat', 'exp', 'userId'],
      currentDate: new Date(now),
    });
    const { userId, aud, iss } = payload;
    const { typ = 'JWT' } = protectedHeader;
    if (typ !== 'JWT' || aud !== undefined || iss !== undefined) return undefined;
    return typeof userId === 'string' && userId !== '' ? userId : undefined;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
};
