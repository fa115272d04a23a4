import { join } from 'node:path';
import { neonConfig } from '@neondatabase/serverless';
import { migrate } from '../../dev/migrate.ts';
import { freePort } from '../../dev/ports.ts';
import { databaseSettings, openDatabase, openRedis, redisSettings } from '../../dev/stores.ts';
import { createScratchDatabase } from './scratch-database.ts';

/** Templates of an empty embedded database, which make the second start quick. */
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

/** The token of both gateways, recognizable, since no log may hold it. */
const PASSWORD = 'password-of-the-tests';

/**
 * Stores for tests behind their gateways: real servers where DATABASE_URL and REDIS_URL name them,
 * embedded ones otherwise.
 */
export interface TestStores {
  /** What the Worker is told. */
  readonly settings: Record<string, string>;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  close(): Promise<void>;
}

/** An empty database of its own, behind a gateway. */
export const openTestDatabase = async () => {
  const { DATABASE_URL } = process.env;
  const scratch = DATABASE_URL ? await createScratchDatabase(DATABASE_URL) : undefined;
  const place = { port: await freePort(), password: PASSWORD };
  const store = await openDatabase(place, { serverUrl: scratch?.url, cacheDir: CACHE });
  return {
    ...databaseSettings(place),
    close: async () => {
      await store.close();
      await scratch?.drop();
    },
  };
};

/** Opens both stores, with the newest schema. */
export const openTestStores = async (): Promise<TestStores> => {
  const redisPlace = { port: await freePort(), password: PASSWORD };
  const [{ close, ...database }, redis] = await Promise.all([
    openTestDatabase(),
    openRedis(redisPlace, { serverUrl: process.env.REDIS_URL }),
  ]);
  neonConfig.fetchEndpoint = database.DATABASE_ENDPOINT;
  await migrate(database.DATABASE_URL);
  return {
    settings: { ...database, ...redisSettings(redisPlace) },
    databaseUrl: database.DATABASE_ENDPOINT,
    redisUrl: redis.url,
    close: async () => {
      await Promise.all([close(), redis.close()]);
    },
  };
};
