import * as z from 'zod';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';

/** A field of a body that the contract describes. */
export interface BodyField {
  readonly name: string;
  /** Whether it may be missing: null counts as absence there [H4]. */
  readonly isOptional: boolean;
}

const fieldsOf = (body: z.ZodType): readonly BodyField[] => {
  // What is rewritten after it is read is described by what is read.
  if (body instanceof z.ZodPipe) return fieldsOf(z.instanceof(z.ZodType).parse(body.def.in));
  if (!(body instanceof z.ZodObject)) return [];
  return Object.entries(body.shape).map(([name, field]) => ({
    name,
    isOptional: z.instanceof(z.ZodType).parse(field).safeParse(undefined).success,
  }));
};

/** The fields of the body of each endpoint that has one, by its method and path. */
export const BODY_FIELDS: ReadonlyMap<string, readonly BodyField[]> = new Map(
  ENDPOINTS.flatMap(({ method, path, body }) =>
    body ? [[`${method.toUpperCase()} ${path}`, fieldsOf(body)] as const] : [],
  ),
);
