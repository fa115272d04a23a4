import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './context.ts';

/**
 * Forbids everybody to keep an answer, unless its route says how long it may be kept: most hold
 * tokens, tickets, credentials or what is known of people.
 */
export const noStore = () =>
  createMiddleware<AppEnv>(async function noStore(c, next) {
    await next();
    // What becomes a WebSocket is no answer to be kept, and cannot be changed any more.
    if (c.res.status === 101 || c.res.headers.has('Cache-Control')) return;
    c.header('Cache-Control', 'no-store');
  });
