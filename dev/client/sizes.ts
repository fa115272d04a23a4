import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { CLIENT } from './tools.ts';

/** What apps take together, and how many KB it may have. */
export const BUDGETS = [
  { name: 'core', entries: ['index'], budget: 3.8 },
  { name: 'core + sign-in', entries: ['index', 'sign-in'], budget: 4.2 },
  { name: 'core + QR', entries: ['index', 'qr'], budget: 4.4 },
  { name: 'core + devices', entries: ['index', 'devices'], budget: 3.9 },
  { name: 'core + push', entries: ['index', 'push'], budget: 4.5 },
  { name: 'core + sign-in + inbox', entries: ['index', 'sign-in', 'inbox'], budget: 10.4 },
  {
    name: 'core + sign-in + inbox + calls',
    entries: ['index', 'sign-in', 'inbox', 'call'],
    budget: 25.6,
  },
  {
    name: 'core + sign-in + inbox + chats',
    entries: ['index', 'sign-in', 'inbox', 'chat'],
    budget: 16.5,
  },
] as const;

/** Bundles entries as an app would, with all that they depend on; returns KB of gzip. */
export const measureEntries = async (entries: readonly string[]): Promise<number> => {
  const lines = entries.map((name) => `export * from './${name}.ts';`);
  const { outputFiles } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: join(CLIENT, 'src'), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new Error('There is no bundle');
  return gzipSync(bundle.contents, { level: 9 }).length / 1_000;
};
