import { base64url } from 'jose';

/** Random bytes as text that nobody guesses: base64url, 22 characters for 16 bytes, 43 for 32. */
export const randomText = (bytes: number): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)));

/**
 * SHA-256 of a text, as base64url: what a store may know of a random token, since nobody finds that by trying.
 *
 * @param bytes how many of the 32 to keep
 */
export const sha256 = async (text: string, bytes = 32): Promise<string> =>
  base64url.encode(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)), 0, bytes),
  );
