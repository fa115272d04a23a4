import { join } from 'node:path';
import { openDatabase, openRedis } from '../../dev/stores.ts';

/**
 * The embedded stores behind their gateways, in memory. The arguments are the ports of Postgres and
 * Redis; the password of both is in PASSWORD.
 */

const [database = '', redis = ''] = process.argv.slice(2);
const password = process.env.PASSWORD ?? '';
const cacheDir = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

await openDatabase({ port: Number(database), password }, { cacheDir });
await openRedis({ port: Number(redis), password });
