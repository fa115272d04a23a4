import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';

/**
 * Parts of a `with` that find whom somebody means by ids or usernames, with or without `@`: `found
 * (user_id, blocks_me)`. Who is not known has no id; no username looks like an id.
 */
export const findPeople = (people: readonly string[], userId: string): SQL => sql`
  found as (
    select distinct person.id as user_id, exists (
      select from blocks
      where blocks.user_id = person.id and blocked_id = ${userId}) as blocks_me
    from jsonb_array_elements_text(${JSON.stringify(people)}::jsonb) as asked (one)
      left join lateral (
        select id from users where id = one
        union
        select id from users
        where lower(username) = lower(regexp_replace(one, '^@', ''))) as person on true)`;

/** Whether somebody of `found` is unknown, or has blocked who asks: it looks the same [M42]. */
export const SOMEBODY_UNKNOWN = sql`
  exists (select from found where user_id is null or blocks_me)`;
