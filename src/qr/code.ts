import { base64url } from 'jose';
import { QR_ALPHABET } from '../contract/qr.ts';

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));

/** A code: 6 characters, each of the 32 equally likely. */
export const randomQrCode = (): string => [...random(6)].map((byte) => QR_ALPHABET[byte % 32]).join('');

/** The secret half of a poll token: 256 random bits, as 43 characters base64url. */
export const randomPollSecret = (): string => base64url.encode(random(32));

/** A poll token, `<code>.<secret>`, in its halves; undefined for what is none. */
export const parsePollToken = (token: string): { code: string; secret: string } | undefined => {
  const [, code, secret] = /^([A-HJ-NP-Z2-9]{6})\.([\w-]{43})$/.exec(token) ?? [];
  return code !== undefined && secret !== undefined ? { code, secret } : undefined;
};

/**
 * What a QR code says: a page of the web client, or a link that the phone's client opens.
 *
 * @param appUrl the setting APP_URL, without a slash at its end. Never anything of a request: the address would lead where a stranger wants.
 */
export const qrUrl = (appUrl: string | undefined, code: string): string => `${appUrl ?? 'aist:/'}/qr?code=${code}`;
