import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { randomText, sha256 } from '../platform/random.ts';
import type { Settings } from '../platform/settings.ts';

/** How long a token is valid, in seconds: 30 days (contract.md). */
export const TOKEN_TTL_SECONDS = 30 * 86_400;

/** One signed-in client of a user. */
export interface Session {
  readonly userId: string;
  /** 22 characters base64url; `old-` and 22 more for a token that has none of its own. */
  readonly sid: string;
  /** Whether the token is one without `sid`, as the original issued them: such a session lives until it is revoked. */
  readonly legacy: boolean;
  /** Milliseconds since 1970, whole seconds. */
  readonly issuedAt: number;
}

/** What a room knows of a session; `until` is when it ends by itself, in milliseconds since 1970. */
export interface KnownSession {
  readonly sid: string;
  readonly until?: number | undefined;
}

/** The secrets that tokens may be signed with; the first is the one that signs. */
export type JwtSecrets = readonly [string, ...string[]];

/** The secrets of tokens, from the settings. */
export const jwtSecrets = ({ JWT_SECRET, JWT_SECRET_PREVIOUS }: Settings): JwtSecrets =>
  JWT_SECRET_PREVIOUS ? [JWT_SECRET, JWT_SECRET_PREVIOUS] : [JWT_SECRET];

const utf8 = new TextEncoder();

/** Names a secret in the header of its tokens. It tells less about the secret than any token's signature. */
export const kidOf = (secret: string): Promise<string> => sha256(`kid:${secret}`, 6);

/** A new session's id: 128 random bits. */
export const newSid = (): string => randomText(16);

/**
 * A token for a session: JWT, HS256, claims `userId`, `sid`, `iat`, `exp` (contract.md; `sid` and the header `kid` by auth.md).
 *
 * @param signedInAt milliseconds since 1970. The same arguments give the same token.
 */
export const signToken = async (
  [secret]: JwtSecrets,
  { userId, sid }: Pick<Session, 'userId' | 'sid'>,
  signedInAt: number,
): Promise<string> => {
  const issuedAt = Math.floor(signedInAt / 1000);
  return new SignJWT({ userId, sid })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: await kidOf(secret) })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_TTL_SECONDS)
    .sign(utf8.encode(secret));
};

/**
 * Whose token this is, be it ours or the original server's (contract.md, "Codes, keys and tokens"). Whether the session was revoked is another
 * question.
 *
 * One algorithm and one kind of token are taken, whatever the header says (RFC 8725 §3.1, §3.11); neither server issues session tokens for an audience
 * or by a named issuer, so tokens that carry one were meant for something else.
 *
 * @param now milliseconds since 1970
 * @returns undefined when the token is not valid
 */
export const verifyToken = async (
  secrets: JwtSecrets,
  token: string,
  now: number,
): Promise<Session | undefined> => {
  try {
    const { kid } = decodeProtectedHeader(token);
    for (const secret of secrets) {
      if (kid !== undefined && kid !== (await kidOf(secret))) continue;
      const session = await verifyWith(secret, token, now).catch((error) => {
        if (error instanceof errors.JWSSignatureVerificationFailed) return undefined;
        throw error;
      });
      if (session) return session;
    }
    return undefined;
  } catch (error) {
    // What is no token at all is a TypeError of decodeProtectedHeader.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
};

const verifyWith = async (
  secret: string,
  token: string,
  now: number,
): Promise<Session | undefined> => {
  const { payload, protectedHeader } = await jwtVerify(token, utf8.encode(secret), {
    algorithms: ['HS256'],
    requiredClaims: ['iat', 'exp', 'userId'],
    currentDate: new Date(now),
  });
  const { userId, sid, iat, aud, iss } = payload;
  const { typ = 'JWT' } = protectedHeader;
  if (typ !== 'JWT' || aud !== undefined || iss !== undefined) return undefined;
  if (typeof userId !== 'string' || userId === '' || iat === undefined) return undefined;
  const issuedAt = iat * 1000;
  // Of what was signed, since the text of a signature can vary and still be valid.
  if (sid === undefined) {
    const signed = token.slice(0, token.lastIndexOf('.'));
    return { userId, sid: `old-${await sha256(signed, 16)}`, legacy: true, issuedAt };
  }
  if (typeof sid !== 'string' || !/^[\w-]{22}$/.test(sid)) return undefined;
  return { userId, sid, legacy: false, issuedAt };
};

/** A session with an id of its own has 22 characters of it, which may begin like anything. */
const SID_LENGTH = 22;

/**
 * The session that a room knows.
 *
 * @param now milliseconds since 1970: one whose end is not known is taken for one that begins now
 */
export const sessionOf = (userId: string, { sid, until }: KnownSession, now: number): Session => ({
  userId,
  sid,
  legacy: sid.length > SID_LENGTH,
  issuedAt: until === undefined ? now : until - TOKEN_TTL_SECONDS * 1000,
});

/** When a session ends by itself, in milliseconds since 1970. */
export const endOfSession = ({ issuedAt }: Pick<Session, 'issuedAt'>): number =>
  issuedAt + TOKEN_TTL_SECONDS * 1000;
