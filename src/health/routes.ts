import { health, ready } from '../contract/http/health.ts';
import { answerError, unavailable } from '../platform/http/errors.ts';
import { createRouter } from '../platform/http/router.ts';
import { reasonOf } from '../platform/log.ts';
import type { Services } from '../session/services.ts';
import { checkDatabase, checkRedis } from './store.ts';

/** The routes that tell whether the Worker runs, and whether its stores answer. */
export const healthRoutes = (services: Services) => {
  const { app, route } = createRouter(services);
  route(health, () => ({ ok: true }));

  route(
    ready,
    async (c, next) => {
      const checks = await Promise.allSettled([
        checkDatabase(services.db),
        checkRedis(services.redis),
      ]);
      for (const check of checks) {
        if (check.status === 'rejected')
          c.get('log').error('not_ready', { reason: reasonOf(check.reason) });
      }
      const [database, redis] = checks.map(({ status }) =>
        status === 'fulfilled' ? 'up' : 'down',
      );
      if (database === 'up' && redis === 'up') return next();
      return answerError(c, unavailable(), { database: String(database), redis: String(redis) });
    },
    () => ({ ok: true, database: 'up', redis: 'up' }),
  );
  return app;
};
