import type { Context } from 'hono';
import { listSessions, logout, revokeOthers, revokeSession } from '../contract/http/sessions.ts';
import { ApiError } from '../platform/errors.ts';
import { background } from '../platform/http/background.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { deviceOf } from '../platform/http/device.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Services } from './services.ts';
import { closeSockets } from './sockets.ts';
import * as store from './store.ts';
import type { Session } from './token.ts';

/** Where a user is signed in, and signing out. Each is one EVAL, which also looks whether the asking session lives. */
export const sessionRoutes = (services: Services) => {
  const { redis, sessions, now } = services;
  const { app, routeSelfChecking } = createRouter(services);

  const close = async (
    c: Context<AppEnv>,
    session: Session,
    which: string,
  ): Promise<readonly string[]> => {
    const at = now();
    const closed = await store.closeSessions(redis, session, which, at);
    sessions.forget(closed ?? [session.sid]);
    const tell = (sids: readonly string[], others?: { but: string; now: number }) =>
      closeSockets(services, background(c), session.userId, sids, others);
    if (!closed) {
      tell([session.sid]);
      throw new ApiError('invalid_token');
    }
    if (which === 'others') tell(closed, { but: session.sid, now: at });
    else tell([which]);
    return closed;
  };

  routeSelfChecking(listSessions, async ({ c, session }) => {
    const listed = await store.listSessions(redis, session, deviceOf(c), now());
    if (!listed) throw new ApiError('invalid_token');
    return {
      ok: true,
      sessions: listed.reverse().map(({ sid, at, seen, ...rest }) => ({
        id: sid,
        current: sid === session.sid,
        ...rest,
        createdAt: new Date(at).toISOString(),
        lastSeenAt: new Date(seen).toISOString(),
      })),
    };
  });

  routeSelfChecking(revokeSession, async ({ c, session, params }) => {
    const closed = await close(c, session, params.id);
    if (closed.length === 0) throw new ApiError('session_not_found');
    return { ok: true };
  });

  routeSelfChecking(revokeOthers, async ({ c, session }) => ({
    ok: true,
    revoked: (await close(c, session, 'others')).length,
  }));

  routeSelfChecking(logout, async ({ c, session }) => {
    await close(c, session, session.sid);
    return { ok: true };
  });

  return app;
};
