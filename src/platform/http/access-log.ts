import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { createLog } from '../log.ts';
import type { AppEnv } from './context.ts';

/** How much of an unknown path is logged, in characters. */
const UNKNOWN_PATH_LENGTH = 40;

/**
 * Gives the request a log of its own, writes one line per request, and tells the client the
 * request's id [H15]. The line has neither the query nor the names in the path: they can be codes
 * and ids.
 */
export const accessLog = () =>
  createMiddleware<AppEnv>(async function accessLog(c, next) {
    const requestId = c.get('requestId');
    const log = createLog({ requestId });
    const started = Date.now();
    c.set('log', log);
    c.header('X-Request-Id', requestId);
    await next();
    log.info('request', {
      method: c.req.method,
      path: pathOf(c),
      status: c.res.status,
      ms: Date.now() - started,
    });
  });

/** Finds the path of the request's route, such as `/api/sessions/:id`; undefined for none. */
export const routeOf = (c: Context): string | undefined =>
  matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path;

/** Finds the path to log: that of the route, or the beginning of an unknown one. */
const pathOf = (c: Context): string => routeOf(c) ?? c.req.path.slice(0, UNKNOWN_PATH_LENGTH);
