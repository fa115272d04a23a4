import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseUnderTest, MIGRATIONS } from './support/database.ts';
import { FULL_LEGACY, LEGACY_DATABASES } from './support/legacy.ts';

let database: DatabaseUnderTest;

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.empty();
  await database.run('drop schema if exists shop cascade');
});

/** Every schema, table, view and column of the database. */
const everything = () => database.sql`
  select nspname || '.' || relname as name, attname, format_type(atttypid, atttypmod) as type
  from pg_namespace left join pg_class on relnamespace = pg_namespace.oid
    left join pg_attribute on attrelid = pg_class.oid and attnum > 0
  where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1, 2`;

const JOURNAL = [
  'create schema drizzle',
  'create table drizzle.__drizzle_migrations (id serial primary key, hash text, created_at bigint)',
];
const SHOP_USERS = 'create table users (id serial primary key, email text)';

describe('a database is refused, named and left as it is', () => {
  test.each<[string, readonly string[], RegExp]>([
    ["another application's users", [SHOP_USERS], /users has no column phone/],
    [
      'tables of other names',
      ['create table orders (id int)', 'create table t2 (id int)'],
      /its tables are orders, t2\b/,
    ],
    [
      'more tables than anybody reads',
      Array.from({ length: 9 }, (_, n) => `create table t${n} (id int)`),
      /t0, t1, t2, t3, t4 and 4 more/,
    ],
    [
      'a schema of its own',
      ['create schema shop', 'create table shop.orders (id int)'],
      /shop\.orders/,
    ],
    ['a view', ['create view users as select 1 as id'], /users has no column phone/],
    [
      'a partitioned table',
      ['create table logs (at date) partition by range (at)'],
      /its tables are logs/,
    ],
    ['a table without columns', ['create table nothing ()'], /its tables are nothing/],
    [
      'users who have phones as well',
      [
        `create table users
          (id text primary key, phone text, public_key text, created_at timestamp)`,
      ],
      /its tables are users/,
    ],
    [
      'the same columns of other types',
      [...FULL_LEGACY.tables, 'alter table users alter column id type uuid using null'],
      /users\.id is uuid, not text/,
    ],
    [
      'messages of another kind',
      [
        ...(LEGACY_DATABASES['the oldest one, without any of these']?.tables ?? []),
        'create table messages (id bigint, body text)',
      ],
      /messages\.id is bigint, not text/,
    ],
    [
      'calls of another kind',
      [...FULL_LEGACY.tables, 'create table calls (id text primary key, at date)'],
      /it has calls, but no list of migrations/,
    ],
    [
      "another application's migrations",
      [
        ...JOURNAL,
        `insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 1700000000000)`,
      ],
      /its migrations .* are not AIST/,
    ],
  ])('a database with %s is refused, named and left as it is', async (_, statements, reason) => {
    await database.run(...statements);
    const before = await everything();
    const refusal = await database.migrate().catch((error: Error) => error.message);
    const [row] = await database.sql`select current_database() as name`;
    expect(refusal).toMatch(reason);
    expect(refusal).toContain(`"${row?.name}"`);
    expect(refusal).toMatch(
      /Nothing in it was changed\.\nSet DATABASE_URL to .*createdb.* or unset it/,
    );
    expect(await everything()).toEqual(before);
  });

  test('a database that was migrated before anybody looked is refused as well', async () => {
    await database.run(SHOP_USERS, 'alter table users add column username text');
    await database.run(...JOURNAL);
    const [first] = await database.sql`select ${1795346693967}::text as created`;
    await database.sql`insert into drizzle.__drizzle_migrations (hash, created_at)
      values ('x', ${first?.created})`;
    await expect(database.migrate()).rejects.toThrow('users has no column phone');
  });
});

describe('a database is migrated', () => {
  test('a database of the legacy server is migrated, with a table of its operator beside it', async () => {
    await database.become(FULL_LEGACY);
    await database.run(
      'create table notes (id int)',
      'create view recent as select * from messages',
    );
    expect(await database.migrate()).toBe(MIGRATIONS);
  });

  test('a database is migrated whose list of migrations a failure at the first left empty', async () => {
    await database.become(FULL_LEGACY);
    await database.run(...JOURNAL);
    expect(await database.migrate()).toBe(MIGRATIONS);
  });

  test('a database of ours is migrated that has a table and a later migration more', async () => {
    await database.migrate();
    await database.run('create table notes (id int)', 'alter table users add column bio text');
    await database.run(
      `insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9900000000000)`,
    );
    expect(await database.migrate()).toBe(0);
  });
});
