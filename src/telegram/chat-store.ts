import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import { WAS_HEARD } from './scripts/heard.ts';

/** Whether the person of a chat wrote to the bot within so many milliseconds. */
export const wasHeard = (redis: RedisClient, chatId: number, withinMs: number): Promise<boolean> =>
  redis.run(
    WAS_HEARD,
    { heard: keys.heard(String(chatId)) },
    { ttl: TTL.heard, within: Math.ceil(withinMs) },
  );
