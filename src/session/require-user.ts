import { createMiddleware } from 'hono/factory';
import { ApiError } from '../errors.ts';
import type { UserEnv } from '../http/context.ts';
import type { Services } from '../services.ts';
import { verifyToken } from './token.ts';

/** Lets only signed-in people in; the handler finds who it is in `userId`. Asks no store. */
export const requireUser = ({ settings, now }: Services) =>
  createMiddleware<UserEnv>(async function requireUser(c, next) {
    const [, token] = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization')?.trim() ?? '') ?? [];
    if (!token) throw new ApiError('no_token');
    const userId = await verifyToken(settings.JWT_SECRET, token, now());
    if (!userId) throw new ApiError('invalid_token');
    c.set('userId', userId);
    await next();
  });
