import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { neonConfig } from '@neondatabase/serverless';
import pg from 'pg';
import type { SqlEngine } from '../../../dev/postgres/engine.ts';
import type { PostgresGateway } from '../../../dev/postgres/gateway.ts';
import { startPostgresGateway } from '../../../dev/postgres/gateway.ts';
import { openPglite } from '../../../dev/postgres/pglite.ts';
import { openServer } from '../../../dev/postgres/server.ts';
import { pgliteTemplate } from '../../../dev/postgres/template.ts';

/** What the gateway under test expects; the password has characters that a URL must escape. */
export const CONNECTION_STRING = 'postgresql://aist:p%40ss%2Fword@127.0.0.1/aist';

/** The real server of this run, if there is one. */
export const DATABASE_URL = process.env.DATABASE_URL;

/** A gateway with an empty database of its own behind it. */
export interface Stack {
  engine: SqlEngine;
  gateway: PostgresGateway;
  stop(): Promise<void>;
}

/** An empty in-memory PGlite, from a template kept between runs. */
export const openScratchPglite = async (dataDir?: string): Promise<SqlEngine> => {
  const cache = join(import.meta.dirname, '../../../node_modules/.cache');
  return openPglite({
    loadFrom: await pgliteTemplate(cache),
    ...(dataDir !== undefined && { dataDir }),
  });
};

const asAdmin = async (databaseUrl: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
};

/** A database made on the real server, its URL, and how to drop it. */
export const scratchDatabase = async (databaseUrl: string) => {
  const name = `gateway_test_${randomBytes(6).toString('hex')}`;
  await asAdmin(databaseUrl, `create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => asAdmin(databaseUrl, `drop database ${name} with (force)`) };
};

const openEngine = async (): Promise<{ engine: SqlEngine; discard: () => Promise<void> }> => {
  if (!DATABASE_URL) return { engine: await openScratchPglite(), discard: async () => undefined };
  const { url, drop } = await scratchDatabase(DATABASE_URL);
  return { engine: await openServer({ url }), discard: drop };
};

/**
 * Starts the gateway over PGlite, or over the server of DATABASE_URL, and points the driver at it.
 */
export const startStack = async (): Promise<Stack> => {
  const { engine, discard } = await openEngine();
  const gateway = await startPostgresGateway({ engine, connectionString: CONNECTION_STRING });
  neonConfig.fetchEndpoint = gateway.url;
  return {
    engine,
    gateway,
    async stop() {
      await gateway.close();
      await engine.close();
      await discard();
    },
  };
};
