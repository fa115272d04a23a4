import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Row, Schema } from './support/database.ts';
import { DatabaseUnderTest, MIGRATIONS, migrationsBefore } from './support/database.ts';
import { FULL_LEGACY, LEGACY_DATABASES } from './support/legacy.ts';

let database: DatabaseUnderTest;
let wanted: Schema;

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
  expect(await database.migrate()).toBe(MIGRATIONS);
  wanted = await database.schema();
});
afterAll(() => database.close());
beforeEach(() => database.empty());

const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0);

/** What the migration counts in what was there, or sets to where counting begins. */
const DERIVED = new Set([
  ...['chats.last_seq', 'chats.version', 'chats.pair', 'chats.large', 'users.key_version'],
  ...['chat_members.from_seq', 'chat_members.read_seq', 'chat_members.own_unread'],
  ...['messages.seq', 'messages.version', 'messages.attachment_size'],
]);

/** Keeps of each row only the columns that it had before. */
const cutTo = (before: readonly Row[], after: readonly Row[]): Row[] =>
  after.map((row) =>
    Object.fromEntries(Object.keys(before[0] ?? {}).map((column) => [column, row[column]])),
  );

describe.each(Object.entries(LEGACY_DATABASES))('the migration of %s', (_, legacy) => {
  test('the migration makes the schema that an empty database gets', async () => {
    await database.become(legacy);
    expect(await database.migrate()).toBe(MIGRATIONS);
    expect(await database.schema()).toEqual(wanted);
  });

  test('the migration makes the same of a legacy database without rows', async () => {
    await database.become(legacy, false);
    expect(await database.migrate()).toBe(MIGRATIONS);
    expect(await database.schema()).toEqual(wanted);
  });

  test('the migration keeps every row and value, and invents none', async () => {
    await database.become(legacy);
    const before = await database.rows();
    await database.migrate();
    const after = await database.rows();
    for (const [table, rows] of Object.entries(before)) {
      const kept = after[table] ?? [];
      expect(cutTo(rows, kept), table).toEqual(rows);
      const columns = new Set(Object.keys(rows[0] ?? {}));
      const added = kept.flatMap((row) =>
        Object.entries(row).filter(
          ([column]) => !columns.has(column) && !DERIVED.has(`${table}.${column}`),
        ),
      );
      expect(new Set(added.map(([, value]) => value)), `new columns of ${table}`).toEqual(
        new Set(added.length > 0 ? [null] : []),
      );
    }
    expect(after.renamed_usernames).toEqual([]);
  });

  test('after the migration defaults are filled in, numbers go on and keys hold as before', async () => {
    await database.become(legacy);
    const before = await database.rows();
    await database.migrate();
    const { sql } = database;
    const [user] = await sql`insert into users (id, phone) values ('new', '+79995550000')
      returning abs(extract(epoch from now() at time zone 'utc' - created_at)) < 60 as created_now,
        updated_at = created_at as same, username`;
    expect(user).toEqual({ created_now: true, same: true, username: null });
    const [chat] = await sql`insert into chats (id) values ('new')
        returning type, created_at is not null as dated`;
    expect(chat).toEqual({ type: 'user', dated: true });
    const [message] = await sql`insert into messages (id) values ('new') returning text, chat_id`;
    expect(message).toEqual({ text: '', chat_id: null });
    const numbers = (before.message_logs ?? []).map(({ id }) => Number(id));
    const [log] = await sql`insert into message_logs (to_user) values ('b') returning id`;
    expect(log).toEqual({ id: Math.max(0, ...numbers) + 1 });
    const orphan = sql`insert into chat_members (chat_id, user_id) values ('no such chat', 'new')`;
    await expect(orphan).rejects.toMatchObject({ code: '23503' });
    const twin = sql`insert into users (id, phone) values ('twin', '+79995550000')`;
    await expect(twin).rejects.toMatchObject({ code: '23505', constraint: 'users_phone_key' });
  });
});

test('migrating a second time changes nothing', async () => {
  await database.become(FULL_LEGACY);
  await database.migrate();
  const [schema, rows, journal] = [
    await database.schema(),
    await database.rows(),
    await database.journal(),
  ];
  expect(await database.migrate()).toBe(0);
  expect([await database.schema(), await database.rows(), await database.journal()]).toEqual([
    schema,
    rows,
    journal,
  ]);
});

test.each([['an empty database'], ['a legacy one']])(
  'five migrate %s at once, each migration is done once',
  async (which) => {
    if (which !== 'an empty database') await database.become(FULL_LEGACY);
    const applied = await Promise.all(Array.from({ length: 5 }, () => database.migrate()));
    expect(sum(applied)).toBe(MIGRATIONS);
    expect(await database.journal()).toBe(MIGRATIONS);
    expect(await database.schema()).toEqual(wanted);
  },
);

// Each PostgreSQL session caches failed lookups, and pooled sessions live on between migrations.
test('five migrate at once on sessions that saw the database without a journal', async () => {
  await database.become(FULL_LEGACY);
  const look = () => database.sql`select to_regnamespace('drizzle') as journal, pg_sleep(0.1)`;
  const seen = await Promise.all(Array.from({ length: 5 }, look));
  expect(seen.flat().map(({ journal }) => journal)).toEqual([null, null, null, null, null]);
  const applied = await Promise.all(Array.from({ length: 5 }, () => database.migrate()));
  expect(sum(applied)).toBe(MIGRATIONS);
  expect(await database.schema()).toEqual(wanted);
});

/** The foreign keys, by whether the rows that were there before them are checked. */
const keysThatAreValid = (valid: boolean) => database.sql`
  select conname as name from pg_constraint where contype = 'f' and convalidated = ${valid}
    and conname in ('messages_chat_id_fkey', 'chat_members_chat_id_fkey') order by 1`;

test('a migration that fails half-way leaves nothing behind, and works once the cause is gone', async () => {
  const tables = FULL_LEGACY.tables.map((table) => table.replace('REFERENCES chats(id)', ''));
  await database.become({ ...FULL_LEGACY, tables });
  await database.run(`insert into messages (id, chat_id) values ('orphan', 'no such chat')`);
  const rows = await database.rows();
  const failed = { code: '23503', constraint: 'messages_chat_id_fkey' };
  await expect(database.migrate()).rejects.toMatchObject(failed);
  // The first statement of 0005 alone would have been right.
  const applied = migrationsBefore('0005_valid_keys');
  expect(await database.journal()).toBe(applied);
  expect(await keysThatAreValid(true)).toEqual([]);
  expect(await keysThatAreValid(false)).toHaveLength(2);
  const after = await database.rows();
  expect(after.messages).toEqual(rows.messages);

  await database.run(`delete from messages where id = 'orphan'`);
  expect(await database.migrate()).toBe(MIGRATIONS - applied);
  expect(await database.schema()).toEqual(wanted);
});
