import { dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listFiles } from './files.ts';

/** The layers, the lowest first: each imports only those before it, and itself. */
const LAYERS: readonly (readonly [name: string, files: RegExp])[] = [
  ['contract', /^src\/contract\//],
  ['platform', /^src\/platform\//],
  ['party', /^party\//],
  ['features', /^src\/[\w-]+\//],
  ['worker', /^src\//],
];

const layerOf = (path: string): number => LAYERS.findIndex(([, files]) => files.test(path));

/** A feature with its scripts is one folder; the files of src/ itself are the worker. */
const folderOf = (path: string): string => {
  const [layer] = LAYERS[layerOf(path)] ?? [];
  if (layer === 'features') return path.split('/').slice(0, 2).join('/');
  return layer === 'worker' ? path : dirname(path);
};

const imports = listFiles(/^(src|party)\/.*\.ts$/).flatMap(({ path, text }) =>
  Array.from(text.matchAll(/(?:from|import) '(\.[^']+)'/g), ([, imported = '']) => ({
    from: path,
    to: posix.join(dirname(path), imported),
  })),
);

const reaches = new Map<string, Set<string>>();
for (const { from, to } of imports) {
  const [importer, imported] = [folderOf(from), folderOf(to)];
  if (importer !== imported) {
    reaches.set(importer, (reaches.get(importer) ?? new Set()).add(imported));
  }
}

/** Whether one folder imports another, itself or through others. */
const isReached = (from: string, to: string, seen = new Set<string>()): boolean =>
  Array.from(reaches.get(from) ?? []).some((next) => {
    if (next === to) return true;
    if (seen.has(next)) return false;
    seen.add(next);
    return isReached(next, to, seen);
  });

describe('the layers: contract ← platform ← party ← features ← worker', () => {
  test('the checks below see every file of every layer', () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.filter(({ to }) => layerOf(to) < 0)).toEqual([]);
  });

  test('no file imports one of a layer above its own', () => {
    expect(imports.filter(({ from, to }) => layerOf(to) > layerOf(from))).toEqual([]);
  });

  test('no folder imports one that imports it', () => {
    expect([...reaches.keys()].filter((folder) => isReached(folder, folder))).toEqual([]);
  });
});
