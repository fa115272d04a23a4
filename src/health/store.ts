import type { Database } from '../db/client.ts';
import { ask } from '../db/client.ts';
import { telegramLinks } from '../db/schema.ts';
import type { RedisClient } from '../redis/client.ts';

/** Throws unless the database answers and was migrated to our schema. */
export const checkDatabase = (db: Database): Promise<unknown> =>
  ask('readiness', db.select({ phone: telegramLinks.phone }).from(telegramLinks).limit(1), () => undefined);

/** Throws unless Redis answers. */
export const checkRedis = (redis: RedisClient): Promise<void> => redis.ping();
