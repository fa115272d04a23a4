import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Room } from '../contract/sockets/protocol.ts';
import { hmacKeyOf } from '../platform/hmac.ts';
import { drawRandomText } from '../platform/random.ts';
import type { JwtSecrets, Session } from '../session/token.ts';
import { kidOf } from '../session/token.ts';

/** How long a ticket admits to its room, in seconds [C18]. */
export const TICKET_TTL_SECONDS = 60;

/** Keeps tickets and tokens apart: neither is taken for the other (RFC 8725 §3.11). */
const TYPE = 'ticket+jwt';

/** The role of somebody in a call. */
export type Role = 'caller' | 'callee';

/** What a ticket says: it lets one device into one room. */
export interface Ticket {
  /** Names the ticket, since a room lets it in only once. */
  readonly id: string;
  readonly session: Session;
  readonly role: Role | undefined;
  /** Whether it is for moving a call from another device of the user [C51]. */
  readonly takeOver: boolean | undefined;
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
}

type Claims = Session & { readonly role?: Role; readonly takeOver?: boolean };

const audienceOf = ({ party, id }: Room) => `${party}/${id}`;

/** A ticket to be issued; `now` in milliseconds since 1970. */
interface NewTicket {
  readonly room: Room;
  readonly session: Session;
  readonly role?: Role | undefined;
  readonly takeOver?: boolean | undefined;
  readonly now: number;
}

/**
 * Issues a ticket to a room: a JWT, HS256.
 *
 * @returns the ticket, and when it ends, ISO 8601
 */
export const issueTicket = async (
  [secret]: JwtSecrets,
  { room, session, role, takeOver, now }: NewTicket,
): Promise<{ ticket: string; expiresAt: string }> => {
  const { userId, sid, legacy, issuedAt } = session;
  const until = Math.floor(now / 1000) + TICKET_TTL_SECONDS;
  const claims = { ...(role && { role }), ...(takeOver && { takeOver }) };
  const ticket = await new SignJWT({ userId, sid, legacy, issuedAt, ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE, kid: await kidOf(secret) })
    .setAudience(audienceOf(room))
    .setJti(drawRandomText(12))
    .setExpirationTime(until)
    .sign(await hmacKeyOf(secret));
  return { ticket, expiresAt: new Date(until * 1000).toISOString() };
};

/**
 * Verifies a ticket. Whether its session lives has to be asked elsewhere.
 *
 * @param now milliseconds since 1970
 * @returns what it says; `elsewhere` for a ticket to another room; undefined for a bad or expired
 * one
 */
export const verifyTicket = async (
  secrets: JwtSecrets,
  { room, ticket }: { readonly room: Room; readonly ticket: string },
  now: number,
): Promise<Ticket | 'elsewhere' | undefined> => {
  try {
    const { kid } = decodeProtectedHeader(ticket);
    for (const secret of secrets) {
      if (kid !== (await kidOf(secret))) continue;
      const key = await hmacKeyOf(secret);
      const { payload } = await jwtVerify<Claims>(ticket, key, {
        algorithms: ['HS256'],
        typ: TYPE,
        requiredClaims: ['exp', 'jti', 'aud'],
        currentDate: new Date(now),
      });
      const { userId, sid, legacy, issuedAt, jti = '', exp = 0, aud } = payload;
      if (aud !== audienceOf(room)) return 'elsewhere';
      const { role, takeOver } = payload;
      const session = { userId, sid, legacy, issuedAt };
      return { id: jti, session, role, takeOver, until: exp * 1000 };
    }
    return undefined;
  } catch (error) {
    // decodeProtectedHeader throws a TypeError for a text that is no JWT at all.
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
};
