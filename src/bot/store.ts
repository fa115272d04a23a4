import { eq } from 'drizzle-orm';
import type { Database } from '../platform/db/client.ts';
import { runQuery } from '../platform/db/client.ts';
import { telegramLinks } from '../platform/db/schema.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import { CLAIM_UPDATE, END_UPDATE } from './scripts/update.ts';

/** A claim of an update of the bot. */
export interface UpdateClaim {
  /** `<bot id>:<update id>` */
  readonly update: string;
  /** Names this very claim. */
  readonly token: string;
}

/**
 * Claims an update for a minute at most, and notes that the person of its chat was heard.
 *
 * @returns `working`: another request has claimed it · `done`: it took effect already
 */
export const claimUpdate = (
  redis: RedisClient,
  { update, token }: UpdateClaim,
  chatId: number,
): Promise<'claimed' | 'working' | 'done'> =>
  redis.run(
    CLAIM_UPDATE,
    { update: keys.update(update), heard: keys.heard(String(chatId)) },
    { token, claimTtl: TTL.updateClaimed, heardTtl: TTL.heard },
  );

/** Ends a claim: either the update took effect, or anybody may claim it again. */
export const endUpdate = async (
  redis: RedisClient,
  { update, token }: UpdateClaim,
  outcome: 'done' | 'failed',
): Promise<void> => {
  const args = { token, done: outcome === 'done', doneTtl: TTL.updateDone };
  await redis.run(END_UPDATE, { update: keys.update(update) }, args);
};

/**
 * Says whether a chat is told of missed calls, for all its numbers.
 *
 * @returns whether the chat has a number
 */
export const setMissedCalls = (db: Database, chatId: number, isTold: boolean): Promise<boolean> => {
  const query = db
    .update(telegramLinks)
    .set({ missedCalls: isTold })
    .where(eq(telegramLinks.chatId, chatId))
    .returning({ phone: telegramLinks.phone });
  return runQuery('set missed calls', query, (rows) => rows.length > 0);
};
