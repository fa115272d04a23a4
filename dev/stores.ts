import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgresGateway } from './postgres/gateway.ts';
import { openPglite } from './postgres/pglite.ts';
import { openServer as openPostgresServer } from './postgres/server.ts';
import { pgliteTemplate } from './postgres/template.ts';
import { openEmbedded } from './redis/embedded.ts';
import { startRedisGateway } from './redis/gateway.ts';
import { openServer as openRedisServer } from './redis/server.ts';

/** A gateway with the engine behind it. */
export interface Store {
  /** What stands behind the gateway, for people. */
  readonly engine: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Where a gateway listens on loopback, and the password that clients must have. */
export interface Place {
  readonly port: number;
  readonly password: string;
}

/** How the Worker is told of a database at a place. */
export const databaseSettings = ({ port, password }: Place) => ({
  DATABASE_URL: `postgresql://aist:${password}@127.0.0.1/aist`,
  DATABASE_ENDPOINT: `http://127.0.0.1:${port}/sql`,
});

/** How the Worker is told of a Redis at a place. */
export const redisSettings = ({ port, password }: Place) => ({
  UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${port}`,
  UPSTASH_REDIS_REST_TOKEN: password,
});

/** Which database to open. */
export interface DatabaseOptions {
  /** A real server, in place of the embedded one. */
  readonly serverUrl?: string | undefined;
  /** Where the embedded one keeps its data; in memory without it. */
  readonly dataDir?: string | undefined;
  /** Where to keep what makes an embedded one in memory quick to start the second time. */
  readonly cacheDir?: string | undefined;
}

/** Opens PostgreSQL behind Neon's SQL over HTTP: a given server, or PGlite in this process. */
export const openDatabase = async (place: Place, options: DatabaseOptions = {}): Promise<Store> => {
  const { serverUrl, dataDir } = options;
  const engine = serverUrl ? await openPostgresServer({ url: serverUrl }) : await openEmbeddedDatabase(options);
  const connectionString = databaseSettings(place).DATABASE_URL;
  const gateway = await startPostgresGateway({ engine, connectionString, port: place.port });
  return {
    engine: serverUrl ? 'the PostgreSQL of DATABASE_URL' : `PGlite, data in ${dataDir ?? 'memory'}`,
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await engine.close();
    },
  };
};

/** A folder that was never completely made, because its first start was cut short, holds nothing and is made anew. */
const openEmbeddedDatabase = async ({ dataDir, cacheDir }: DatabaseOptions) => {
  if (!dataDir) return openPglite(cacheDir ? { loadFrom: await pgliteTemplate(cacheDir) } : {});
  const folder = join(dataDir, 'postgres');
  const complete = join(dataDir, 'postgres.complete');
  if (!existsSync(complete)) rmSync(folder, { recursive: true, force: true });
  const engine = await openPglite({ dataDir: folder });
  writeFileSync(complete, '');
  return engine;
};

/** Opens Redis behind Upstash's REST: a given server, or an embedded one in this process, in memory. */
export const openRedis = async (place: Place, serverUrl?: string): Promise<Store> => {
  const engine = serverUrl ? await openRedisServer({ url: serverUrl }) : await openEmbedded();
  const gateway = await startRedisGateway({ engine, token: place.password, port: place.port });
  return {
    engine: serverUrl ? 'the Redis of REDIS_URL' : 'embedded, data in memory',
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await engine.close();
    },
  };
};
