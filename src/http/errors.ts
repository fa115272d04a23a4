import type { Context } from 'hono';
import type * as z from 'zod';
import type { ErrorCode } from '../contract/errors.ts';
import { ERRORS } from '../contract/errors.ts';
import type { ErrorBody } from '../contract/fields.ts';
import { ApiError, StoreError } from '../errors.ts';
import type { AppEnv } from './context.ts';
import { messageOf } from './messages.ts';

/** How long a client should wait when a store is gone, in seconds. */
const STORE_RETRY_SECONDS = 5;

/**
 * Answers an error in the common envelope.
 *
 * @param retryAfterSeconds when trying again makes sense
 * @param details further fields of the body
 */
export const answerError = (
  c: Context<AppEnv>,
  code: ErrorCode,
  retryAfterSeconds?: number,
  details?: Record<string, string | undefined>,
): Response => {
  const message = messageOf(code, c.get('language'), retryAfterSeconds);
  const body: z.input<typeof ErrorBody> = {
    ok: false,
    message,
    error: message,
    code,
    requestId: c.get('requestId'),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds));
  return c.json({ ...details, ...body }, ERRORS[code].status);
};

/** Turns whatever was thrown into an answer. The client learns a code and a sentence; the log the rest. */
export const handleError = (error: Error, c: Context<AppEnv>): Response => {
  if (error instanceof ApiError) return answerError(c, error.code, error.retryAfterSeconds);
  if (error instanceof StoreError) {
    c.get('log').error('store.unavailable', { store: error.store, reason: error.message });
    return answerError(c, 'unavailable', STORE_RETRY_SECONDS);
  }
  c.get('log').error('internal', { reason: `${error.name}: ${error.message}`, stack: error.stack });
  return answerError(c, 'internal');
};
