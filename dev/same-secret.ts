import { createHash, timingSafeEqual } from 'node:crypto';

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two secrets are the same. The time it takes tells nothing: hashed, they have equal lengths, as `timingSafeEqual` wants them. */
export const isSameSecret = (given: string, wanted: string): boolean =>
  timingSafeEqual(sha256(given), sha256(wanted));
