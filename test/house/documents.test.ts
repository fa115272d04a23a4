import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles, ROOT } from './files.ts';

const documents = listFiles(/\.md$/);

test.each(documents)('every link of $path leads to a file that is there', ({ path, text }) => {
  const links = Array.from(text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g), ([, link = '']) => link);
  const local = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(local.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
});

test.each(listFiles(/^(src|party|dev|bench|test|client|web)\/.*\.(ts|mjs)$/))(
  'every document that $path names is there',
  ({ text }) => {
    const named = Array.from(
      text.matchAll(/(?<![\w/.-])((?:[\w-]+\/)*[\w-]+\.md)\b/g),
      ([, name = '']) => name,
    );
    const found = (name: string) =>
      existsSync(join(ROOT, name)) ||
      existsSync(join(ROOT, 'docs', name)) ||
      documents.some(({ path }) => path.endsWith(`/${name}`));
    expect(named.filter((name) => !found(name))).toEqual([]);
  },
);
