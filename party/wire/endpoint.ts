import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import { ApiError } from '../../src/platform/errors.ts';
import type { AppEnv } from '../../src/platform/http/context.ts';
import { answerError } from '../../src/platform/http/errors.ts';
import type { RequestContext } from '../../src/platform/http/request-context.ts';
import { requestContextOf } from '../../src/platform/http/request-context.ts';
import { validate } from '../../src/platform/http/router.ts';
import type { Settings } from '../../src/platform/settings.ts';
import type { CallAnswer, Done, SessionsAnswer } from './messages.ts';
import { ToWorker } from './messages.ts';
import { roomSecrets, verify } from './signature.ts';

/** Where rooms tell the Worker something, in requests that they sign. */
export const WORKER_PATH = '/api/internal/rooms';

/** Does what a room asks of the Worker, and says what the room is answered. */
export type OnRoomMessage = (
  ctx: RequestContext,
  message: ToWorker,
) => Promise<CallAnswer | Done | SessionsAnswer>;

/** The largest message of a room, in bytes: an offer comes twice in it, as it was and as understood. */
const MESSAGE_LIMIT = 3 * SIGNAL_LIMIT;

/**
 * The endpoint for what rooms tell the Worker: 200 with the answer, 401 `invalid_secret` without a
 * good signature.
 */
export const wireRoutes = (
  { settings, now }: { readonly settings: Settings; now(): number },
  onRoomMessage: OnRoomMessage,
) => {
  const limit = bodyLimit({
    maxSize: MESSAGE_LIMIT,
    onError: (c) => answerError(c, new ApiError('body_too_large')),
  });
  return new Hono<AppEnv>().post(WORKER_PATH, limit, async (c) => {
    const body = await c.req.text();
    const request = { headers: c.req.raw.headers, body };
    const signed = await verify(roomSecrets(settings), 'worker', request, now());
    if (!signed) throw new ApiError('invalid_secret');
    const message = validate(ToWorker, JSON.parse(body));
    return c.json(await onRoomMessage(requestContextOf(c, now), message));
  });
};
