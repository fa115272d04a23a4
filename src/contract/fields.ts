import * as z from 'zod';
import type { ErrorCode } from './errors.ts';

/**
 * Text that a store takes and a client shows: no U+0000 (PostgreSQL refuses it) and no lone surrogates (they are not UTF-8).
 *
 * @param code the error that anything else is answered with
 */
export const text = (code: ErrorCode) =>
  z.string(code).refine((value) => !value.includes('\0') && value.isWellFormed(), code);

/** A number that JSON may carry in place of its digits as a string (contract.md: "JSON numbers are accepted as well"). */
const digitsAsNumber = z
  .int()
  .nonnegative()
  .transform((value) => String(value));

/**
 * Text, or the same digits as a JSON number; comes out as a string.
 *
 * @param code the error that anything else is answered with, or what tells it from the input
 */
export const textOrNumber = (code: ErrorCode | ((input: unknown) => ErrorCode)) => {
  const codeFor = typeof code === 'function' ? code : () => code;
  return z.union([text(codeFor('text')), digitsAsNumber], { error: (issue) => codeFor(issue.input) });
};

/** The error envelope: a superset of the original's `{ok:false, message}` and `{error}`. */
export const ErrorBody = z.object({
  ok: z.literal(false),
  message: z.string().describe('For people; Russian unless Accept-Language prefers English'),
  error: z.string().describe('The same text: some clients look here'),
  code: z.string().describe('Stable, for programs'),
  requestId: z.string().describe('Also in the header X-Request-Id; quote it when you ask for help'),
  retryAfterSeconds: z.int().optional().describe('Also in the header Retry-After'),
});
