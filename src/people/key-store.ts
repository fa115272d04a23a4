import { eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery } from '../platform/db/client.ts';
import { takeRate, WRITE_FEED } from '../platform/db/fragments.ts';
import { users } from '../platform/db/schema.ts';
import { KEY_CHATS, KEY_HINTS, KEY_RATE } from './limits.ts';

/** The public key of a user, and how many they have had. */
export interface PublicKey {
  readonly publicKey: string | null;
  readonly version: number;
}

/** Finds the public key of a user; undefined when there is no such user. */
export const findKey = (db: Database, userId: string): Promise<PublicKey | undefined> => {
  const query = db
    .select({ publicKey: users.publicKey, version: users.keyVersion })
    .from(users)
    .where(eq(users.id, userId));
  return runReadQuery(
    'find key',
    query,
    ([row]) => row && { ...row, version: row.publicKey === null ? 0 : row.version },
  );
};

/** A chat whose other side is to hear at once of another key. */
export interface KeyHint {
  readonly chatId: string;
  readonly version: number;
  readonly userId: string;
  /** The number that the change has in their feed. */
  readonly n: number;
}

const Kept = z.tuple([
  z.object({
    found: z.boolean(),
    is_new: z.boolean(),
    allowed: z.boolean(),
    wait_ms: z.int(),
    version: z.int().nullable(),
    hints: z.array(
      z.object({ chatId: z.string(), version: z.int(), userId: z.string(), n: z.int() }),
    ),
  }),
]);

/** The key that is kept now, and who is to hear of it; or why it was not kept. */
export type KeyOutcome =
  | { readonly outcome: 'kept'; readonly version: number; readonly hints: readonly KeyHint[] }
  | { readonly outcome: 'user_not_found' }
  | { readonly outcome: 'too_many_requests'; readonly waitMs: number };

/** A key to keep. */
export interface NewKey {
  readonly userId: string;
  readonly publicKey: string;
  readonly now: number;
}

/**
 * Keeps a public key. Another one than before counts for the rate, and is written into the feeds of
 * the other sides of the newest personal chats [M43].
 *
 * The user's row is locked first, then the chats in the order of their ids, then the feeds in that
 * of the users' ids: a message locks one chat before the feeds, so that nobody waits in a circle.
 */
export const setKey = (db: Database, { userId, publicKey, now }: NewKey): Promise<KeyOutcome> => {
  const lock = sql`select from users where id = ${userId} for no key update`;
  const statement = sql`
    with before as (
      select public_key is distinct from ${publicKey} as is_new from users where id = ${userId}),
    ${takeRate({ ...KEY_RATE, userId, now }, sql`exists (select from before where is_new)`)},
    kept as (
      update users set public_key = ${publicKey}, updated_at = now(),
        key_version = case when public_key is null then key_version else key_version + 1 end
      from rate where allowed and id = ${userId}
      returning key_version),
    newest as materialized (
      select chats.id,
        row_number() over (order by last_time desc nulls last, chats.id) as place
      from kept cross join chat_members join chats on chats.id = chat_id
      where user_id = ${userId} and coalesce(type, 'user') = 'user'
      order by place limit ${KEY_CHATS}),
    locked as materialized (
      select id from chats where id in (select id from newest) order by id for no key update),
    moved as (
      update chats set version = version + 1 where id in (select id from locked)
      returning id, version),
    told as (
      select place, user_id, 'chat' as kind, moved.id as chat_id, null::bigint as seq,
        null::text as about
      from moved join newest using (id) join chat_members on chat_id = moved.id
      where user_id <> ${userId}),
    ${WRITE_FEED},
    hints as (
      select distinct on (user_id) user_id, place, told.chat_id, moved.version, numbered.n
      from told join numbered using (user_id) join moved on moved.id = told.chat_id
      order by user_id, place desc),
    nearest as (select * from hints order by place limit ${KEY_HINTS})
    select exists (select from before) as found,
      exists (select from before where is_new) as is_new, allowed, wait_ms,
      coalesce((select key_version from kept), (
        select key_version from users where id = ${userId})) as version,
      coalesce((
        select json_agg(json_build_object(
          'chatId', chat_id, 'version', version, 'userId', user_id, 'n', n) order by place)
        from nearest), '[]') as hints
    from rate`;
  const batch = db.batch([db.execute(lock), db.execute(statement)]);
  return runQuery('set key', batch, ([, { rows }]): KeyOutcome => {
    const [{ found, is_new, allowed, wait_ms, version, hints }] = Kept.parse(rows);
    if (!found || version === null) return { outcome: 'user_not_found' };
    if (is_new && !allowed) return { outcome: 'too_many_requests', waitMs: wait_ms };
    return { outcome: 'kept', version, hints };
  });
};
