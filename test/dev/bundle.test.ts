import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runWrangler } from '../../dev/wrangler.ts';

const root = resolve(import.meta.dirname, '../..');

/** What goes to Cloudflare: the bundle of `wrangler deploy`, and the files it was made from. */
describe('the Worker’s bundle', () => {
  let folder = '';
  let code = Buffer.alloc(0);
  let sources: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aist-bundle-'));
    await runWrangler(root, 'deploy', '--dry-run', '--minify', '--outdir', folder);
    code = await readFile(join(folder, 'worker.js'));
    const map: { sources: string[] } = JSON.parse(
      await readFile(join(folder, 'worker.js.map'), 'utf8'),
    );
    sources = map.sources.map((source) => relative(root, resolve(folder, source)));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('the Worker’s bundle is at most 320 KB, compressed', () => {
    const kilobytes = gzipSync(code, { level: 9 }).length / 1024;
    console.log(`bundle: ${kilobytes.toFixed(1)} KB gzip`);
    expect(kilobytes).toBeLessThan(320);
    expect(kilobytes).toBeGreaterThan(50);
  });

  test('the Worker’s bundle is made of src/ and packages alone: no dev/, bench/, test/ or client/', () => {
    expect(sources).toContain(join('src', 'worker.ts'));
    const own = sources.filter((source) => !/node_modules|node-built-in-modules/.test(source));
    expect(own.filter((source) => /^(dev|bench|test|client|\.\.)/.test(source))).toEqual([]);
  });

  test('the Worker’s bundle knows of no address of this machine', () => {
    expect(code.toString()).not.toMatch(/127\.0\.0\.1|dev-link-secret|pglite/i);
  });
});
