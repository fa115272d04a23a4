import * as z from 'zod';

/** Schemas of what scripts return. All of it is text: the client does not guess at types. */

/** Milliseconds. */
export const ms = z.string().regex(/^\d+$/).transform(Number);

/** An id, or undefined for "". */
export const optionalId = z.string().transform((value) => value || undefined);

/** A chat id, or undefined for "". What the original kept may be anything: a link that cannot be one is none. */
export const optionalChat = z
  .string()
  .regex(/^(\d{1,16})?$/)
  .transform((value) => (value ? Number(value) : undefined))
  .catch(undefined);

/** The reply past a limit. */
export const wait = z
  .tuple([z.literal('wait'), ms])
  .transform(([outcome, waitMs]) => ({ outcome, waitMs }));

/** The reply of a step that was taken back before it arrived. */
export const voided = z.tuple([z.literal('voided')]).transform(([outcome]) => ({ outcome }));

/** The reply of a script that has nothing to tell. */
export const done = z.literal(1);

/** 1 or 0. */
export const flag = z.union([z.literal(0), z.literal(1)]).transform(Boolean);
