import * as z from 'zod';

/**
 * The frames of a `qr` room: `confirmed`: collect the token by check · `denied`: there will be
 * none. A client that comes late gets its frame at once. No frame holds a token, and clients send
 * none.
 */
export const QrMessage = z.object({ type: z.enum(['confirmed', 'denied']) });

export type QrMessage = z.output<typeof QrMessage>;

/** The id of a `qr` room: `<expiry, seconds since 1970 in base 36>-<nonce>-<HMAC of both>`. */
export const QR_ROOM = /^([0-9a-z]{6,7})-([\w-]{12})-([\w-]{43})$/;

/** Reads when a `qr` room ends, in milliseconds since 1970; NaN for an id of another form. */
export const qrRoomExpiry = (id: string): number =>
  Number.parseInt(QR_ROOM.exec(id)?.[1] ?? '', 36) * 1000;
