import { desc, eq, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery } from '../platform/db/client.ts';
import { takeRate } from '../platform/db/fragments.ts';
import { blocks, users } from '../platform/db/schema.ts';
import { BLOCK_RATE, BLOCKED_LIMIT } from './limits.ts';
import type { PersonRow } from './person.ts';

/** Who blocks whom, and when. */
export interface Block {
  readonly userId: string;
  readonly blockedId: string;
  readonly now: number;
}

/** What became of a wish to block somebody, or to end that. */
export type BlockOutcome =
  | { readonly outcome: 'ok' | 'user_not_found' | 'too_many_blocked' }
  | { readonly outcome: 'too_many_requests'; readonly waitMs: number };

const Blocked = z.tuple([
  z.object({
    allowed: z.boolean(),
    wait_ms: z.int(),
    found: z.boolean(),
    blocked: z.boolean(),
  }),
]);

/**
 * Blocks somebody; nothing changes when they are blocked already. The row of whoever blocks is
 * locked first, so that the blocks are counted one after another [M44].
 */
export const addBlock = (
  db: Database,
  { userId, blockedId, now }: Block,
): Promise<BlockOutcome> => {
  const lock = sql`select from users where id = ${userId} for no key update`;
  const statement = sql`
    with ${takeRate({ ...BLOCK_RATE, userId, now })},
    target as (
      select id from users cross join rate
      where allowed and id = ${blockedId} and id <> ${userId}
        and exists (select from users where id = ${userId})),
    known as (select from blocks where user_id = ${userId} and blocked_id = ${blockedId}),
    added as (
      insert into blocks (user_id, blocked_id)
      select ${userId}, id from target
      where (select count(*) from blocks where user_id = ${userId}) < ${BLOCKED_LIMIT}
      on conflict do nothing returning blocked_id)
    select allowed, wait_ms, exists (select from target) as found,
      exists (select from known) or exists (select from added) as blocked
    from rate`;
  const batch = db.batch([db.execute(lock), db.execute(statement)]);
  return runQuery('add block', batch, ([, { rows }]): BlockOutcome => {
    const [{ allowed, wait_ms, found, blocked }] = Blocked.parse(rows);
    if (!allowed) return { outcome: 'too_many_requests', waitMs: wait_ms };
    if (!found) return { outcome: 'user_not_found' };
    return { outcome: blocked ? 'ok' : 'too_many_blocked' };
  });
};

const Unblocked = z.tuple([z.object({ allowed: z.boolean(), wait_ms: z.int() })]);

/** Ends a block; nothing changes when there is none. */
export const removeBlock = (
  db: Database,
  { userId, blockedId, now }: Block,
): Promise<BlockOutcome> => {
  const query = db.execute(sql`
    with ${takeRate({ ...BLOCK_RATE, userId, now })},
    removed as (
      delete from blocks using rate
      where allowed and user_id = ${userId} and blocked_id = ${blockedId})
    select allowed, wait_ms from rate`);
  return runQuery('remove block', query, ({ rows }): BlockOutcome => {
    const [{ allowed, wait_ms }] = Unblocked.parse(rows);
    return allowed ? { outcome: 'ok' } : { outcome: 'too_many_requests', waitMs: wait_ms };
  });
};

/** Lists whom a user has blocked, the latest first. One who was deleted is an id without names. */
export const listBlocks = (db: Database, userId: string): Promise<PersonRow[]> => {
  const query = db
    .select({
      id: blocks.blockedId,
      username: users.username,
      displayName: users.displayName,
    })
    .from(blocks)
    .leftJoin(users, eq(users.id, blocks.blockedId))
    .where(eq(blocks.userId, userId))
    .orderBy(desc(blocks.createdAt), blocks.blockedId)
    .limit(BLOCKED_LIMIT);
  return runReadQuery('list blocks', query, (rows) => rows);
};
