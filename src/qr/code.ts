import { QR_ALPHABET } from '../contract/http/qr.ts';

/** Draws a code: 6 characters, each of the 32 equally likely [A26]. */
export const drawQrCode = (): string =>
  [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => QR_ALPHABET[byte % 32]).join('');

/** Parses a poll token, `<code>.<256 random bits>`; undefined for anything else. */
export const parsePollToken = (token: string): { code: string; secret: string } | undefined => {
  const [, code, secret] = /^([A-HJ-NP-Z2-9]{6})\.([\w-]{43})$/.exec(token) ?? [];
  return code !== undefined && secret !== undefined ? { code, secret } : undefined;
};

/**
 * Makes the address that a QR code shows: a page of the web client, or a link for the phone's
 * client.
 *
 * @param appUrl the setting APP_URL, without a slash at its end. It must not come from a request,
 * or the code would lead where a stranger wants.
 */
export const formatQrUrl = (appUrl: string | undefined, code: string): string =>
  `${appUrl ?? 'aist:/'}/qr?code=${code}`;
