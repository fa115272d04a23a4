import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { FEED_DAYS } from '../contract/http/sync.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery } from '../platform/db/client.ts';

/**
 * How long an entry is there beyond the days that it is kept, so that a cursor which is just young
 * enough misses none that was being written when it was made.
 */
const GRACE = sql`interval '1 hour'`;

/** How many rows of each table were deleted. */
const Trimmed = z.object({ entries: z.int(), rates: z.int() });

export type Trimmed = z.output<typeof Trimmed>;

/**
 * Deletes entries of feeds that are no longer kept, and rates of which nothing is used any more.
 * Rows that somebody writes at the moment stay until the next time: waiting for one while holding
 * others could end in a deadlock.
 *
 * @param most how many rows of each table
 */
export const trim = (db: Database, most: number): Promise<Trimmed> => {
  const query = db.execute(sql`
    with entries as (
      delete from feed_entries where ctid = any (array(
        select ctid from feed_entries
        where at < now() - make_interval(days => ${FEED_DAYS}) - ${GRACE}
        order by at limit ${most} for update skip locked))
      returning 1),
    rates as (
      delete from user_rates where ctid = any (array(
        select ctid from user_rates where free_at < now() - interval '1 day'
        limit ${most} for update skip locked))
      returning 1)
    select (select count(*) from entries)::int as entries,
      (select count(*) from rates)::int as rates`);
  return runQuery('trim', query, ({ rows }) => Trimmed.parse(rows[0]));
};
