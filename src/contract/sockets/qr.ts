import * as z from 'zod';

/**
 * What a `qr` room says, at once to whoever comes late: `confirmed`: collect the token by check · `denied`: there will be none. It holds no token. A client has
 * nothing to say there.
 */
export const QrMessage = z.object({ type: z.enum(['confirmed', 'denied']) });

/** See {@link QrMessage}. */
export type QrMessage = z.output<typeof QrMessage>;

/** The id of a `qr` room: `<expiry, seconds since 1970 in base 36>-<nonce>-<HMAC of both>`. */
export const QR_ROOM = /^([0-9a-z]{6,7})-([\w-]{12})-([\w-]{43})$/;

/** When a `qr` room ends, in milliseconds since 1970; NaN for what is no id of one. */
export const qrRoomExpiry = (id: string): number =>
  Number.parseInt(QR_ROOM.exec(id)?.[1] ?? '', 36) * 1000;
