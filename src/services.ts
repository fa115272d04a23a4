import type { Database } from './platform/db/client.ts';
import { createDatabase } from './platform/db/client.ts';
import type { Settings } from './platform/env.ts';
import type { RedisClient } from './platform/redis/client.ts';
import { createRedis } from './platform/redis/client.ts';
import type { Rooms } from '../party/wire/rooms.ts';
import { NO_ROOMS } from '../party/wire/rooms.ts';
import type { Sessions } from './session/sessions.ts';
import { createSessions } from './session/sessions.ts';
import type { Telegram } from './telegram/api.ts';
import { createTelegram } from './telegram/api.ts';

/** Everything the features work with: made once, handed down. */
export interface Services {
  readonly settings: Settings;
  readonly db: Database;
  readonly redis: RedisClient;
  readonly telegram: Telegram;
  readonly sessions: Sessions;
  readonly rooms: Rooms;
  /** The time in milliseconds since 1970. */
  now(): number;
}

/**
 * The composition root.
 *
 * @param settings parsed settings
 * @param options the clock, which tests move; the rooms, which the Worker has
 */
export const createServices = (
  settings: Settings,
  { now = Date.now, rooms = NO_ROOMS }: { now?: () => number; rooms?: Rooms } = {},
): Services => {
  const redis = createRedis(settings.UPSTASH_REDIS_REST_URL, settings.UPSTASH_REDIS_REST_TOKEN);
  return {
    settings,
    db: createDatabase(settings.DATABASE_URL, settings.DATABASE_ENDPOINT),
    redis,
    telegram: createTelegram(settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_API_URL),
    sessions: createSessions({ redis, now }),
    rooms,
    now,
  };
};
