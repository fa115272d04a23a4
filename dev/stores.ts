import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keys } from '../src/platform/redis/keys.ts';
import type { SqlEngine } from './postgres/engine.ts';
import { startPostgresGateway } from './postgres/gateway.ts';
import type { RedisEngine } from './redis/engine.ts';
import { startRedisGateway } from './redis/gateway.ts';
import { databaseName } from './report.ts';

// Engines are imported where they are opened: two of the four are not needed, and the Worker of
// `npm start` starts meanwhile.

/** A gateway with the engine behind it. */
export interface Store {
  /** Names the engine behind the gateway for people. */
  readonly engine: string;
  readonly url: string;
  close(): Promise<void>;
}

/** The port of a gateway on loopback, and the password that clients must have. */
export interface Place {
  readonly port: number;
  readonly password: string;
}

/** The Worker's settings for a database at a place. */
export const databaseSettings = ({ port, password }: Place) => ({
  DATABASE_URL: `postgresql://aist:${password}@127.0.0.1/aist`,
  DATABASE_ENDPOINT: `http://127.0.0.1:${port}/sql`,
});

/** The Worker's settings for a Redis at a place. */
export const redisSettings = ({ port, password }: Place) => ({
  UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${port}`,
  UPSTASH_REDIS_REST_TOKEN: password,
});

/** Which database to open. */
export interface DatabaseOptions {
  /** A real server in place of the embedded engine. */
  readonly serverUrl?: string | undefined;
  /** The folder for the embedded engine's data (of Redis only sessions); in memory without it. */
  readonly dataDir?: string | undefined;
  /** The folder for a template that makes an engine in memory start quickly the second time. */
  readonly cacheDir?: string | undefined;
}

/** Opens PostgreSQL behind Neon's SQL over HTTP: a given server, or PGlite in this process. */
export const openDatabase = async (place: Place, options: DatabaseOptions = {}): Promise<Store> => {
  const { serverUrl, dataDir } = options;
  const engine = serverUrl
    ? await (await import('./postgres/server.ts')).openServer({ url: serverUrl })
    : await openEmbeddedDatabase(options);
  const connectionString = databaseSettings(place).DATABASE_URL;
  const gateway = await startPostgresGateway({ engine, connectionString, port: place.port });
  return {
    engine: serverUrl
      ? `the PostgreSQL of DATABASE_URL, ${databaseName(serverUrl)}`
      : `PGlite, data in ${dataDir ?? 'memory'}`,
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await engine.close();
    },
  };
};

/** Opens PGlite. A folder whose first start was cut short holds nothing and is made anew. */
const openEmbeddedDatabase = async ({ dataDir, cacheDir }: DatabaseOptions): Promise<SqlEngine> => {
  const { openPglite } = await import('./postgres/pglite.ts');
  if (!dataDir) {
    if (!cacheDir) return openPglite();
    const { pgliteTemplate } = await import('./postgres/template.ts');
    return openPglite({ loadFrom: await pgliteTemplate(cacheDir) });
  }
  const folder = join(dataDir, 'postgres');
  const complete = join(dataDir, 'postgres.complete');
  if (!existsSync(complete)) rmSync(folder, { recursive: true, force: true });
  const engine = await openPglite({ dataDir: folder });
  writeFileSync(complete, '');
  return engine;
};

/** Which Redis to open. */
export type RedisOptions = Pick<DatabaseOptions, 'serverUrl' | 'dataDir'>;

/** Opens Redis behind Upstash's REST: a given server, or an embedded one in this process. */
export const openRedis = async (place: Place, options: RedisOptions = {}): Promise<Store> => {
  const { serverUrl, dataDir } = options;
  const engine = serverUrl
    ? await (await import('./redis/server.ts')).openServer({ url: serverUrl })
    : await openEmbeddedRedis(dataDir);
  const gateway = await startRedisGateway({ engine, token: place.password, port: place.port });
  return {
    engine: serverUrl
      ? 'the Redis of REDIS_URL'
      : `embedded, ${dataDir ? 'only sessions outlive it' : 'data in memory'}`,
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await engine.close();
    },
  };
};

/** Opens an embedded Redis. Sessions survive a restart; limits and codes begin anew. */
const openEmbeddedRedis = async (dataDir: string | undefined): Promise<RedisEngine> => {
  const { openEmbedded } = await import('./redis/embedded.ts');
  const engine = await openEmbedded();
  if (!dataDir) return engine;
  const { keepHashes } = await import('./redis/kept.ts');
  return keepHashes(engine, keys.sessions('*'), join(dataDir, 'sessions.json'));
};
