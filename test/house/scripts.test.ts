import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../src/platform/redis/script.ts';

type AnyScript = Script<string, string, Record<string, 'text'>, never>;

const root = join(import.meta.dirname, '..', '..');
const files = globSync('src/*/scripts/*.ts', { cwd: root });
const modules: Record<string, unknown>[] = await Promise.all(
  files.map((file) => import(join(root, file))),
);
const isScript = (value: unknown): value is AnyScript =>
  typeof value === 'object' && value !== null && 'name' in value && 'lua' in value;
const scripts = modules.flatMap((module) => Object.values(module).filter(isScript));

/** The Lua of a script after the line that declares its keys and arguments. */
const bodyOf = ({ lua }: AnyScript): string => lua.split('\n').slice(2).join('\n');

const namesOf = ({ keys, keyList, args }: AnyScript): string[] => [
  ...keys,
  ...(keyList ? [keyList] : []),
  ...Object.keys(args),
];

const functionsOf = (script: AnyScript): string[] =>
  Array.from(bodyOf(script).matchAll(/^local function (\w+)/gm), ([, name]) => name ?? '');

/** A function that the Lua defines, or a call of one that belongs to no library. */
const FUNCTION_OR_CALL = /local function (\w+)|(?<![.\w])(\w+)\(/g;

test('the scripts of all features are found', () => {
  expect(scripts.length).toBeGreaterThan(25);
  expect(new Set(scripts.map(({ name }) => name)).size).toBe(scripts.length);
});

describe.each(scripts.map((script) => [script.name, script] as const))('%s', (_, script) => {
  test('uses every key and argument that it declares', () => {
    const body = bodyOf(script);
    const unused = namesOf(script).filter((name) => !new RegExp(`\\b${name}\\b`).test(body));
    expect(unused).toEqual([]);
  });

  test('reaches no key and no argument but by its name', () => {
    expect(bodyOf(script)).not.toMatch(/\b(KEYS|ARGV)\b/);
  });

  test('declares no name twice, and none that a function of its Lua has', () => {
    const names = namesOf(script);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => functionsOf(script).includes(name))).toEqual([]);
  });

  test('has every function before it calls it, and none that it never calls', () => {
    const known = new Set(['tonumber', 'ipairs']);
    const called = new Set<string>();
    for (const [, defined, call] of bodyOf(script).matchAll(FUNCTION_OR_CALL)) {
      if (defined) known.add(defined);
      if (call && call !== 'function') {
        expect(known).toContain(call);
        called.add(call);
      }
    }
    expect(functionsOf(script).filter((name) => !called.has(name))).toEqual([]);
  });
});
