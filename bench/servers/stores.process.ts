import { join } from 'node:path';
import { openDatabase, openRedis } from '../../dev/stores.ts';

/**
 * The stores behind their gateways: embedded ones in memory, or the servers of DATABASE_URL and
 * REDIS_URL. The arguments are the ports of Postgres and Redis; PASSWORD is the password of both.
 * The first line that is written is the process id.
 */

console.log(process.pid);

const [database = '', redis = ''] = process.argv.slice(2);
const { PASSWORD: password = '', DATABASE_URL, REDIS_URL } = process.env;
const cacheDir = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

await openDatabase(
  { port: Number(database), password },
  DATABASE_URL ? { serverUrl: DATABASE_URL } : { cacheDir },
);
await openRedis({ port: Number(redis), password }, REDIS_URL ? { serverUrl: REDIS_URL } : {});
