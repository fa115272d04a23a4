import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listFiles, ROOT } from './files.ts';

const tests = listFiles(/^test\/.*\.test\.ts$/).map(({ path }) => path.replace(/\.test\.ts$/, ''));

/** The rows of docs/security.md: a threat, what stops it, and the tests that attack it. */
const threats = readFileSync(`${ROOT}/docs/security.md`, 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!Threat )/.test(line))
  .map((line) => {
    const [threat = '', , attacks = ''] = line.slice(2, -2).split(' | ');
    return { threat, attacks };
  });

/** Whether a name leads to a test: a path, or a file's or folder's name (`attacks` for several). */
const isTest = (name: string) =>
  tests.some((path) =>
    name.startsWith('test/') ? path.startsWith(name) : `/${path}/`.includes(`/${name}/`),
  );

test('docs/security.md has its threats', () => {
  expect(threats.length).toBeGreaterThan(30);
});

test.each(threats)('docs/security.md names tests that are there for: $threat', ({ attacks }) => {
  const named = Array.from(attacks.matchAll(/`([^`]+)`/g), ([, name = '']) => name);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => name !== 'test/stack/setup.ts' && !isTest(name))).toEqual([]);
});
