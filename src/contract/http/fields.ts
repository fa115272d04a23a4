import * as z from 'zod';
import type { PlainErrorCode } from '../errors.ts';

/** An object without its fields that are null: to say null is to say nothing. */
export const dropNulls = (given: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

/**
 * Text that a store takes and a client shows: no U+0000 (PostgreSQL refuses it) and no lone surrogates (they are not UTF-8).
 *
 * @param code the error that anything else is answered with
 */
export const text = (code: PlainErrorCode) =>
  z.string(code).refine((value) => !value.includes('\0') && value.isWellFormed(), code);

/**
 * Text, or the same digits as a JSON number (contract.md: "JSON numbers are accepted as well as strings"); comes out as a string.
 *
 * @param code the error that anything else is answered with, or what tells it from the input
 */
export const textOrNumber = (code: PlainErrorCode | ((input: unknown) => PlainErrorCode)) => {
  const codeFor = typeof code === 'function' ? code : () => code;
  const error = (issue: { readonly input: unknown }) => codeFor(issue.input);
  const digits = z.int({ error }).positive({ error }).transform(String);
  return z.union([text(codeFor('text')), digits], { error });
};
