import { randomBytes } from 'node:crypto';
import { neonConfig } from '@neondatabase/serverless';
import { migrate } from './migrate.ts';
import { reasonOf } from './reason.ts';
import { databaseName, migrationOutcome } from './report.ts';
import { databaseSettings, openDatabase } from './stores.ts';

/**
 * `npm run db:migrate`: brings the database of DATABASE_URL to the newest schema. Neon is reached
 * over HTTPS as the Worker reaches it, or at DATABASE_ENDPOINT. Any other server is reached over
 * its own protocol, through a gateway that lives as long as the migration.
 */

const { DATABASE_URL, DATABASE_ENDPOINT } = process.env;

const USAGE = 'DATABASE_URL=postgres://user:password@host/database npm run db:migrate';

/** Parses the address of the database. A wrong one is not shown, since it may hold a password. */
const parseUrl = (given: string | undefined): URL => {
  if (!given) throw new Error(`DATABASE_URL is not set. Say which database is meant: ${USAGE}`);
  const url = URL.parse(given);
  const complete =
    url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname && url.pathname.length > 1;
  if (!complete)
    throw new Error(
      `DATABASE_URL is no address of a PostgreSQL database. Say which is meant: ${USAGE}`,
    );
  return url;
};

/** Migrates over HTTP, at the endpoint that is set or at Neon's own. */
const migrateOverHttp = (url: URL): Promise<number> => {
  if (DATABASE_ENDPOINT) neonConfig.fetchEndpoint = DATABASE_ENDPOINT;
  return migrate(url.href);
};

const migrateThroughGateway = async (url: URL): Promise<number> => {
  const place = { port: 0, password: randomBytes(24).toString('base64url') };
  const store = await openDatabase(place, { serverUrl: url.href });
  try {
    neonConfig.fetchEndpoint = store.url;
    return await migrate(databaseSettings(place).DATABASE_URL);
  } finally {
    await store.close();
  }
};

try {
  const url = parseUrl(DATABASE_URL);
  const where = databaseName(url.href);
  const overHttp = DATABASE_ENDPOINT || url.hostname.endsWith('.neon.tech');
  try {
    const applied = await (overHttp ? migrateOverHttp(url) : migrateThroughGateway(url));
    console.log(`${where}: ${migrationOutcome(applied)}.`);
  } catch (error) {
    throw new Error(`${where} was not migrated: ${reasonOf(error)}`, { cause: error });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
