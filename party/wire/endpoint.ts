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
import type { Done } from './messages.ts';
import { roomSecrets, verify } from './signature.ts';
import type { CallAnswer, FeedAnswer, MembersAnswer, SessionsAnswer } from './to-worker.ts';
import { ToWorker } from './to-worker.ts';

/** The path to which rooms post what they tell the Worker. */
export const WORKER_PATH = '/api/internal/rooms';

/** Does what a room asks of the Worker and returns the answer. */
export type OnRoomMessage = (
  ctx: RequestContext,
  message: ToWorker,
) => Promise<CallAnswer | Done | FeedAnswer | MembersAnswer | SessionsAnswer>;

/** The longest message of a room, in bytes: it has a legacy offer twice, raw and as understood. */
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
    const request = { target: 'worker', headers: c.req.raw.headers, body };
    const signed = await verify(roomSecrets(settings), request, now());
    if (!signed) throw new ApiError('invalid_secret');
    const message = validate(ToWorker, JSON.parse(body));
    return c.json(await onRoomMessage(requestContextOf(c, now), message));
  });
};
