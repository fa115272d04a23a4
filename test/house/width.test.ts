import { expect, test } from 'vitest';
import { listFiles } from './files.ts';

const COLUMNS = 100;

/** Lines that cannot be broken: rows of tables, and lines with an address. */
const UNBREAKABLE = /^\s*\||https?:\/\//;

/** Tests whose titles are sentences on one line. */
const LONG_TITLES = /^test\/(calls|dev|e2e|stack|support)\//;

const files = listFiles(/\.(ts|tsx|mjs|js|md|html|css)$/).filter(
  ({ path }) => !LONG_TITLES.test(path),
);

test.each(files)('no line of $path is over 100 columns', ({ text }) => {
  const wide = text
    .split('\n')
    .map((line, index) => ({ number: index + 1, columns: [...line].length, line }))
    .filter(({ line, columns }) => columns > COLUMNS && !UNBREAKABLE.test(line));
  expect(wide.map(({ number, columns }) => `line ${number}: ${columns} columns`)).toEqual([]);
});
