import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './context.ts';

/**
 * Forbids caches to keep an answer, unless its route says how long they may: most answers hold
 * tokens, tickets, credentials or personal data [H16].
 */
export const noStore = () =>
  createMiddleware<AppEnv>(async function noStore(c, next) {
    await next();
    // The headers of a response that becomes a WebSocket cannot be changed any more.
    if (c.res.status === 101 || c.res.headers.has('Cache-Control')) return;
    c.res.headers.set('Cache-Control', 'no-store');
  });
