import { QR_ALPHABET } from '../contract/http/qr.ts';

/** A code: 6 characters, each of the 32 equally likely. */
export const randomQrCode = (): string =>
  [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => QR_ALPHABET[byte % 32]).join('');

/** A poll token, `<code>.<256 random bits>`, in its halves; undefined for what is none. */
export const parsePollToken = (token: string): { code: string; secret: string } | undefined => {
  const [, code, secret] = /^([A-HJ-NP-Z2-9]{6})\.([\w-]{43})$/.exec(token) ?? [];
  return code !== undefined && secret !== undefined ? { code, secret } : undefined;
};

/**
 * What a QR code says: a page of the web client, or a link that the phone's client opens.
 *
 * @param appUrl the setting APP_URL, without a slash at its end. Never anything of a request: the address would lead where a stranger wants.
 */
export const qrUrl = (appUrl: string | undefined, code: string): string =>
  `${appUrl ?? 'aist:/'}/qr?code=${code}`;
