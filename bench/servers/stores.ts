import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { databaseSettings, redisSettings } from '../../dev/stores.ts';
import type { ScratchDatabase } from '../../test/support/scratch-database.ts';
import { createScratchDatabase } from '../../test/support/scratch-database.ts';
import { withFigures } from './figures.ts';
import { start } from './start.ts';

/** The settings of a Worker that say where its stores are. */
export type StoreSettings = ReturnType<typeof databaseSettings> & ReturnType<typeof redisSettings>;

const databases: ScratchDatabase[] = [];

/** Removes what was made on the server of DATABASE_URL. */
export const dropDatabases = async (): Promise<void> => {
  await Promise.all(databases.splice(0).map((database) => database.drop()));
};

/**
 * Starts empty stores in a process of their own, or the gateways to the servers of DATABASE_URL (a
 * new database there) and REDIS_URL; returns the process, and the Worker's settings for them.
 */
export const startStores = async () => {
  const { DATABASE_URL, REDIS_URL } = process.env;
  const scratch = DATABASE_URL ? await createScratchDatabase(DATABASE_URL) : undefined;
  if (scratch) databases.push(scratch);
  const password = randomBytes(16).toString('hex');
  const [database, redis] = await Promise.all([freePort(), freePort()]);
  const script = join(import.meta.dirname, 'stores.process.ts');
  const started = await start({
    name: 'the stores',
    env: {
      PASSWORD: password,
      ...(scratch && { DATABASE_URL: scratch.url }),
      ...(REDIS_URL && { REDIS_URL }),
    },
    // The process listens at this port last.
    port: redis,
    args: () => ['--liftoff-only', script, String(database), String(redis)],
  });
  const settings: StoreSettings = {
    ...databaseSettings({ port: database, password }),
    ...redisSettings({ port: redis, password }),
  };
  return { gateways: withFigures(started), settings };
};
