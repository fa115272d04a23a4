import type { Context } from 'hono';
import type * as z from 'zod';
import type { ErrorBody } from '../../contract/errors.ts';
import { ERRORS } from '../../contract/errors.ts';
import { ApiError, StoreError } from '../errors.ts';
import { reasonOf } from '../log.ts';
import { messageOf } from '../messages.ts';
import type { AppEnv } from './context.ts';

/** How long a client should wait when a store is gone, in seconds. */
const STORE_RETRY_SECONDS = 5;

/** Makes the error for a store that is gone [H13]. */
export const unavailable = (): ApiError => new ApiError('unavailable', STORE_RETRY_SECONDS);

/**
 * Answers an error in the common envelope.
 *
 * @param details further fields of the body
 */
export const answerError = (
  c: Context<AppEnv>,
  { code, retryAfterSeconds, inCall, reason }: ApiError,
  details?: Readonly<Record<string, string>>,
): Response => {
  const message = messageOf(code, c.get('language'), retryAfterSeconds);
  const body: z.input<typeof ErrorBody> = {
    ok: false,
    message,
    error: message,
    code,
    requestId: c.get('requestId'),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(inCall && { inCall }),
    ...(reason && { reason }),
  };
  if (retryAfterSeconds !== undefined) c.header('Retry-After', String(retryAfterSeconds));
  return c.json({ ...details, ...body }, ERRORS[code].status);
};

/** Answers whatever was thrown. The client learns a code and a sentence; the log the rest. */
export const handleError = (error: Error, c: Context<AppEnv>): Response => {
  if (error instanceof ApiError) return answerError(c, error);
  if (error instanceof StoreError) {
    c.get('log').error('store.unavailable', { store: error.store, reason: error.message });
    return answerError(c, unavailable());
  }
  c.get('log').error('internal', { reason: reasonOf(error), stack: error.stack });
  return answerError(c, new ApiError('internal'));
};
