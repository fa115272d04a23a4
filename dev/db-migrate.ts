import { randomBytes } from 'node:crypto';
import { neonConfig } from '@neondatabase/serverless';
import { migrate } from './migrate.ts';
import { databaseSettings, openDatabase } from './stores.ts';

/**
 * `npm run db:migrate`: brings the database of DATABASE_URL to the newest schema. Neon is reached over HTTPS as the Worker reaches it, or where
 * DATABASE_ENDPOINT says; any other server over its own protocol, through a gateway that lives for the time of the migration.
 */

const { DATABASE_URL, DATABASE_ENDPOINT } = process.env;

const USAGE = 'DATABASE_URL=postgres://user:password@host/database npm run db:migrate';

/** The address of the database. What cannot be parsed is not shown: it may hold a password. */
const parseUrl = (given: string | undefined): URL => {
  if (!given) throw new Error(`DATABASE_URL is not set. Say which database is meant: ${USAGE}`);
  const url = URL.parse(given);
  const complete = url && /^postgres(ql)?:$/.test(url.protocol) && url.hostname && url.pathname.length > 1;
  if (!complete) throw new Error(`DATABASE_URL is no address of a PostgreSQL database. Say which is meant: ${USAGE}`);
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

/** What went wrong at the bottom of it, in one line. The driver says "fetch failed" of what never arrived, and quotes an answer that is no SQL error. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const below = 'sourceError' in error ? error.sourceError : error.cause;
  if (below instanceof Error) return reasonOf(below);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const quoted = /^Server error \(HTTP status \d+\): .*?"message":"([^"]*)"/s.exec(error.message)?.[1];
  const message = (quoted ?? error.message).replaceAll(/\s+/g, ' ').trim();
  if (!message) return code || error.name;
  return code && !message.includes(code) ? `${message} (${code})` : message;
};

try {
  const url = parseUrl(DATABASE_URL);
  const where = `${url.host}${url.pathname}`;
  const overHttp = DATABASE_ENDPOINT || url.hostname.endsWith('.neon.tech');
  try {
    const applied = await (overHttp ? migrateOverHttp(url) : migrateThroughGateway(url));
    const outcome = applied === 0 ? 'up to date' : `${applied} migration${applied === 1 ? '' : 's'} applied`;
    console.log(`${where}: ${outcome}.`);
  } catch (error) {
    throw new Error(`${where} was not migrated: ${reasonOf(error)}`, { cause: error });
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
