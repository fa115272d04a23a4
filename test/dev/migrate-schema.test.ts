import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as callsSchema from '../../src/platform/db/calls-schema.ts';
import * as schema from '../../src/platform/db/schema.ts';
import { DatabaseUnderTest } from './support/database.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const DRIZZLE_KIT = join(ROOT, 'node_modules', 'drizzle-kit', 'bin.cjs');

const tables = Object.values({ ...schema, ...callsSchema })
  .filter((value) => is(value, PgTable))
  .map(getTableConfig);

let database: DatabaseUnderTest;

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
  await database.migrate();
});
afterAll(() => database.close());

/** PostgreSQL's name of a type, for those that drizzle calls otherwise. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  timestamp: 'timestamp without time zone',
  serial: 'integer',
};

test('a migrated database has the tables, columns and types of schema.ts, and no others', async () => {
  const promised = tables.flatMap(({ name: table, columns }) =>
    columns.map((column) => ({
      table,
      column: column.name,
      type: TYPE_NAMES[column.getSQLType()] ?? column.getSQLType(),
      required: column.notNull,
      filled: column.hasDefault,
    })),
  );
  const found =
    await database.sql`select table_name as table, column_name as column, data_type as type,
    is_nullable = 'NO' as required, column_default is not null as filled
    from information_schema.columns where table_schema = 'public'`;
  const lines = (columns: readonly object[]) =>
    columns.map((column) => JSON.stringify(column)).sort();
  expect(lines(found)).toEqual(lines(promised));
});

test('a migrated database has the keys and indexes of schema.ts by name, and no others', async () => {
  const promised = tables.flatMap((table) => [
    ...table.columns.filter((column) => column.primary).map(() => `${table.name}_pkey`),
    ...table.primaryKeys.map((key) => key.getName()),
    ...table.uniqueConstraints.map((constraint) => String(constraint.getName())),
    ...table.foreignKeys.map((key) => key.getName()),
    ...table.indexes.map(({ config }) => `${config.unique ? 'unique ' : ''}index ${config.name}`),
  ]);
  const found = await database.sql`
    select conname as name from pg_constraint
    where connamespace = 'public'::regnamespace and contype <> 'n'
    union all
    select case when indisunique then 'unique ' else '' end || 'index ' || relname
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace = 'public'::regnamespace
      and not exists (select from pg_constraint where conindid = indexrelid)`;
  expect(found.map(({ name }) => String(name)).sort()).toEqual(promised.sort());
});

test('drizzle-kit finds nothing in schema.ts that the migrations do not make', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'aist-drizzle-'));
  try {
    cpSync(join(ROOT, 'drizzle'), scratch, { recursive: true });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        DRIZZLE_KIT,
        ...[
          'generate',
          '--dialect',
          'postgresql',
          '--schema',
          './src/platform/db/*schema.ts',
          '--out',
          relative(ROOT, scratch),
        ],
      ],
      { cwd: ROOT },
    );
    expect(stdout).toContain('No schema changes');
    expect(contentOf(scratch)).toEqual(contentOf(join(ROOT, 'drizzle')));
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

/** Every file below a folder, with its text. */
const contentOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [relative(folder, file), readFileSync(file, 'utf8')]),
  );
