import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { isFree } from '../../dev/ports.ts';
import { createScratchDatabase } from '../support/scratch-database.ts';
import { StackUnderTest } from './support/stack.ts';

const scratch = mkdtempSync(join(tmpdir(), 'aist-refuses-'));
const stacks: StackUnderTest[] = [];
afterAll(() => {
  for (const stack of stacks) {
    stack.destroy();
    rmSync(stack.scratch, { recursive: true, force: true });
  }
  rmSync(scratch, { recursive: true, force: true });
});

/** Starts a stack that cannot run, and returns it with what it says at its end. */
const refused = async (
  env: Record<string, string>,
): Promise<{ stack: StackUnderTest; said: string }> => {
  const stack = await StackUnderTest.begin(mkdtempSync(join(scratch, 'data-')), env);
  stacks.push(stack);
  expect(await stack.ends(), stack.script.output()).toBe(1);
  const said = stack.script.errors().trim();
  // One or two sentences for people, no stack of calls.
  expect(said.split('\n').length, said).toBeLessThanOrEqual(3);
  expect(said).not.toMatch(/^\s+at /m);
  return { stack, said };
};

// Side by side, since each is a start of its own.
describe.concurrent('npm start refuses, and says what to do', () => {
  test.each([['abc'], ['0'], ['65533']])(
    'npm start refuses PORT=%s, and says what to do',
    async (PORT) => {
      expect((await refused({ PORT })).said).toBe('PORT must be a number from 1 to 65532.');
    },
  );

  test('npm start refuses a port that another program has, and says what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(address && typeof address === 'object' ? address.port : 0);
    expect((await refused({ PORT: port })).said).toMatch(
      new RegExp(`^Port ${port} is taken by another program\\. .*PORT=\\d+ npm start$`),
    );
    other.close();
  });

  test('npm start refuses codes in answers beside the token of a real bot', async () => {
    const TELEGRAM_BOT_TOKEN = '1234567890:AAEhBOweik9ai2o01234567890abcdefghi';
    const { said } = await refused({ TELEGRAM_BOT_TOKEN });
    expect(said).toContain('DEBUG_CODE must be off beside a real bot token');
    expect(said).not.toContain(TELEGRAM_BOT_TOKEN);
  });

  test.each([
    [{ CODE_TRIES: 'many' }, 'CODE_TRIES must be a number'],
    [{ UPSTASH_REDIS_REST_URL: 'https://redis.example.com' }, 'set REDIS_URL'],
  ])('npm start refuses the setting %j, and says what to do', async (env, message) => {
    expect((await refused(env)).said).toContain(message);
  });

  const { DATABASE_URL: SERVER } = process.env;
  // The embedded database is always ours.
  if (SERVER) {
    test("npm start refuses another application's database, and leaves it as it is", async () => {
      const shop = await createScratchDatabase(SERVER);
      const { host, pathname } = new URL(shop.url);
      const client = new Client({ connectionString: shop.url });
      await client.connect();
      await client.query('create table users (id serial, email text)');
      const { said } = await refused({ DATABASE_URL: shop.url });
      expect(said).toContain(`the PostgreSQL of DATABASE_URL, ${host}${pathname}: The database`);
      expect(said).toMatch(/is not AIST's: users has no column phone.*createdb.*or unset it/);
      const { rows } = await client.query(
        `select table_schema, table_name, column_name from information_schema.columns
          where table_schema not in ('pg_catalog', 'information_schema') order by 3`,
      );
      expect(rows.map((row) => Object.values(row).join('.'))).toEqual([
        'public.users.email',
        'public.users.id',
      ]);
      await client.end();
      await shop.drop();
    });
  }

  test.each([
    [
      'DATABASE_URL',
      'postgres://somebody:a-secret@127.0.0.1:1/aist',
      'cannot connect to the database',
    ],
    ['REDIS_URL', 'redis://:a-secret@127.0.0.1:1', 'ECONNREFUSED'],
  ])(
    'npm start refuses a %s where nothing answers, and ends what it began',
    async (name, url, reason) => {
      const { stack, said } = await refused({ [name]: url });
      expect(said).toContain(reason);
      expect(said).not.toContain('a-secret');
      expect(stack.remains()).toEqual([]);
      expect(await isFree(Number(new URL(stack.apiUrl).port))).toBe(true);
    },
  );
});
