import { hmacKeyOf } from '../platform/hmac.ts';

/** Fills an array with random bytes; `crypto.getRandomValues` outside tests. */
export type RandomValues = (array: Uint32Array<ArrayBuffer>) => Uint32Array<ArrayBuffer>;

const CODES = 1_000_000;
/** The first value that would make some codes likelier than others. */
const UNBIASED = Math.floor(2 ** 32 / CODES) * CODES;

/** Draws a code of 6 digits, each of the million equally likely [A1]. */
export const drawCode = (
  random: RandomValues = (array) => crypto.getRandomValues(array),
): string => {
  const [value = UNBIASED] = random(new Uint32Array(1));
  return value < UNBIASED ? String(value % CODES).padStart(6, '0') : drawCode(random);
};

/**
 * Hashes a code for a store: HMAC-SHA-256 under a server secret, bound to the phone, as base64
 * [A2]. A million codes are quickly tried, but the hash tells nothing without the secret.
 */
export const hashCode = async (secret: string, phone: string, code: string): Promise<string> => {
  const utf8 = new TextEncoder();
  const key = await hmacKeyOf(secret);
  const mac = await crypto.subtle.sign('HMAC', key, utf8.encode(`${phone}:${code}`));
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
};
