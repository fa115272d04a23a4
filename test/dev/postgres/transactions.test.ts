import { neon } from '@neondatabase/serverless';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { CONNECTION_STRING, startStack } from './stack.ts';

const sql = neon(CONNECTION_STRING);
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await sql`create table account (id int primary key, balance int not null)`;
});
afterAll(() => stack.stop());
beforeEach(() => sql`truncate account`);

describe('a batch', () => {
  test('a batch answers each statement, in order', async () => {
    const results = await sql.transaction([
      sql`insert into account values (1, 10), (2, 20)`,
      sql`update account set balance = balance + 1 returning id, balance`,
      sql`select sum(balance)::int as sum from account`,
    ]);
    expect(results[0]).toEqual([]);
    expect(results[1]).toHaveLength(2);
    expect(results[2]).toEqual([{ sum: 32 }]);
  });

  test('a batch runs in one transaction', async () => {
    const results = await sql.transaction([
      sql`select pg_current_xact_id() as x`,
      sql`select pg_current_xact_id() as x`,
    ]);
    expect(results[0]).toEqual(results[1]);
    expect(results[0]).not.toEqual(await sql`select pg_current_xact_id() as x`);
  });

  test('a batch rolls back whole when one statement fails, and tells which error', async () => {
    const batch = sql.transaction([
      sql`insert into account values (1, 10)`,
      sql`insert into account values (1, 11)`,
      sql`insert into account values (2, 20)`,
    ]);
    await expect(batch).rejects.toMatchObject({ code: '23505', constraint: 'account_pkey' });
    expect(await sql`select * from account`).toEqual([]);
  });

  test('a batch answers arrays and full results where asked to', async () => {
    const results = await sql.transaction([sql`select 1 as a, 2 as a`, sql`values (3)`], {
      arrayMode: true,
      fullResults: true,
    });
    expect(results).toMatchObject([
      { rows: [[1, 2]], command: 'SELECT', rowCount: 1 },
      { rows: [[3]], fields: [{ name: 'column1', dataTypeID: 23 }] },
    ]);
  });

  test('a batch may be empty', async () => {
    expect(await sql.transaction([])).toEqual([]);
  });

  test('a batch that commits itself leaves nothing open behind', async () => {
    await sql.transaction([
      sql`insert into account values (1, 1)`,
      sql`commit`,
      sql`begin`,
      sql`select 1`,
    ]);
    await expect(sql`select 1 / 0`).rejects.toMatchObject({ code: '22012' });
    expect(await sql`select id from account`).toEqual([{ id: 1 }]);
  });
});

describe('options of a batch', () => {
  test.each([
    ['ReadUncommitted', 'read uncommitted'],
    ['ReadCommitted', 'read committed'],
    ['RepeatableRead', 'repeatable read'],
    ['Serializable', 'serializable'],
  ] as const)('a batch runs in the isolation level %s', async (isolationLevel, name) => {
    const [rows] = await sql.transaction([sql`show transaction_isolation`], { isolationLevel });
    expect(rows).toEqual([{ transaction_isolation: name }]);
  });

  test('an isolation level that does not exist is refused', async () => {
    const batch = sql.transaction([sql`select 1`], {
      fetchOptions: {},
      isolationLevel: 'Serializable',
    });
    await expect(batch).resolves.toHaveLength(1);
    const response = await fetch(stack.gateway.url, {
      method: 'POST',
      headers: {
        'Neon-Connection-String': CONNECTION_STRING,
        'Neon-Batch-Isolation-Level': 'Chaos',
      },
      body: JSON.stringify({ queries: [] }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: 'invalid isolation level' });
  });

  test('read only refuses writes, for that batch alone', async () => {
    const write = sql`insert into account values (1, 10)`;
    await expect(sql.transaction([write], { readOnly: true })).rejects.toMatchObject({
      code: '25006',
    });
    await sql.transaction([sql`insert into account values (1, 10)`], { readOnly: false });
    expect(await sql`select id from account`).toEqual([{ id: 1 }]);
  });

  test('deferrable is set', async () => {
    const options = { isolationLevel: 'Serializable', readOnly: true, deferrable: true } as const;
    const [rows] = await sql.transaction([sql`show transaction_deferrable`], options);
    expect(rows).toEqual([{ transaction_deferrable: 'on' }]);
  });
});

describe('side by side', () => {
  test('100 parallel queries get their own answers, whether others fail or not', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        i % 10 === 7
          ? sql`select 1 / (${i}::int - ${i}::int)`.catch((error: unknown) => error)
          : sql`select ${i}::int as i, repeat(${String(i)}, 500) as text`,
      ),
    );
    for (const [i, answer] of answers.entries()) {
      if (i % 10 === 7) expect(answer).toMatchObject({ code: '22012' });
      else expect(answer).toEqual([{ i, text: String(i).repeat(500) }]);
    }
  });

  test('batches in parallel neither mix nor lose updates', async () => {
    await sql`insert into account values (1, 0)`;
    const add = () => [
      sql`select balance from account where id = 1 for update`,
      sql`update account set balance = balance + 1 where id = 1 returning balance`,
    ];
    const failing = () => [sql`update account set balance = 1000 where id = 1`, sql`select 1 / 0`];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => sql.transaction(i % 4 === 3 ? failing() : add())),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(await sql`select balance from account`).toEqual([{ balance: 30 }]);
  });
});
