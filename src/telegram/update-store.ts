import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import { CLAIM_UPDATE, END_UPDATE, WAS_HEARD } from './scripts/update.ts';

/**
 * Claims an update of the bot, for a minute at most, and notes that its person was heard of: one
 * EVAL.
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
    [keys.update(update), keys.heard(String(chatId))],
    [token, TTL.updateClaimed, TTL.heard],
  );

/** Whether the person of a chat was heard of within so many milliseconds: one EVAL. */
export const wasHeard = (redis: RedisClient, chatId: number, withinMs: number): Promise<boolean> =>
  redis.run(WAS_HEARD, [keys.heard(String(chatId))], [TTL.heard, Math.ceil(withinMs)]);

/** Ends a claim: the update took effect, or anybody may claim it again. One EVAL. */
export const endUpdate = async (
  redis: RedisClient,
  update: string,
  token: string,
  done: boolean,
): Promise<void> => {
  await redis.run(END_UPDATE, [keys.update(update)], [token, done ? '1' : '0', TTL.updateDone]);
};
