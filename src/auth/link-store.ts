import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import { USE_LINK, VOID_LINK } from './scripts/sign-in-link.ts';
import type { Attempt } from './store.ts';

/** The key of what a sign-in by link uses up. */
export const usedLink = (linkHash: string): string => keys.link(linkHash);

/** One try at a sign-in link. */
export interface LinkAttempt extends Pick<Attempt, 'id' | 'now' | 'session'> {
  readonly linkHash: string;
}

/**
 * Uses a sign-in link up and opens the session.
 *
 * @returns `wrong`: no such link, or used, or too old · `voided` by {@link voidLink} · `ok` as
 *   `checkCode`
 */
export const useLink = (redis: RedisClient, { linkHash, id, now, session }: LinkAttempt) =>
  redis.run(
    USE_LINK,
    { linkKey: keys.link(linkHash), voided: keys.voided(id) },
    { now, attempt: id, linkHash, ...session },
  );

/** Takes back a {@link useLink} that did not end in an answer, also if it is yet to arrive. */
export const voidLink = async (
  redis: RedisClient,
  { linkHash, id }: Pick<LinkAttempt, 'linkHash' | 'id'>,
): Promise<void> => {
  await redis.run(
    VOID_LINK,
    { linkKey: keys.link(linkHash), voided: keys.voided(id) },
    { attempt: id, ttl: TTL.voided },
  );
};
