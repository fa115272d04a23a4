import type { Log } from '../platform/log.ts';
import { reasonOf } from '../platform/log.ts';
import type { Services } from '../session/services.ts';
import { deleteExpired } from './store.ts';

/** How many subscriptions one run deletes at most. */
const MOST = 5_000;

/** Deletes the subscriptions of sessions that have ended by themselves [P1]. */
export const trimSubscriptions = async (log: Log, { db }: Pick<Services, 'db'>): Promise<void> => {
  try {
    await deleteExpired(db, MOST);
  } catch (error) {
    log.error('push.not_trimmed', { reason: reasonOf(error) });
  }
};
