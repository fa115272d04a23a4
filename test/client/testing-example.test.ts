import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bundleTesting, TESTING_TYPES } from '../../dev/client/testing.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(ROOT, 'docs', 'client.md'), 'utf8');
const [, code = ''] = /^## Tests of an app$[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(text) ?? [];

let folder: string;
let bundle: string;

beforeAll(async () => {
  folder = mkdtempSync(join(import.meta.dirname, '.example-'));
  bundle = join(folder, 'testing.mjs');
  await bundleTesting(bundle);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (entry: string): string =>
  entry === 'testing' ? bundle : join(ROOT, 'client', 'src', `${entry}.ts`);

describe('aist-client/testing, as it is in the package', () => {
  test('Its example in docs/client.md runs with it, and prints what it says', async () => {
    const lines: unknown[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
    const file = join(folder, 'example.ts');
    const own = code.replaceAll(/'aist-client(?:\/([\w-]+))?'/g, (_, entry = 'index') =>
      JSON.stringify(fileOf(entry)),
    );
    writeFileSync(file, own);
    await import(file);
    log.mockRestore();
    expect(lines).toEqual(['Anna calls', 'Anna has called']);
  });

  test('It imports nothing, and asks for nothing that Node 20 does not have', () => {
    const built = readFileSync(bundle, 'utf8');
    expect(built).not.toMatch(/^import |Promise\.withResolvers|\bMap\.groupBy|from ["']node:/m);
  });

  test('Its types name those of the client alone, and what it exports', async () => {
    const named = Array.from(TESTING_TYPES.matchAll(/from '([^']+)'/g), ([, from]) => from);
    expect(new Set(named)).toEqual(new Set(['./testing/types.js']));
    const declared = Array.from(
      TESTING_TYPES.matchAll(/^export declare const (\w+)/gm),
      ([, name]) => name,
    );
    expect(declared).toEqual(Object.keys(await import(bundle)).sort());
  });
});
