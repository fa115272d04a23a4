import * as z from 'zod';
import type { PlainErrorCode } from '../errors.ts';

/** Drops the fields that are null, since null means the same as no field [H4]. */
export const dropNulls = (given: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));

/**
 * Text without U+0000, which PostgreSQL refuses, and lone surrogates, which are not UTF-8 [H6].
 *
 * @param code the error that anything else is answered with
 */
export const text = (code: PlainErrorCode) =>
  z.string(code).refine((value) => !value.includes('\0') && value.isWellFormed(), code);

/**
 * Text, or the same digits as a JSON number [H22]; the output is a string.
 *
 * @param code the error that anything else is answered with, or what tells it from the input
 */
export const textOrNumber = (code: PlainErrorCode | ((input: unknown) => PlainErrorCode)) => {
  const codeFor = typeof code === 'function' ? code : () => code;
  const error = (issue: { readonly input: unknown }) => codeFor(issue.input);
  const digits = z.int({ error }).positive({ error }).transform(String);
  return z.union([text(codeFor('text')), digits], { error });
};
