import { NeonDbError, neon } from '@neondatabase/serverless';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { CONNECTION_STRING, startStack } from './stack.ts';

const sql = neon(CONNECTION_STRING);
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await sql`create table person (
    id int primary key,
    name text not null,
    age int constraint adult check (age >= 18),
    email text constraint person_email unique
  )`;
  await sql`create table pet (
    owner int constraint pet_owner references person deferrable initially deferred,
    tag int references person)`;
  await sql`insert into person values (1, 'Ann', 30, 'ann@x')`;
});
afterAll(() => stack.stop());

/** The error the driver throws for a statement. */
const errorOf = async (statement: string, params: unknown[] = []): Promise<unknown> =>
  sql.query(statement, params).then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('errors carry what Postgres says', () => {
  test('a unique violation names constraint, table and key', async () => {
    const error = await errorOf("insert into person values (2, 'Bob', 40, 'ann@x')");
    expect(error).toBeInstanceOf(NeonDbError);
    expect(error).toMatchObject({
      message: 'duplicate key value violates unique constraint "person_email"',
      severity: 'ERROR',
      code: '23505',
      detail: 'Key (email)=(ann@x) already exists.',
      schema: 'public',
      table: 'person',
      constraint: 'person_email',
      routine: '_bt_check_unique',
    });
  });

  test('a syntax error has its position, in characters', async () => {
    expect(await errorOf("select 'ж', frm")).toMatchObject({ code: '42703', position: '13' });
    expect(await errorOf('selec 1')).toMatchObject({
      code: '42601',
      position: '1',
      column: undefined,
    });
  });

  test('a not-null violation names the column', async () => {
    expect(await errorOf('insert into person values (3, $1)', [null])).toMatchObject({
      code: '23502',
      table: 'person',
      column: 'name',
      detail: 'Failing row contains (3, null, null, null).',
    });
  });

  test('a foreign key violation names its constraint', async () => {
    expect(await errorOf('insert into pet (tag) values (77)')).toMatchObject({
      code: '23503',
      table: 'pet',
      constraint: 'pet_tag_fkey',
      detail: 'Key (tag)=(77) is not present in table "person".',
    });
  });

  test('a deferred constraint fails at commit, in a batch as well', async () => {
    expect(await errorOf('insert into pet (owner) values (77)')).toMatchObject({
      constraint: 'pet_owner',
    });
    const batch = sql.transaction([sql`insert into pet (owner) values (78)`, sql`select 1`]);
    await expect(batch).rejects.toMatchObject({ code: '23503', constraint: 'pet_owner' });
    expect(await sql`select * from pet`).toEqual([]);
  });

  test('a check violation names its constraint', async () => {
    expect(await errorOf("insert into person values (4, 'Tim', 5)")).toMatchObject({
      code: '23514',
      constraint: 'adult',
    });
  });

  test('an error inside a function tells where, and the inner query', async () => {
    const statement = "do $$ begin execute 'selec 2'; end $$";
    expect(await errorOf(statement)).toMatchObject({
      code: '42601',
      internalPosition: '1',
      internalQuery: 'selec 2',
      where: expect.stringContaining('inline_code_block'),
    });
  });

  test('a raised error passes on hint and detail', async () => {
    const statement =
      "do $$ begin raise exception 'no' " +
      "using hint = 'try yes', detail = 'why', errcode = 'A0001'; end $$";
    expect(await errorOf(statement)).toMatchObject({
      message: 'no',
      code: 'A0001',
      hint: 'try yes',
      detail: 'why',
    });
  });
});

describe('refused input', () => {
  test('two statements in one are refused, and neither runs', async () => {
    const error = await errorOf("insert into person values (5, 'E'); delete from person");
    expect(error).toMatchObject({
      code: '42601',
      message: 'cannot insert multiple commands into a prepared statement',
    });
    expect(await sql`select id from person`).toEqual([{ id: 1 }]);
  });

  test('NUL in a text parameter is refused', async () => {
    expect(await errorOf('select $1::text', ['a\0b'])).toMatchObject({ code: '22021' });
  });

  test('NUL in the statement is refused', async () => {
    expect(await errorOf("select 'a\0b'; drop table person")).toMatchObject({ code: '22021' });
  });

  test('\\u0000 in jsonb is refused', async () => {
    expect(await errorOf('select $1::jsonb', ['"\\u0000"'])).toMatchObject({ code: '22P05' });
  });

  test('too few parameters are refused', async () => {
    expect(await errorOf('select $1::int, $2::int', [1])).toMatchObject({ code: '08P01' });
  });

  test('a value that is not of its type is refused', async () => {
    expect(await errorOf('select $1::int', ['abc'])).toMatchObject({
      code: '22P02',
      message: 'invalid input syntax for type integer: "abc"',
    });
  });
});
