import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isFree } from '../../dev/ports.ts';
import { StackUnderTest } from './support/stack.ts';

const scratch = mkdtempSync(join(tmpdir(), 'aist-refuses-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let dataDir: string;
let stack: StackUnderTest | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(scratch, 'data-'));
});
afterEach(() => {
  stack?.destroy();
  if (stack) rmSync(stack.scratch, { recursive: true, force: true });
});

/** Starts a stack that cannot run, and returns what it says at its end. */
const refusal = async (env: Record<string, string> = {}): Promise<string> => {
  stack = await StackUnderTest.begin(dataDir, env);
  expect(await stack.endsWithin(15_000), stack.script.output()).toBe(1);
  const said = stack.script.errors().trim();
  // One or two sentences for people, no stack of calls.
  expect(said.split('\n').length, said).toBeLessThanOrEqual(3);
  expect(said).not.toMatch(/^\s+at /m);
  return said;
};

describe('npm start refuses, and says what to do', () => {
  test.each([['abc'], ['0'], ['65533']])('PORT=%s', async (PORT) => {
    expect(await refusal({ PORT })).toBe('PORT must be a number from 1 to 65532.');
  });

  test('a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = String(address && typeof address === 'object' ? address.port : 0);
    expect(await refusal({ PORT: port })).toMatch(
      new RegExp(`^Port ${port} is taken by another program\\. .*PORT=\\d+ npm start$`),
    );
    other.close();
  });

  test.each([
    ['is cut off', '{"JWT_SECRET": "abc'],
    ['has an empty secret', '{"JWT_SECRET": "", "CODE_SECRET": "x"}'],
  ])('a secrets.json that %s', async (_, text) => {
    const file = join(dataDir, 'secrets.json');
    writeFileSync(file, text);
    const said = await refusal();
    expect(said).toContain('secrets.json is damaged');
    expect(said).toContain('Delete it');
  });

  test('codes in the answers beside a token that is one of a real bot', async () => {
    const TELEGRAM_BOT_TOKEN = '1234567890:AAEhBOweik9ai2o01234567890abcdefghi';
    const said = await refusal({ TELEGRAM_BOT_TOKEN });
    expect(said).toContain('DEBUG_CODE must be off beside a real bot token');
    expect(said).not.toContain(TELEGRAM_BOT_TOKEN);
  });

  test.each([
    [{ DEBUG_CODE: 'yes' }, 'DEBUG_CODE must be on or off'],
    [{ CODE_TRIES: 'many' }, 'CODE_TRIES must be a number'],
    [{ TELEGRAM_API_URL: 'nowhere' }, 'TELEGRAM_API_URL must be an http'],
  ])('the setting %j', async (env, message) => {
    expect(await refusal(env)).toContain(message);
  });

  test.each([
    ['DATABASE_URL', 'postgres://somebody:a-secret@127.0.0.1:1/aist', 'cannot connect to the database'],
    ['REDIS_URL', 'redis://:a-secret@127.0.0.1:1', 'ECONNREFUSED'],
  ])('a %s where nothing answers, and ends what it began', async (name, url, reason) => {
    const said = await refusal({ [name]: url });
    expect(said).toContain(reason);
    expect(said).not.toContain('a-secret');
    expect(stack?.remains()).toEqual([]);
    expect(await isFree(Number(new URL(stack?.apiUrl ?? '').port))).toBe(true);
  });
});
