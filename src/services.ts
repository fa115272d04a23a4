import type { Database } from './db/client.ts';
import { createDatabase } from './db/client.ts';
import type { Settings } from './env.ts';
import type { RedisClient } from './redis/client.ts';
import { createRedis } from './redis/client.ts';
import type { Telegram } from './telegram/api.ts';
import { createTelegram } from './telegram/api.ts';

/** Everything the features work with: made once, handed down. */
export interface Services {
  readonly settings: Settings;
  readonly db: Database;
  readonly redis: RedisClient;
  readonly telegram: Telegram;
  /** The time in milliseconds since 1970. */
  now(): number;
}

/**
 * The composition root.
 *
 * @param settings parsed settings
 * @param now the clock; tests move it
 */
export const createServices = (settings: Settings, now: () => number = Date.now): Services => ({
  settings,
  db: createDatabase(settings.DATABASE_URL, settings.DATABASE_ENDPOINT),
  redis: createRedis(settings.UPSTASH_REDIS_REST_URL, settings.UPSTASH_REDIS_REST_TOKEN),
  telegram: createTelegram(settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_API_URL),
  now,
});
