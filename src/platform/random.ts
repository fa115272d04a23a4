import { base64url } from 'jose';

/** Draws random bytes as base64url: 22 characters for 16 bytes, 43 for 32. */
export const drawRandomText = (bytes: number): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(bytes)));

/**
 * Hashes a text with SHA-256, as base64url. A store may know this hash of a random token, since the
 * token cannot be found by trying.
 *
 * @param bytes how many of the 32 to keep
 */
export const sha256 = async (text: string, bytes = 32): Promise<string> =>
  base64url.encode(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)), 0, bytes),
  );
