import { createHash, timingSafeEqual } from 'node:crypto';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Whether two secrets are the same, in a time that tells nothing. Hashes have equal lengths, which
 * `timingSafeEqual` needs.
 */
export const isSameSecret = (given: string, wanted: string): boolean =>
  timingSafeEqual(sha256(given), sha256(wanted));
