import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import { CLAIM_UPDATE, END_UPDATE, WAS_HEARD } from './scripts/update.ts';

/**
 * Claims an update of the bot, for a minute at most, and notes that its person was heard of.
 *
 * @param claim the update, as `<bot id>:<update id>`; whose it is; and a name for this claim
 * @returns `working`: somebody else has it · `done`: it took effect already
 */
export const claimUpdate = (
  redis: RedisClient,
  { update, chatId, token }: { update: string; chatId: number; token: string },
) =>
  redis.run(
    CLAIM_UPDATE,
    { update: keys.update(update), heard: keys.heard(String(chatId)) },
    { token, claimTtl: TTL.updateClaimed, heardTtl: TTL.heard },
  );

/** Whether the person of a chat was heard of within so many milliseconds. */
export const wasHeard = (
  redis: RedisClient,
  { chatId, withinMs }: { chatId: number; withinMs: number },
): Promise<boolean> =>
  redis.run(
    WAS_HEARD,
    { heard: keys.heard(String(chatId)) },
    { ttl: TTL.heard, within: Math.ceil(withinMs) },
  );

/** Ends a claim: the update took effect (`done`), or anybody may claim it again. */
export const endUpdate = async (
  redis: RedisClient,
  { update, token, done }: { update: string; token: string; done: boolean },
): Promise<void> => {
  await redis.run(
    END_UPDATE,
    { update: keys.update(update) },
    { token, done, doneTtl: TTL.updateDone },
  );
};
