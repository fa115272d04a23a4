import type { NeonQueryFunction } from '@neondatabase/serverless';
import { neon, neonConfig } from '@neondatabase/serverless';
import { Client } from 'pg';
import { migrate } from '../../../dev/migrate.ts';
import journal from '../../../drizzle/meta/_journal.json' with { type: 'json' };
import { openTestDatabase } from '../../support/stores.ts';
import type { LegacyDatabase } from './legacy.ts';

/** A row as JSON, so that no driver's reading of a type stands between what was and what is. */
export type Row = Record<string, unknown>;

/** What tools see of a schema, column order aside: each entry is one line of text, sorted. */
export interface Schema {
  readonly columns: readonly string[];
  readonly constraints: readonly string[];
  readonly indexes: readonly string[];
}

/** How many migrations there are. */
export const MIGRATIONS: number = journal.entries.length;

/** How many migrations come before the one with this tag. */
export const migrationsBefore = (tag: string): number => {
  const index = journal.entries.findIndex((entry) => entry.tag === tag);
  if (index < 0) throw new Error(`There is no migration ${tag}`);
  return index;
};

/** A database of the test's own, to be filled, migrated and looked at. */
export class DatabaseUnderTest {
  readonly sql: NeonQueryFunction<false, false>;
  readonly url: string;
  readonly close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.sql = neon(url);
    this.close = close;
  }

  /** An empty one: embedded, or on the server of DATABASE_URL. The driver is pointed at it. */
  static async open(): Promise<DatabaseUnderTest> {
    const database = await openTestDatabase();
    neonConfig.fetchEndpoint = database.DATABASE_ENDPOINT;
    return new DatabaseUnderTest(database.DATABASE_URL, database.close);
  }

  /** Another session of the same database, which only a real server has. */
  async connect(serverUrl: string): Promise<Client> {
    const [row] = await this.sql`select current_database() as name`;
    const url = new URL(serverUrl);
    url.pathname = `/${row?.name}`;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    return client;
  }

  /** Runs statements one after the other. */
  async run(...statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.sql.query(statement);
  }

  /** Makes it empty again, which is faster than to open another. */
  async empty(): Promise<void> {
    await this.run(
      'drop schema if exists drizzle cascade',
      'drop schema public cascade',
      'create schema public',
    );
  }

  /** Makes it what the legacy server left behind, with the rows or without. */
  async become({ tables, rows }: LegacyDatabase, withRows = true): Promise<void> {
    await this.empty();
    await this.run(...tables, ...(withRows ? rows : []));
  }

  /** Migrates it, and returns how many migrations were applied. */
  migrate(): Promise<number> {
    return migrate(this.url);
  }

  /** How many migrations are written down as applied. */
  async journal(): Promise<number> {
    const [row] = await this.sql`select count(*)::int as lines from drizzle.__drizzle_migrations`;
    return row?.lines;
  }

  /** The schema of its tables. */
  async schema(): Promise<Schema> {
    const lines = async (query: string): Promise<string[]> =>
      (await this.sql.query(query)).map((row) => String(row.line)).sort();
    return {
      columns: await lines(`select concat_ws(' ', table_name, column_name, data_type, is_nullable,
          column_default) as line
        from information_schema.columns where table_schema = 'public'`),
      constraints: await lines(`select concat_ws(' ', conrelid::regclass, conname,
          pg_get_constraintdef(oid)) as line
        from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'`),
      indexes: await lines(
        `select concat_ws(' ', indexname, indexdef) as line from pg_indexes
        where schemaname = 'public'`,
      ),
    };
  }

  /** All rows of all tables, by table. */
  async rows(): Promise<Record<string, Row[]>> {
    const tables = await this
      .sql`select table_name as name from information_schema.tables where table_schema = 'public'`;
    const all: Record<string, Row[]> = {};
    for (const { name } of tables) {
      const rows = await this.sql.query(
        `select to_jsonb(t)::text as row from "${name}" t order by to_jsonb(t)->>'id', t::text`,
      );
      all[name] = rows.map(({ row }) => JSON.parse(String(row)));
    }
    return all;
  }
}
