import * as z from 'zod';
import { toLanguage } from '../../contract/errors.ts';

/*
 * Schemas of what scripts return: texts, whole numbers and lists of them. Times are texts, since
 * they do not fit into the whole numbers of the embedded Redis.
 */

/** Milliseconds, as text. */
export const ms = z.string().regex(/^\d+$/).transform(Number);

/** An id, or undefined for "". */
export const optionalId = z.string().transform((value) => value || undefined);

/**
 * A chat id, or undefined for "". The legacy server may have kept anything: what cannot be a chat
 * counts as none.
 */
export const optionalChat = z
  .string()
  .regex(/^(\d{1,16})?$/)
  .transform((value) => (value ? Number(value) : undefined))
  .catch(undefined);

/** The language that somebody reads; Russian unless it is known. */
export const language = z.string().transform(toLanguage);

/** The reply of a script that has nothing to tell. */
export const done = z.literal(1);

/** 1 or 0. */
export const flag = z.union([z.literal(0), z.literal(1)]).transform(Boolean);

const toObject = (reply: unknown): unknown => {
  if (!Array.isArray(reply) || reply.length % 2 === 1) return reply;
  const names = reply.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [String(name), reply[2 * index + 1]]));
};

/**
 * An object that a script returns as a list of names and values, since Redis has no objects:
 * `return { 'outcome', 'wait', 'waitMs', ms(wait) }`.
 *
 * @param schema the object's
 */
export const objectReply = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess(toObject, schema);

/** An object that holds nothing but how a step ended. */
export const outcome = <const Outcome extends string>(...outcomes: readonly Outcome[]) =>
  z.object({ outcome: z.enum(outcomes) });

/** The object of a step that is past a limit: `waitMs` is when it may be tried again. */
export const wait = z.object({ outcome: z.literal('wait'), waitMs: ms });

/** The object of a step that was taken back before it arrived. */
export const voided = outcome('voided');
