import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const sources = ['src', 'party'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      file: join(folder, name),
      text: readFileSync(join(root, folder, name), 'utf8'),
    })),
);

/** The event names that are put together at run time, and what they can come to. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  [`bot.\${outcome}`]: ['bot.moved', 'bot.replaced'],
};

/**
 * Where a line is logged, or work begins whose failure is logged: the file and the first argument.
 */
const writing = sources.flatMap(({ file, text }) =>
  [
    ...text.matchAll(/(?:\blog|'log'\)|createLog\([^)]*\))\s*\.(?:info|warn|error)\(\s*([^,)]*)/g),
    ...text.matchAll(/\b(?:later|background\(c\))\(\s*([^,)]*)/g),
  ].map(([, argument = '']) => ({ file, argument: argument.trim() })),
);
const named = writing.flatMap(({ argument }) => {
  const [, name] = /^['`](.*)['`]$/.exec(argument) ?? [];
  return name === undefined ? [] : (MADE[name] ?? [name]);
});

const operations = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
const [table = ''] = /^## What the log says$[\s\S]*?(?=^## )/m.exec(operations) ?? [];
const told = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(
  ([, cell = '']) => cell.match(/[\w.]+/g) ?? [],
);

describe('“What the log says” in docs/operations.md', () => {
  test('the table has every event that is logged', () => {
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((event) => !told.includes(event))).toEqual([]);
  });

  test('the table has no event that does not exist, and each event once', () => {
    expect(told.filter((event) => event !== 'event' && !named.includes(event))).toEqual([]);
    expect(told).toEqual([...new Set(told)]);
  });

  test('events are named where they are logged, except where work behind an answer fails', () => {
    const nameless = writing.filter(({ argument }) => !/^['`]/.test(argument));
    expect(nameless).toEqual([
      { file: join('src', 'platform', 'http', 'request-context.ts'), argument: 'event' },
    ]);
  });
});
