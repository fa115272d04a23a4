import { getPushKey, subscribeToPush, unsubscribeFromPush } from '../contract/http/push.ts';
import { ApiError, tooManyRequests } from '../platform/errors.ts';
import { createRouter } from '../platform/http/router.ts';
import { readPushEndpoint } from '../platform/push-services.ts';
import type { Services } from '../session/services.ts';
import { endOfSession } from '../session/token.ts';
import { isEncryptionKey } from './send.ts';
import { deleteSubscription, keepSubscription } from './store.ts';
import type { Vapid } from './vapid.ts';

/** The routes of pushes: the server's key, and the subscription of a session. */
export const pushRoutes = (services: Services, vapid: Vapid | undefined) => {
  const { db, settings } = services;
  const { app, route } = createRouter(services);

  route(getPushKey, () => {
    if (!vapid) throw new ApiError('push_off');
    return { publicKey: vapid.publicKey };
  });

  route(subscribeToPush, async ({ ctx, session, body }) => {
    const { endpoint: given, keys, publicKey } = body;
    if (!vapid) throw new ApiError('push_off');
    const endpoint = readPushEndpoint(settings.PUSH_SERVICES, given);
    if (!endpoint) throw new ApiError('push_service_unknown');
    if (publicKey !== vapid.publicKey) throw new ApiError('push_key_changed');
    if (!(await isEncryptionKey(keys.p256dh))) throw new ApiError('invalid_field');
    const kept = await keepSubscription(db, {
      userId: session.userId,
      sessionId: session.sid,
      endpoint,
      ...keys,
      serverKey: publicKey,
      expiresAt: endOfSession(session),
      now: ctx.now(),
    });
    if (kept.outcome === 'too_many_requests') throw tooManyRequests(kept.waitMs);
    return { ok: true };
  });

  route(unsubscribeFromPush, async ({ session }) => {
    const { userId, sid: sessionId } = session;
    await deleteSubscription(db, { userId, sessionId });
    return { ok: true };
  });

  return app;
};
