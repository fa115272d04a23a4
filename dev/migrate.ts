import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NeonDbError, neon } from '@neondatabase/serverless';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { checkOwnership } from './database-owner.ts';

/** Where drizzle-kit puts the migrations. */
const FOLDER = join(import.meta.dirname, '..', 'drizzle');

/** The table is drizzle's own, so that its tools see what has been done. */
const JOURNAL = [
  // Makes the session see a schema that another one made while this one waited; without it "if not exists" can fail on it.
  'select from pg_namespace limit 0',
  'create schema if not exists drizzle',
  `create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
  `create unique index if not exists __drizzle_migrations_created_at on drizzle.__drizzle_migrations (created_at)`,
];

/** Any number will do, as long as all who migrate take the same. */
const LOCK = 7_241_985;

/**
 * How long a migration waits for one lock, in milliseconds: whoever comes to the table later waits
 * behind it. Then it gives way, and tries again after a pause, so many times in all. It is less
 * than
 * PostgreSQL's deadlock_timeout of a second, so that the migration gives way and nobody else does.
 */
const LOCK_TIMEOUT_MS = 500;
const LOCK_TRIES = 30;
const LOCK_PAUSE_MS = 2_000;

/** SQLSTATEs of a transaction that gave way to others: no lock in time, and a deadlock. */
const GAVE_WAY = new Set(['55P03', '40P01']);

/** How a migration waits for locks; tests have less patience. */
export interface Patience {
  readonly tries?: number;
  readonly pauseMs?: number;
}

/** Whether the database says so of a statement. */
const hasCode = (error: unknown, isMeant: (code: string) => boolean): error is NeonDbError =>
  error instanceof NeonDbError && isMeant(error.code ?? '');

/** Runs a transaction, and again when it gave way to others. */
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
 * Brings a database to the newest schema. Each migration is one transaction: it is there with all its statements and its line in the journal, or
 * not at all. (Drizzle's own migrator for Neon runs statement by statement, and stops half-way when one fails.) Several may migrate at once.
 *
 * @param url the postgres:// URL of the database; its SQL over HTTP is spoken where `neonConfig.fetchEndpoint` says
 * @returns how many migrations were applied
 * @throws when the database holds what is not ours, before anything is changed
 */
export const migrate = async (url: string, patience: Patience = {}): Promise<number> => {
  const sql = neon(url);
  const locked = (statements: string[]) =>
    sql.transaction([
      sql`select pg_advisory_xact_lock(${LOCK})`,
      // After the line above: those who migrate wait for one another as long as it takes.
      sql.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`),
      ...statements.map((text) => sql.query(text)),
    ]);
  const migrations = readMigrationFiles({ migrationsFolder: FOLDER });
  await checkOwnership(sql, new Set(migrations.map(({ folderMillis }) => folderMillis)));
  await tryAgain(() => locked(JOURNAL), patience);
  let applied = 0;
  for (const migration of migrations) {
    const [done] =
      await sql`select 1 from drizzle.__drizzle_migrations where created_at = ${migration.folderMillis}`;
    if (done) continue;
    const note = `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${migration.hash}', ${migration.folderMillis})`;
    try {
      // The note comes first: whoever else migrates at the same time fails on it, before anything is done twice.
      await tryAgain(() => locked([note, ...migration.sql]), patience);
      applied += 1;
    } catch (error) {
      const isTaken = hasCode(error, (code) => code === '23505');
      if (!(isTaken && error.table === '__drizzle_migrations')) throw error;
    }
  }
  return applied;
};
