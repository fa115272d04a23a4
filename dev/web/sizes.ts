import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..', '..');
/** Where the built web app is. */
export const ASSETS = join(ROOT, 'dist', 'assets');

/** What parts of the web app weigh, and how many KB each may. */
export interface Weight {
  readonly name: string;
  readonly size: number;
  readonly budget: number;
}

/** KB of gzip, as Cloudflare sends it at least. */
const weigh = (file: string): number =>
  gzipSync(readFileSync(join(ASSETS, file)), { level: 9 }).length / 1_000;

const sum = (files: readonly string[]): number =>
  files.map(weigh).reduce((total, size) => total + size, 0);

/** The scripts that a file imports at once, and those that they import. */
const importsOf = (file: string, seen: Set<string>): Set<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(ASSETS, file), 'utf8');
  for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
    importsOf(`app/${name}`, seen);
  return seen;
};

/**
 * Builds the web app if it is not built, and weighs it: the page of signing in with all that it
 * needs until somebody is signed in by a code; all that is loaded before the chats are drawn; and
 * all script that somebody loads who uses every screen in Russian, but the reader of QR codes that
 * most browsers do not load.
 */
export const weighApp = (): readonly Weight[] => {
  execFileSync(process.execPath, [join(ROOT, 'build', 'assets.mjs')], { stdio: 'inherit' });
  const page = readFileSync(join(ASSETS, 'index.html'), 'utf8');
  const linked = Array.from(
    page.matchAll(/<(?:script|link)\b[^>]*(?:src|href)="\/(app\/[^"]+)"/g),
    ([, file = '']) => file,
  );
  const needed = new Set<string>();
  for (const file of linked) importsOf(file, needed);
  const scripts = readdirSync(join(ASSETS, 'app'))
    .filter((name) => name.endsWith('.js') && !/^(decode|en)\./.test(name))
    .map((name) => `app/${name}`);
  const first = new Set(needed);
  for (const file of scripts.filter((name) => /\/(main|ru)\./.test(name))) importsOf(file, first);
  return [
    { name: 'web app: signing in, all in all', size: sum(['index.html', ...needed]), budget: 14 },
    {
      name: 'web app: until the chats are there',
      size: sum(['index.html', ...first]),
      budget: 62.5,
    },
    { name: 'web app: all script', size: sum(scripts), budget: 80 },
  ];
};
