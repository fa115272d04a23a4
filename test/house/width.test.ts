import { expect, test } from 'vitest';
import { listFiles } from './files.ts';

const COLUMNS = 100;

/** Lines that cannot be broken: rows of tables, and lines with an address. */
const UNBREAKABLE = /^\s*\||https?:\/\//;

/** What legacy databases and legacy clients really hold and say, letter by letter. */
const RECORDINGS = new Set([
  'test/dev/support/legacy.ts',
  'test/support/calls/legacy-exchange.ts',
  'test/calls/legacy-replay.test.ts',
]);

/** A line that begins tests: Biome leaves it whole, and its title is what has to be short. */
const TITLE = /^\s*(?:test|describe|\]\)|\] as const\)|\)).*?\((['"`])(.+)\1(?:, .*)?$/;

/** How wide a line is, or its title where it begins a test. */
const widthOf = (line: string): number => [...(TITLE.exec(line)?.[2] ?? line)].length;

const files = listFiles(/\.(ts|tsx|mjs|js|md|html|css)$/).filter(
  ({ path }) => !RECORDINGS.has(path),
);

test.each(files)('no line of $path is over 100 columns', ({ text }) => {
  const wide = text
    .split('\n')
    .map((line, index) => ({ number: index + 1, columns: widthOf(line), line }))
    .filter(({ line, columns }) => columns > COLUMNS && !UNBREAKABLE.test(line));
  expect(wide.map(({ number, columns }) => `line ${number}: ${columns} columns`)).toEqual([]);
});
