import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Room } from '../contract/sockets/protocol.ts';
import { randomText } from '../platform/random.ts';
import type { JwtSecrets, Session } from '../session/token.ts';
import { kidOf } from '../session/token.ts';

/** How long a ticket admits to its room, in seconds (calls.md: "at most 60 s to join"). */
export const TICKET_TTL_SECONDS = 60;

/** No ticket is a token, nor the other way about (RFC 8725 §3.11). */
const TYPE = 'ticket+jwt';

/** What somebody is in a call. */
export type Role = 'caller' | 'callee';

/** A way into one room, for one device. */
export interface Ticket {
  /** Of use once. */
  readonly id: string;
  readonly session: Session;
  readonly role: Role | undefined;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
}

const utf8 = new TextEncoder();
const audience = ({ party, id }: Room) => `${party}/${id}`;

/**
 * A ticket to a room: JWT, HS256.
 *
 * @param now milliseconds since 1970
 * @returns the ticket, and when it ends, ISO 8601
 */
export const issueTicket = async (
  [secret]: JwtSecrets,
  room: Room,
  { userId, sid, legacy, issuedAt }: Session,
  role: Role | undefined,
  now: number,
): Promise<{ ticket: string; expiresAt: string }> => {
  const until = Math.floor(now / 1000) + TICKET_TTL_SECONDS;
  const ticket = await new SignJWT({ userId, sid, legacy, issuedAt, ...(role && { role }) })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid: await kidOf(secret) })
    .setAudience(audience(room))
    .setJti(randomText(12))
    .setExpirationTime(until)
    .sign(utf8.encode(secret));
  return { ticket, expiresAt: new Date(until * 1000).toISOString() };
};

/**
 * What a ticket says; `elsewhere` when it is a good one for another room; undefined when it is none, or expired. Whether the session lives is another question.
 *
 * @param now milliseconds since 1970
 */
export const verifyTicket = async (
  secrets: JwtSecrets,
  room: Room,
  ticket: string,
  now: number,
): Promise<Ticket | 'elsewhere' | undefined> => {
  try {
    const { kid } = decodeProtectedHeader(ticket);
    for (const secret of secrets) {
      if (kid !== (await kidOf(secret))) continue;
      const { payload } = await jwtVerify<Session & { role?: Role }>(ticket, utf8.encode(secret), {
        algorithms: ['HS256'],
        typ: TYPE,
        requiredClaims: ['exp', 'jti', 'aud'],
        currentDate: new Date(now),
      });
      const { userId, sid, legacy, issuedAt, role, jti = '', exp = 0, aud } = payload;
      if (aud !== audience(room)) return 'elsewhere';
      return { id: jti, session: { userId, sid, legacy, issuedAt }, role, until: exp * 1000 };
    }
    return undefined;
  } catch (error) {
    // What is no JWT at all is a TypeError of decodeProtectedHeader.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
};
