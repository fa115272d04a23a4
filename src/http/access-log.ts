import { createMiddleware } from 'hono/factory';
import { createLog } from '../log.ts';
import type { AppEnv } from './context.ts';

/** Gives the request a log of its own, writes one line per request, and tells the client the request's id. The query stays out: it can hold codes. */
export const accessLog = () =>
  createMiddleware<AppEnv>(async function accessLog(c, next) {
    const requestId = c.get('requestId');
    const log = createLog({ requestId });
    const started = Date.now();
    c.set('log', log);
    c.header('X-Request-Id', requestId);
    await next();
    log.info('request', { method: c.req.method, path: c.req.path, status: c.res.status, ms: Date.now() - started });
  });
