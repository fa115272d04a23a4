import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { hmacKeyOf } from '../platform/hmac.ts';
import { drawRandomText, sha256 } from '../platform/random.ts';
import type { Settings } from '../platform/settings.ts';

/** How long a token is valid, in seconds: 30 days [A34]. */
export const TOKEN_TTL_SECONDS = 30 * 86_400;

/** One signed-in client of a user. */
export interface Session {
  readonly userId: string;
  /** 22 characters base64url; `old-` and 22 more for a legacy token, which has no sid. */
  readonly sid: string;
  /** Whether the token is a legacy one, without `sid`: it holds until it is revoked [A35]. */
  readonly legacy: boolean;
  /** Milliseconds since 1970, whole seconds. */
  readonly issuedAt: number;
}

/** A session as a room knows it; `until` is when it ends by itself, in ms since 1970. */
export interface KnownSession {
  readonly sid: string;
  readonly until?: number | undefined;
}

/** The secrets that tokens may be signed with; the first one signs new tokens [A36]. */
export type JwtSecrets = readonly [string, ...string[]];

/** Reads the secrets of tokens from the settings. */
export const jwtSecretsOf = ({ JWT_SECRET, JWT_SECRET_PREVIOUS }: Settings): JwtSecrets =>
  JWT_SECRET_PREVIOUS ? [JWT_SECRET, JWT_SECRET_PREVIOUS] : [JWT_SECRET];

/** The names of secrets that were hashed already. */
const kids = new Map<string, Promise<string>>();

/** Names a secret in the header of tokens; it tells less about the secret than any signature. */
export const kidOf = (secret: string): Promise<string> => {
  const known = kids.get(secret);
  if (known) return known;
  const kid = sha256(`kid:${secret}`, 6);
  kids.set(secret, kid);
  return kid;
};

/** Draws the id of a new session: 128 random bits. */
export const createSid = (): string => drawRandomText(16);

/**
 * Signs a token for a session [A34]. The same arguments give the same token.
 *
 * @param signedInAt milliseconds since 1970
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
    .sign(await hmacKeyOf(secret));
};

/**
 * Verifies a token, be it ours or the legacy server's [A35]. Whether its session was revoked has to
 * be asked elsewhere.
 *
 * One algorithm and one type of token are taken, whatever the header says (RFC 8725 §3.1, §3.11).
 * Neither server names an audience or an issuer, so a token with one was meant for something else.
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
    // decodeProtectedHeader throws a TypeError for a text that is no token at all.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
};

const verifyWith = async (
  secret: string,
  token: string,
  now: number,
): Promise<Session | undefined> => {
  const { payload, protectedHeader } = await jwtVerify(token, await hmacKeyOf(secret), {
    algorithms: ['HS256'],
    requiredClaims: ['iat', 'exp', 'userId'],
    currentDate: new Date(now),
  });
  const { userId, sid, iat, aud, iss } = payload;
  const { typ = 'JWT' } = protectedHeader;
  if (typ !== 'JWT' || aud !== undefined || iss !== undefined) return undefined;
  if (typeof userId !== 'string' || userId === '' || iat === undefined) return undefined;
  const issuedAt = iat * 1000;
  // The sid is a hash of what was signed: the text of a valid signature can vary.
  if (sid === undefined) {
    const signed = token.slice(0, token.lastIndexOf('.'));
    return { userId, sid: `old-${await sha256(signed, 16)}`, legacy: true, issuedAt };
  }
  if (typeof sid !== 'string' || !/^[\w-]{22}$/.test(sid)) return undefined;
  return { userId, sid, legacy: false, issuedAt };
};

/** The length of a sid of our own; a legacy one is longer. */
const SID_LENGTH = 22;

/**
 * Makes the session that a room knows.
 *
 * @param now milliseconds since 1970; a session whose end is not known counts as beginning now
 */
export const sessionOf = (userId: string, { sid, until }: KnownSession, now: number): Session => ({
  userId,
  sid,
  legacy: sid.length > SID_LENGTH,
  issuedAt: until === undefined ? now : until - TOKEN_TTL_SECONDS * 1000,
});

/** Computes when a session ends by itself, in milliseconds since 1970. */
export const endOfSession = ({ issuedAt }: Pick<Session, 'issuedAt'>): number =>
  issuedAt + TOKEN_TTL_SECONDS * 1000;
