import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NeonDbError, neon } from '@neondatabase/serverless';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { checkOwnership } from './database-owner.ts';

/** The folder where drizzle-kit puts the migrations. */
const FOLDER = join(import.meta.dirname, '..', 'drizzle');

/** Creates the table that drizzle keeps itself, so that its tools see which migrations ran. */
const JOURNAL = [
  // Makes the session see a schema that another session has made while this one waited. Without
  // this line "if not exists" can fail.
  'select from pg_namespace limit 0',
  'create schema if not exists drizzle',
  `create table if not exists drizzle.__drizzle_migrations
    (id serial primary key, hash text not null, created_at bigint)`,
  `create unique index if not exists __drizzle_migrations_created_at
    on drizzle.__drizzle_migrations (created_at)`,
];

/** The number of the advisory lock: any will do if all migrations take the same. */
const LOCK = 7_241_985;

/**
 * How long a migration waits for one lock, since everybody who needs the table waits behind it.
 * Then it gives way, and tries again after a pause. The time is less than PostgreSQL's
 * deadlock_timeout of a second, so that the migration gives way and nobody else does.
 */
const LOCK_TIMEOUT_MS = 500;
const LOCK_TRIES = 30;
const LOCK_PAUSE_MS = 2_000;

/** The SQLSTATEs of a transaction that gave way to others: no lock in time, and a deadlock. */
const GAVE_WAY = new Set(['55P03', '40P01']);

/** How a migration waits for locks; tests have less patience. */
export interface Patience {
  readonly tries?: number;
  readonly pauseMs?: number;
}

/** Whether the database refused a statement with such a SQLSTATE. */
const hasCode = (error: unknown, isMeant: (code: string) => boolean): error is NeonDbError =>
  error instanceof NeonDbError && isMeant(error.code ?? '');

/** Runs a transaction, and runs it again when it gave way to others. */
const tryAgain = async (run: () => Promise<unknown>, patience: Patience): Promise<void> => {
  const { tries = LOCK_TRIES, pauseMs = LOCK_PAUSE_MS } = patience;
  for (let left = tries - 1; ; left -= 1) {
    try {
      await run();
      return;
    } catch (error) {
      if (!hasCode(error, (code) => GAVE_WAY.has(code))) throw error;
      if (left === 0) {
        const why = `other sessions held their locks through ${tries} tries`;
        const message = `${why}. Nothing is half done; try again at a quieter time`;
        throw new Error(message, { cause: error });
      }
      await delay(pauseMs);
    }
  }
};

/**
 * Brings a database to the newest schema. Each migration is one transaction: all its statements and
 * its line in the journal take effect, or none does. (Drizzle's own migrator for Neon runs
 * statement by statement, and stops half-way when one fails.) Several processes may migrate at
 * once.
 *
 * @param url the postgres:// URL; SQL over HTTP goes to `neonConfig.fetchEndpoint`
 * @returns how many migrations were applied
 * @throws {Error} before anything is changed, when the database is somebody else's
 */
export const migrate = async (url: string, patience: Patience = {}): Promise<number> => {
  const sql = neon(url);
  const locked = (statements: string[]) =>
    sql.transaction([
      sql`select pg_advisory_xact_lock(${LOCK})`,
      // The limit comes after the line above: migrations wait for one another without a limit.
      sql.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`),
      ...statements.map((text) => sql.query(text)),
    ]);
  const migrations = readMigrationFiles({ migrationsFolder: FOLDER });
  await checkOwnership(sql, new Set(migrations.map(({ folderMillis }) => folderMillis)));
  await tryAgain(() => locked(JOURNAL), patience);
  let applied = 0;
  for (const migration of migrations) {
    const { hash, folderMillis } = migration;
    const [done] = await sql`
      select 1 from drizzle.__drizzle_migrations where created_at = ${folderMillis}`;
    if (done) continue;
    const note = `insert into drizzle.__drizzle_migrations (hash, created_at)
      values ('${hash}', ${folderMillis})`;
    try {
      // The note comes first: another process that migrates at the same time fails on it before it
      // does anything twice.
      await tryAgain(() => locked([note, ...migration.sql]), patience);
      applied += 1;
    } catch (error) {
      const isTaken = hasCode(error, (code) => code === '23505');
      if (!(isTaken && error.table === '__drizzle_migrations')) throw error;
    }
  }
  return applied;
};
