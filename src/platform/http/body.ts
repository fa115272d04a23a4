import type { Context } from 'hono';
import { dropNulls } from '../../contract/http/fields.ts';
import { ApiError } from '../errors.ts';

/**
 * Reads the JSON object in a request's body: a body that is missing, not JSON by its content type,
 * or JSON but no object, counts as `{}` [H1]. A field that is null counts as missing [H4].
 *
 * @throws {ApiError} `malformed_json` for a body that says it is JSON and is not [H2]
 */
export const readJsonBody = async (c: Context): Promise<Record<string, unknown>> => {
  if (!/^application\/json\s*(;|$)/i.test(c.req.header('Content-Type') ?? '')) return {};
  const raw = await c.req.text();
  if (raw.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(raw);
  } catch {
    throw new ApiError('malformed_json');
  }
  return isRecord(parsed) ? dropNulls(parsed) : {};
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
