import type { Database } from '../platform/db/client.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import type { Settings } from '../platform/settings.ts';
import type { Telegram } from './api.ts';

/** What sending a message works with: the settings, the stores, the bot and the clock. */
export interface TelegramServices {
  readonly settings: Settings;
  readonly db: Database;
  readonly redis: RedisClient;
  readonly telegram: Telegram;
  /** The time in milliseconds since 1970. */
  now(): number;
}
