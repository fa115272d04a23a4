import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { ENDPOINTS } from '../../contract/http/endpoints.ts';
import { ApiError } from '../errors.ts';
import { routeOf } from './access-log.ts';
import { APP_PAGES } from './app-pages.ts';
import type { AppEnv } from './context.ts';
import { answerError } from './errors.ts';

/** The paths whose GET changes nothing, whoever asks [H17]. */
const HARMLESS = new Set([
  ...['/', '/openapi.json', '/docs'],
  ...APP_PAGES,
  ...ENDPOINTS.filter(({ harmless }) => harmless).map(({ path }) => path),
]);

/** Answers 405 and names the methods that there are [H9]. */
export const refuseMethod = (c: Context<AppEnv>, methods: Iterable<string>): Response => {
  const allowed = new Set(methods);
  if (!HARMLESS.has(c.req.path)) allowed.delete('HEAD');
  c.header('Allow', [...allowed].join(', '));
  return answerError(c, new ApiError('method_not_allowed'));
};

/**
 * Refuses HEAD wherever GET has an effect [H17]: Hono runs the whole GET for it and throws the
 * answer away, and with it a token or a ticket.
 *
 * @param routes all routes of the app
 */
export const refuseHead = (routes: readonly { readonly method: string; readonly path: string }[]) =>
  createMiddleware<AppEnv>(async function refuseHead(c, next) {
    const path = routeOf(c);
    if (c.req.method !== 'HEAD' || path === undefined || HARMLESS.has(path)) return next();
    const own = routes.filter((route) => route.path === path && route.method !== 'ALL');
    return refuseMethod(
      c,
      own.map(({ method }) => method),
    );
  });
