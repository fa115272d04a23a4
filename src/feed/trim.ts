import type { Log } from '../platform/log.ts';
import { reasonOf } from '../platform/log.ts';
import type { Services } from '../session/services.ts';
import { trim } from './store.ts';

/** How many rows of each table go at a time, which takes a statement a fraction of a second. */
const AT_ONCE = 5_000;

/** How many statements one run makes: an invocation has 50 requests on the free plan. */
const STATEMENTS = 40;

/**
 * Deletes what feeds and rates need no longer [M29], until nothing is left or there was enough for
 * one run. What is left goes with the next run, and so does what a failure left.
 */
export const trimFeeds = async (log: Log, { db }: Pick<Services, 'db'>): Promise<void> => {
  let [entries, rates, done] = [0, 0, false];
  try {
    for (let made = 0; made < STATEMENTS && !done; made++) {
      const gone = await trim(db, AT_ONCE);
      entries += gone.entries;
      rates += gone.rates;
      done = gone.entries < AT_ONCE && gone.rates < AT_ONCE;
    }
    log.info('feed.trimmed', { entries, rates, done });
  } catch (error) {
    log.error('feed.not_trimmed', { entries, rates, reason: reasonOf(error) });
  }
};
