import { neon } from '@neondatabase/serverless';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { CONNECTION_STRING, startStack } from './stack.ts';

const sql = neon(CONNECTION_STRING, { fullResults: true });
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await sql`create table item (id serial primary key, name varchar(20) not null)`;
});
afterAll(() => stack.stop());

describe('full results', () => {
  test.each<[string, string, number | null]>([
    ["insert into item (name) values ('a'), ('b'), ('c')", 'INSERT', 3],
    ["update item set name = name || '!' where id <= 2", 'UPDATE', 2],
    ['select * from item', 'SELECT', 3],
    ['select * from item where false', 'SELECT', 0],
    ['values (1), (2)', 'SELECT', 2],
    ['with x as (delete from item where id = 3 returning *) select * from x', 'SELECT', 1],
    ['delete from item where id = 99', 'DELETE', 0],
    ['create table other (id int)', 'CREATE', null],
    ['create table copied as select * from item', 'SELECT', 2],
    ['truncate other', 'TRUNCATE', null],
    ['drop table other', 'DROP', null],
  ])('the full result of %s has its command and count', async (statement, command, rowCount) => {
    expect(await sql.query(statement)).toMatchObject({ command, rowCount });
  });

  test('an empty statement answers nothing', async () => {
    expect(await sql.query('')).toMatchObject({
      command: '',
      rowCount: null,
      rows: [],
      fields: [],
    });
  });

  test('RETURNING gives rows beside the count', async () => {
    const result = await sql`insert into item (name) values ('x'), ('y') returning name`;
    expect(result).toMatchObject({
      command: 'INSERT',
      rowCount: 2,
      rows: [{ name: 'x' }, { name: 'y' }],
    });
  });

  test('fields tell the table, column and type a value comes from', async () => {
    const { fields } = await sql`select id, name, 1::int8 as one from item`;
    const table = await sql`select 'item'::regclass::oid::int as oid`;
    const tableID = table.rows[0]?.oid;
    expect(fields).toEqual([
      {
        name: 'id',
        tableID,
        columnID: 1,
        dataTypeID: 23,
        dataTypeSize: 4,
        dataTypeModifier: -1,
        format: 'text',
      },
      {
        name: 'name',
        tableID,
        columnID: 2,
        dataTypeID: 1043,
        dataTypeSize: -1,
        dataTypeModifier: 24,
        format: 'text',
      },
      {
        name: 'one',
        tableID: 0,
        columnID: 0,
        dataTypeID: 20,
        dataTypeSize: 8,
        dataTypeModifier: -1,
        format: 'text',
      },
    ]);
  });

  test('array mode keeps columns that share a name', async () => {
    const result = await sql.query('select 1 as a, 2 as a', [], { arrayMode: true });
    expect(result.rows).toEqual([[1, 2]]);
    expect(result.rowAsArray).toBe(true);
  });
});

describe('what a statement leaves in its session', () => {
  test('BEGIN on its own leaves no transaction open', async () => {
    await sql`begin`;
    await sql`insert into item (name) values ('kept')`;
    await expect(sql`select 1 / 0`).rejects.toMatchObject({ code: '22012' });
    expect((await sql`select count(*)::int as n from item where name = 'kept'`).rows).toEqual([
      { n: 1 },
    ]);
  });

  test('SET does not reach the next request', async () => {
    await sql`set timezone = 'Asia/Tokyo'`;
    const zones = await Promise.all(Array.from({ length: 10 }, () => sql`show timezone`));
    expect(new Set(zones.map(({ rows }) => rows[0]?.TimeZone))).toEqual(new Set(['UTC']));
  });

  test('COPY FROM STDIN is refused, and the session goes on', async () => {
    await expect(sql`copy item from stdin`).rejects.toThrow(/COPY/i);
    expect((await sql`select 1 as one`).rows).toEqual([{ one: 1 }]);
  });
});
