import type * as z from 'zod';
import type { ErrorCode } from '../errors.ts';

/**
 * One endpoint of the HTTP contract. The router, the validation, the types of the answers and
 * /openapi.json all read it, so what is documented is what runs.
 */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: `/${string}`;
  /** One line for the documentation. */
  readonly summary: string;
  /** Whether the endpoint wants `Authorization: Bearer <token>`. */
  readonly bearer?: boolean;
  /** Whether its GET changes nothing, whoever asks: HEAD is served as well. */
  readonly harmless?: boolean;
  /**
   * The JSON body. The messages of its issues are error codes; the first issue, in the order of the
   * keys, is answered.
   */
  readonly body?: z.ZodType;
  /** A harmless body to try in /docs: it is about nobody and changes nothing. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** The query [H5]. Its issues are read like those of the body. */
  readonly query?: z.ZodObject;
  /** The `:names` of the path. Their issues are read like those of the body. */
  readonly params?: z.ZodObject;
  /** Request headers that matter beyond the usual ones: name → what it is for. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The status and JSON body of a success, and the status when what the request makes is there
   * already. Absent when the endpoint has none.
   */
  readonly success?: {
    readonly status: 200 | 201;
    readonly again?: 200;
    /** Made when it is asked for: documents and tests need it, answers do not. */
    readonly body: () => z.ZodType;
  };
  /** Its own errors, beside {@link ERRORS_ANYWHERE} and those of `bearer` and `body`. */
  readonly errors: readonly ErrorCode[];
}

/** Errors that any endpoint can answer. */
export const ERRORS_ANYWHERE: readonly ErrorCode[] = [
  'body_too_large',
  'unavailable',
  'misconfigured',
  'internal',
];

/** What an endpoint accepts as its body, query or path parameters, after validation. */
export type InputOf<E extends Endpoint, Part extends 'body' | 'query' | 'params'> =
  E extends Record<Part, infer S extends z.ZodType> ? z.output<S> : undefined;

/** The JSON body that an endpoint answers with on success. */
export type AnswerOf<E extends Endpoint> = E extends {
  success: { body: () => infer S extends z.ZodType };
}
  ? z.input<S>
  : never;

/**
 * What the handler of an endpoint returns: the body of a success, beside whether what was to be
 * made is there already if the endpoint has a status for that.
 */
export type ResultOf<E extends Endpoint> = E extends { success: { again: number } }
  ? { readonly again: boolean; readonly body: AnswerOf<E> }
  : AnswerOf<E>;
