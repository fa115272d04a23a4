import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { done, flag } from '../../../../src/platform/redis/reply.ts';
import { defineScript, orderArguments, orderKeys } from '../../../../src/platform/redis/script.ts';

const SCRIPT = defineScript({
  name: 'count-try',
  keys: ['code', 'used'],
  args: { phone: 'text', now: 'number', ttl: 'digits', legacy: 'flag' },
  reply: done,
  lua: `
    -- A comment is for readers of the source.
    if legacy then return 1 end

    return redis.call('HSET', code, used, phone .. now, ttl)
  `,
});

const LIST = defineScript({
  name: 'count-keys',
  keys: [],
  keyList: 'told',
  args: {},
  reply: flag,
  lua: 'return #told',
});

describe('defineScript', () => {
  test('declares keys and arguments as local variables of the same names', () => {
    expect(SCRIPT.lua.split('\n')).toEqual([
      '-- count-try',
      'local code,used,phone,now,ttl,legacy=' +
        "KEYS[1],KEYS[2],ARGV[1],tonumber(ARGV[2]),ARGV[3],ARGV[4]=='1'",
      'if legacy then return 1 end',
      "return redis.call('HSET', code, used, phone .. now, ttl)",
    ]);
  });

  test('declares the list of a script that takes any number of keys', () => {
    expect(LIST.lua.split('\n')).toEqual(['-- count-keys', 'local told=KEYS', 'return #told']);
    expect(orderKeys(LIST, { told: ['a', 'b'] })).toEqual(['a', 'b']);
  });

  test('has each fragment once, after those that it uses', () => {
    const first = { lua: 'local function first() return 1 end' };
    const second = { uses: [first], lua: 'local function second() return first() end' };
    const definition = { name: 'twice', keys: [], args: {}, reply: flag, lua: 'return second()' };
    const { lua } = defineScript({ ...definition, uses: [second, first] });
    expect(lua.split('\n')).toEqual(['-- twice', first.lua, second.lua, 'return second()']);
  });

  test('sends keys and arguments in its order, whatever order they are given in', () => {
    expect(orderKeys(SCRIPT, { used: 'b', code: 'a' })).toEqual(['a', 'b']);
    const args = { ttl: 300_000, legacy: true, now: 1_700_000_000_000, phone: '+7' };
    expect(orderArguments(SCRIPT, args)).toEqual(['+7', '1700000000000', '300000', '1']);
    expect(orderArguments(SCRIPT, { ...args, legacy: false })[3]).toBe('0');
  });
});

const KEYS = "{ code: 'a', used: 'b' }";
const ARGS = "phone: '+7', now: 1, ttl: 2, legacy: true";

/** Calls of the script that the compiler has to refuse, after one that it takes. */
const CALLS = {
  'is right': `SCRIPT, ${KEYS}, { ${ARGS} }`,
  'forgets a key': `SCRIPT, { code: 'a' }, { ${ARGS} }`,
  'misspells a key': `SCRIPT, { code: 'a', user: 'b' }, { ${ARGS} }`,
  'has a key too many': `SCRIPT, { code: 'a', used: 'b', x: 'c' }, { ${ARGS} }`,
  'gives a list for a key': `SCRIPT, { code: 'a', used: ['b'] }, { ${ARGS} }`,
  'forgets an argument': `SCRIPT, ${KEYS}, { phone: '+7', ttl: 2, legacy: true }`,
  'misspells an argument': `SCRIPT, ${KEYS}, { phone: '+7', nov: 1, ttl: 2, legacy: true }`,
  'has an argument too many': `SCRIPT, ${KEYS}, { ${ARGS}, x: 1 }`,
  'swaps the types of two': `SCRIPT, ${KEYS}, { phone: 1, now: '+7', ttl: 2, legacy: true }`,
  'gives a text for a flag': `SCRIPT, ${KEYS}, { phone: '+7', now: 1, ttl: 2, legacy: '1' }`,
  'gives a key for a list': `LIST, { told: 'a' }, {}`,
  'forgets a list': `LIST, {}, {}`,
};

const SOURCE = `
import type { RedisClient } from '../../src/platform/redis/client.ts';
import { done } from '../../src/platform/redis/reply.ts';
import { defineScript } from '../../src/platform/redis/script.ts';
declare const redis: RedisClient;
const SCRIPT = defineScript({
  name: 's', keys: ['code', 'used'], reply: done, lua: '',
  args: { phone: 'text', now: 'number', ttl: 'digits', legacy: 'flag' },
});
const LIST = defineScript({ name: 'l', keys: [], keyList: 'told', args: {}, reply: done, lua: '' });
`;

describe('a call of a script', () => {
  // The compiler reads the whole platform once.
  test('compiles only with the names and types of the definition', () => {
    const root = join(import.meta.dirname, '..', '..', '..', '..');
    // A folder that Git and the linter ignore, within reach of the imports.
    mkdirSync(join(root, '.data'), { recursive: true });
    const folder = mkdtempSync(join(root, '.data', 'compile-'));
    try {
      const calls = Object.values(CALLS).map((call) => `void redis.run(${call});`);
      writeFileSync(join(folder, 'calls.ts'), [SOURCE, ...calls, ''].join('\n'));
      const config = {
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { types: ['../../worker-configuration.d.ts'] },
        include: ['calls.ts'],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join(root, 'node_modules', '.bin', 'tsc');
      const { stdout } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
      const failing = new Set(
        Array.from(stdout.matchAll(/calls\.ts\((\d+),/g), ([, line]) => Number(line)),
      );
      const before = SOURCE.split('\n').length;
      const names = Object.keys(CALLS);
      expect(names.filter((_, index) => failing.has(before + index + 1))).toEqual(names.slice(1));
      expect(failing.size).toBe(names.length - 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
