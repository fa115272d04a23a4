import * as z from 'zod';

/** How long a secret that signs or hashes is, in bytes: as what it makes (RFC 7518, §3.2). */
const SECRET_BYTES = 32;

/** A secret that signs or hashes. */
export const signingSecret = z
  .string()
  .refine(
    (secret) => new TextEncoder().encode(secret).length >= SECRET_BYTES,
    `must have at least ${SECRET_BYTES} bytes`,
  );
