import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { createLog } from '../log.ts';
import type { AppEnv } from './context.ts';

/** As much of a path that nothing is at as is worth a look. */
const UNKNOWN_PATH_LENGTH = 40;

/**
 * Gives the request a log of its own, writes one line per request, and tells the client the request's id. The query stays
 * out, and of the path what stands for a name in it: they can hold codes and ids.
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

/** The path as the route of the request has it, `/api/sessions/:id`; undefined where nothing is. */
export const routeOf = (c: Context): string | undefined =>
  matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path;

/** The path of the route; of an address where nothing is, its beginning. */
const pathOf = (c: Context): string => routeOf(c) ?? c.req.path.slice(0, UNKNOWN_PATH_LENGTH);
