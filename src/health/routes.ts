import { Hono } from 'hono';
import { health, ready } from '../contract/health.ts';
import { answer } from '../http/answer.ts';
import type { AppEnv } from '../http/context.ts';
import { answerError } from '../http/errors.ts';
import type { Services } from '../services.ts';
import { checkDatabase } from './store.ts';

/** Whether the Worker runs, and whether it can work. */
export const healthRoutes = ({ db, redis }: Services) =>
  new Hono<AppEnv>()
    .get(health.path, (c) => answer(c, health, { ok: true }))
    .get(ready.path, async (c) => {
      const checks = await Promise.allSettled([checkDatabase(db), redis.ping()]);
      for (const check of checks) {
        if (check.status === 'rejected') c.get('log').error('not_ready', { reason: String(check.reason) });
      }
      const [database, cache] = checks.map(({ status }) => (status === 'fulfilled' ? 'up' : 'down'));
      if (database !== 'up' || cache !== 'up') return answerError(c, 'unavailable', 5, { database, redis: cache });
      return answer(c, ready, { ok: true, database, redis: cache });
    });
