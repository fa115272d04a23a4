import type { MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { wireRoutes } from '../party/wire/endpoint.ts';
import { authRoutes } from './auth/routes.ts';
import { telegramRoutes } from './bot/routes.ts';
import { onRoomMessage } from './calls/from-rooms.ts';
import { callRoutes } from './calls/routes.ts';
import { chatRoutes } from './chats/routes.ts';
import type { PlainErrorCode } from './contract/errors.ts';
import { startCall } from './contract/http/calls.ts';
import { MESSAGE_BODY_LIMIT } from './contract/http/messages.ts';
import { SIGNAL_LIMIT } from './contract/sockets/protocol.ts';
import { isAboutChats, onAboutChats } from './feed/from-rooms.ts';
import { feedRoutes } from './feed/routes.ts';
import { healthRoutes } from './health/routes.ts';
import { messageRoutes } from './messages/routes.ts';
import { peopleRoutes } from './people/routes.ts';
import { ApiError } from './platform/errors.ts';
import { accessLog } from './platform/http/access-log.ts';
import type { Assets } from './platform/http/app-pages.ts';
import { answerUnknown, appRoutes } from './platform/http/app-pages.ts';
import type { AppEnv } from './platform/http/context.ts';
import { docsRoutes } from './platform/http/docs.ts';
import { answerError, handleError } from './platform/http/errors.ts';
import { refuseHead, refuseMethod } from './platform/http/head.ts';
import { LANGUAGE_HEADER, readLanguage } from './platform/http/language.ts';
import { noStore } from './platform/http/no-store.ts';
import { splitTokens } from './platform/http/token-cookie.ts';
import { profileRoutes } from './profile/routes.ts';
import { onPushMessage } from './push/from-rooms.ts';
import { pushRoutes } from './push/routes.ts';
import { createVapid } from './push/vapid.ts';
import { qrRoutes } from './qr/routes.ts';
import { roomRoutes } from './rooms/routes.ts';
import { sessionRoutes } from './session/routes.ts';
import type { Services } from './session/services.ts';
import { TOKEN_TTL_SECONDS } from './session/token.ts';

/** The largest body that is read, in bytes [H3]. */
export const BODY_LIMIT = 100 * 1024;

/** The largest body of POST /api/calls, in bytes: an offer may be as long as a signal [C21]. */
export const CALL_BODY_LIMIT = 2 * SIGNAL_LIMIT;

/** The path of POST /api/chats/:id/messages, whose body may hold an attachment [M13]. */
const MESSAGE_PATH = /^\/api\/chats\/[^/]+\/messages$/;

const limitBody = (maxSize: number, code: PlainErrorCode = 'body_too_large') =>
  bodyLimit({ maxSize, onError: (c) => answerError(c, new ApiError(code)) });

const limit = limitBody(BODY_LIMIT);
const limitOfCalls = limitBody(CALL_BODY_LIMIT);
const limitOfMessages = limitBody(MESSAGE_BODY_LIMIT, 'attachment_too_large');

/** Limits bodies, each route's own limit first. */
const limitBodies: MiddlewareHandler<AppEnv> = (c, next) => {
  const { method, path } = c.req;
  if (path === startCall.path) return limitOfCalls(c, next);
  const isMessage = method === 'POST' && MESSAGE_PATH.test(path);
  return (isMessage ? limitOfMessages : limit)(c, next);
};

/**
 * Creates an app with what every answer has: request id, access log, CORS, security headers, error
 * envelope.
 *
 * @param origins the origins that browsers may call from; empty = any [H18]
 */
export const createShell = (origins: readonly string[]): Hono<AppEnv> => {
  const app = new Hono<AppEnv>();
  app.onError(handleError);
  app.notFound((c) => answerError(c, new ApiError('not_found')));
  // Clients cannot choose the id: it could be another request's [H15].
  app.use(requestId({ headerName: '' }));
  app.use(readLanguage());
  app.use(accessLog());
  app.use(noStore());
  app.use(
    cors({
      origin: (origin) => (origins.length === 0 || origins.includes(origin) ? origin : null),
      allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      allowHeaders: ['Content-Type', 'Authorization', 'X-Poll-Token', LANGUAGE_HEADER],
      exposeHeaders: ['Retry-After', 'X-Request-Id', 'X-Has-More'],
      maxAge: 86_400,
    }),
  );
  app.use(secureHeaders({ crossOriginResourcePolicy: 'cross-origin' }));
  return app;
};

/**
 * Creates the API, and the addresses of the web app.
 *
 * @param assets the files of the web app; without them there is the API alone
 */
export const createApp = (services: Services, assets?: Assets) => {
  const app = createShell(services.settings.CORS_ORIGINS);
  app.notFound(answerUnknown(assets));
  const vapid = createVapid(services.settings);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: refuseMethod,
    }),
  );
  app.use(refuseHead(app.routes));
  // These routes have a larger limit: a signal of a legacy client is twice in their messages.
  app.route(
    '/',
    wireRoutes(services, async (ctx, message) => {
      if (message.type === 'push')
        return onPushMessage(ctx, vapid && { ...services, vapid }, message);
      return isAboutChats(message)
        ? onAboutChats(ctx, services, message)
        : onRoomMessage(ctx, services, message);
    }),
  );
  app.use(limitBodies);
  app.use(splitTokens(TOKEN_TTL_SECONDS));
  return app
    .route('/', healthRoutes(services))
    .route('/', authRoutes(services))
    .route('/', qrRoutes(services))
    .route('/', sessionRoutes(services))
    .route('/', telegramRoutes(services))
    .route('/', profileRoutes(services))
    .route('/', chatRoutes(services))
    .route('/', peopleRoutes(services))
    .route('/', callRoutes(services))
    .route('/', messageRoutes(services))
    .route('/', feedRoutes(services))
    .route('/', pushRoutes(services, vapid))
    .route('/', roomRoutes(services))
    .route('/', docsRoutes())
    .route('/', appRoutes(assets));
};
