import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import type * as z from 'zod';
import type { Endpoint } from '../contract/endpoint.ts';
import { isErrorCode } from '../contract/errors.ts';
import { ApiError } from '../errors.ts';

/**
 * The JSON object in a request's body, as the original read it (contract.md, "General"): a body that is missing, not JSON by its content
 * type, or JSON but no object, counts as `{}`.
 *
 * @throws {ApiError} `malformed_json` when it says that it is JSON and is not
 */
export const jsonBody = async (c: Context): Promise<Record<string, unknown>> => {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('Content-Type') ?? '')) return {};
  const raw = await c.req.text();
  if (raw.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    throw new ApiError('malformed_json');
  }
  return isRecord(parsed) ? parsed : {};
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Validates the body against the endpoint's contract; the handler takes it by `c.req.valid('json')`.
 *
 * @throws {ApiError} with the code that the first issue names, in the order of the contract's keys
 */
export const accept = <Body extends z.ZodType>(endpoint: Endpoint & { body: Body }) =>
  createMiddleware<object, string, { in: { json: z.input<Body> }; out: { json: z.output<Body> } }>(
    async function accept(c, next) {
      const parsed = endpoint.body.safeParse(await jsonBody(c));
      if (!parsed.success) {
        const code = parsed.error.issues[0]?.message ?? '';
        throw new ApiError(isErrorCode(code) ? code : 'invalid_field');
      }
      c.req.addValidatedData('json', parsed.data as object);
      await next();
    },
  );
