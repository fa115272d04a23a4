import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../../dev/ports.ts';
import { databaseSettings, redisSettings } from '../../dev/stores.ts';
import { start } from './start.ts';

/**
 * Starts empty stores in a process of their own, or the gateways to the servers of DATABASE_URL and
 * REDIS_URL, and returns the Worker's settings for them.
 */
export const startStores = async () => {
  const { DATABASE_URL, REDIS_URL } = process.env;
  const password = randomBytes(16).toString('hex');
  const [database, redis] = await Promise.all([freePort(), freePort()]);
  const script = join(import.meta.dirname, 'stores.process.ts');
  await start({
    name: 'the stores',
    env: {
      PASSWORD: password,
      ...(DATABASE_URL && { DATABASE_URL }),
      ...(REDIS_URL && { REDIS_URL }),
    },
    // The process listens at this port last.
    port: redis,
    args: () => ['--liftoff-only', script, String(database), String(redis)],
  });
  return {
    ...databaseSettings({ port: database, password }),
    ...redisSettings({ port: redis, password }),
  };
};
