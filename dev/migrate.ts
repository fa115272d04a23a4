import { join } from 'node:path';
import { NeonDbError, neon } from '@neondatabase/serverless';
import { readMigrationFiles } from 'drizzle-orm/migrator';

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
 * Brings a database to the newest schema. Each migration is one transaction: it is there with all its statements and its line in the journal, or
 * not at all. (Drizzle's own migrator for Neon runs statement by statement, and stops half-way when one fails.) Several may migrate at once.
 *
 * @param url the postgres:// URL of the database; its SQL over HTTP is spoken where `neonConfig.fetchEndpoint` says
 * @returns how many migrations were applied
 */
export const migrate = async (url: string): Promise<number> => {
  const sql = neon(url);
  const locked = (statements: string[]) =>
    sql.transaction([sql`select pg_advisory_xact_lock(${LOCK})`, ...statements.map((text) => sql.query(text))]);
  await locked(JOURNAL);
  let applied = 0;
  for (const migration of readMigrationFiles({ migrationsFolder: FOLDER })) {
    const [done] = await sql`select 1 from drizzle.__drizzle_migrations where created_at = ${migration.folderMillis}`;
    if (done) continue;
    const note = `insert into drizzle.__drizzle_migrations (hash, created_at) values ('${migration.hash}', ${migration.folderMillis})`;
    try {
      // The note comes first: whoever else migrates at the same time fails on it, before anything is done twice.
      await locked([note, ...migration.sql]);
      applied += 1;
    } catch (error) {
      const other = error instanceof NeonDbError && error.code === '23505' && error.table === '__drizzle_migrations';
      if (!other) throw error;
    }
  }
  return applied;
};
