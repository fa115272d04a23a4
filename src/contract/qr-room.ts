import * as z from 'zod';

/**
 * Rooms: WebSockets at `/parties/<party>/<room>`, JSON text frames from the room. A client has nothing to say but `ping`, which is answered with
 * `pong`; a frame longer than {@link FRAME_LIMIT} ends the connection, any other is ignored.
 */
export interface Room {
  readonly party: 'qr';
  readonly id: string;
}

/** The longest frame that a room of sign-ins reads, in characters or, if it is binary, bytes. */
export const FRAME_LIMIT = 1024;

/** Why a room ends a connection. */
export const CLOSE = {
  /** RFC 6455 §7.4.1: the frame was too long. */
  tooBig: { code: 1009, reason: 'Frame too long' },
  /** What the room was for has run out. Coming back is of no use. */
  expired: { code: 4408, reason: 'Expired' },
  /** Too many connections to one room. */
  full: { code: 4429, reason: 'Too many connections' },
} as const;

/** What a `qr` room says, at once to whoever comes late: `confirmed`: collect the token by check · `denied`: there will be none. It holds no token. */
export const QrMessage = z.object({ type: z.enum(['confirmed', 'denied']) });

/** See {@link QrMessage}. */
export type QrMessage = z.output<typeof QrMessage>;

/** The id of a `qr` room: `<expiry, seconds since 1970 in base 36>-<nonce>-<HMAC of both>`. */
export const QR_ROOM = /^([0-9a-z]{6,7})-([\w-]{12})-([\w-]{43})$/;

/** When a `qr` room ends, in milliseconds since 1970; NaN for what is no id of one. */
export const qrRoomExpiry = (id: string): number => Number.parseInt(QR_ROOM.exec(id)?.[1] ?? '', 36) * 1000;
