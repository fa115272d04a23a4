import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { FOUND_LIMIT } from '../contract/http/people.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery } from '../platform/db/client.ts';
import { takeRate } from '../platform/db/fragments.ts';
import { SEARCH_RATE } from './limits.ts';
import type { PersonRow } from './person.ts';

/** Who looks for what. */
export interface SearchQuery {
  readonly userId: string;
  /** A part of a name. */
  readonly name: string;
  readonly now: number;
}

/** Whom a search found, or in how many milliseconds there may be another one. */
export type Found =
  | { readonly outcome: 'found'; readonly people: readonly PersonRow[] }
  | { readonly outcome: 'too_many_requests'; readonly waitMs: number };

const Rows = z.tuple([
  z.object({
    allowed: z.boolean(),
    wait_ms: z.int(),
    people: z.array(
      z.object({
        id: z.string(),
        username: z.string().nullable(),
        displayName: z.string().nullable(),
      }),
    ),
  }),
]);

/** The layers of `user_names`, the smallest first. */
const LAYERS = [4, 3, 2, 1, 0].map((layer) => ({
  layer: sql.raw(`'${layer}'`),
  part: sql.raw(`layer_${layer}`),
}));

/**
 * Finds people by a part of either name, but nobody who has blocked whoever searches [M40]. Who has
 * the username comes first. The layers are read one after another until there are enough, so that
 * what many names have in common costs no more than what is rare. The pieces come out of a
 * sub-select, or the planner would guess from them that reading the whole table is cheaper.
 */
export const findPeople = (db: Database, { userId, name, now }: SearchQuery): Promise<Found> => {
  const layers = LAYERS.map(
    ({ layer, part }) => sql`
      ${part} as materialized (
        select user_id from user_names
        where name_grams(layer, name, '{2,3}') @> (
            select name_grams(${layer}, left(name, 18), array[least(3, length(name))]) from asked)
          and strpos(name, (select name from asked)) > 0
          and user_id <> ${userId} and user_id <> all (select user_id from exact)
          and not exists (
            select from blocks
            where blocks.user_id = user_names.user_id and blocked_id = ${userId})
        limit ${FOUND_LIMIT})`,
  );
  const candidates = LAYERS.map(({ part }) => sql`select user_id, 1 as place from ${part}`);
  const query = db.execute(sql`
    with ${takeRate({ ...SEARCH_RATE, userId, now })},
    asked as materialized (select fold_name(${name}) as name),
    exact as materialized (
      select id as user_id from users
      where lower(username) = lower(${name}) and id <> ${userId} and not exists (
        select from blocks where blocks.user_id = users.id and blocked_id = ${userId})),
    ${sql.join(layers, sql`, `)},
    found as (
      select user_id, place from (
        select user_id, 0 as place from exact
        union all ${sql.join(candidates, sql` union all `)}) as candidates
      where (select allowed from rate) limit ${FOUND_LIMIT})
    select allowed, wait_ms, coalesce((
      select json_agg(json_build_object(
          'id', id, 'username', username, 'displayName', display_name)
        order by place, lower(username), id)
      from found join users on id = user_id), '[]') as people
    from rate`);
  return runQuery('find people', query, ({ rows }): Found => {
    const [{ allowed, wait_ms, people }] = Rows.parse(rows);
    return allowed
      ? { outcome: 'found', people }
      : { outcome: 'too_many_requests', waitMs: wait_ms };
  });
};
