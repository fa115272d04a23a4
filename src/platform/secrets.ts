import * as z from 'zod';

/** The least length of a secret, in bytes: as long as the hash that it makes (RFC 7518 §3.2). */
const SECRET_BYTES = 32;

/** Validates a secret that signs or hashes. */
export const signingSecret = z
  .string()
  .refine(
    (secret) => new TextEncoder().encode(secret).length >= SECRET_BYTES,
    `must have at least ${SECRET_BYTES} bytes`,
  );
