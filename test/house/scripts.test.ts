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
    const functions = [...bodyOf(script).matchAll(/^local function (\w+)/gm)].map(([, f]) => f);
    expect(names.filter((name) => functions.includes(name))).toEqual([]);
  });
});
