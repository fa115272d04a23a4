import { expect, test } from 'vitest';
import { listFiles } from './files.ts';

const FOLDERS = 'src|party|dev|test|bench|build|docs|drizzle|client|web|\\.ci';
const PATH = new RegExp(`\`((?:${FOLDERS})/[\\w./-]+)\``, 'g');

const files = listFiles(/./).map(({ path }) => path);

/** Files that are made, which are not among those that people write. */
const MADE = ['docs/reference.md', 'client/src/contract.ts'];

/** Whether a path leads to a file, a folder, or files whose names begin with it. */
const isThere = (path: string) => files.some((file) => file.startsWith(path.replace(/\/$/, '')));

test.each(listFiles(/\.md$/))('$path names files and folders that are there', ({ text }) => {
  const named = Array.from(text.matchAll(PATH), ([, path = '']) => path);
  expect(named.filter((path) => !isThere(path) && !MADE.includes(path))).toEqual([]);
});
