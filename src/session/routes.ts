import { listSessions, logout, revokeOthers, revokeSession } from '../contract/http/sessions.ts';
import { ApiError } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { createRouter } from '../platform/http/router.ts';
import { disconnectSessions } from './disconnect.ts';
import type { Services } from './services.ts';
import * as store from './store.ts';
import type { Session } from './token.ts';

/**
 * The routes of a user's sessions [A37]. Each is one EVAL, which also says whether the asking
 * session lives.
 */
export const sessionRoutes = (services: Services) => {
  const { redis, sessions } = services;
  const { app, routeSelfChecking } = createRouter(services);

  /**
   * Ends sessions and closes their sockets.
   *
   * @param which a sid, or `others`: all but the asking session
   * @returns the ids of the sessions that ended
   */
  const endSessions = async (
    ctx: RequestContext,
    session: Session,
    which: string,
  ): Promise<readonly string[]> => {
    const { userId } = session;
    const now = ctx.now();
    const closed = await store.closeSessions(redis, { session, which, now });
    sessions.forget(closed ?? [session.sid]);
    if (!closed) {
      disconnectSessions(ctx, services, { userId, sids: [session.sid] });
      throw new ApiError('invalid_token');
    }
    const ended =
      which === 'others'
        ? { userId, sids: closed, others: { but: session.sid, now } }
        : { userId, sids: [which] };
    disconnectSessions(ctx, services, ended);
    return closed;
  };

  routeSelfChecking(listSessions, async ({ ctx, session }) => {
    const asking = { session, device: ctx.client.device, now: ctx.now() };
    const listed = await store.listSessions(redis, asking);
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

  routeSelfChecking(revokeSession, async ({ ctx, session, params }) => {
    const ended = await endSessions(ctx, session, params.id);
    if (ended.length === 0) throw new ApiError('session_not_found');
    return { ok: true };
  });

  routeSelfChecking(revokeOthers, async ({ ctx, session }) => {
    const ended = await endSessions(ctx, session, 'others');
    return { ok: true, revoked: ended.length };
  });

  routeSelfChecking(logout, async ({ ctx, session }) => {
    await endSessions(ctx, session, session.sid);
    return { ok: true };
  });

  return app;
};
