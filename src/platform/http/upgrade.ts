import type { Context } from 'hono';
import { ApiError } from '../errors.ts';
import type { AppEnv } from './context.ts';

/** Throws `websocket_required` unless the request asks for a WebSocket. */
export const requireUpgrade = (c: Context<AppEnv>): void => {
  if (c.req.header('Upgrade')?.toLowerCase() === 'websocket') return;
  c.header('Upgrade', 'websocket');
  throw new ApiError('websocket_required');
};
