import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile, OutputFile } from 'esbuild';
import { build } from 'esbuild';
import { CLIENT } from './tools.ts';

/** What apps take together, and how many KB of it may be loaded at once, and in all. */
export interface Budget {
  readonly name: string;
  readonly entries: readonly string[];
  readonly atOnce: number;
  /** With what is loaded when it is needed; left out where there is nothing of the kind. */
  readonly inAll?: number;
}

export const BUDGETS: readonly Budget[] = [
  { name: 'core', entries: ['index'], atOnce: 3.8 },
  { name: 'core + sign-in', entries: ['index', 'sign-in'], atOnce: 4.2 },
  { name: 'core + QR', entries: ['index', 'qr'], atOnce: 4.4 },
  { name: 'core + devices', entries: ['index', 'devices'], atOnce: 3.9 },
  { name: 'core + push', entries: ['index', 'push'], atOnce: 4.5 },
  { name: 'core + sign-in + inbox', entries: ['index', 'sign-in', 'inbox'], atOnce: 10.4 },
  {
    name: 'core + sign-in + inbox + calls',
    entries: ['index', 'sign-in', 'inbox', 'call'],
    atOnce: 23.3,
    inAll: 25.2,
  },
  {
    name: 'core + sign-in + inbox + chats',
    entries: ['index', 'sign-in', 'inbox', 'chat'],
    atOnce: 16.5,
  },
];

const MAIN = 'main.js';

/** The files that are loaded with one, itself among them. */
const loadedWith = (file: string, outputs: Metafile['outputs']): readonly string[] => [
  file,
  ...(outputs[file]?.imports ?? [])
    .filter(({ kind }) => kind === 'import-statement')
    .flatMap(({ path }) => loadedWith(path, outputs)),
];

const weigh = (files: readonly OutputFile[]): number =>
  files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0) / 1_000;

/** Bundles entries as an app would, with all that they depend on; returns KB of gzip. */
export const measureEntries = async (
  entries: readonly string[],
): Promise<{ readonly atOnce: number; readonly inAll: number }> => {
  const lines = entries.map((name) => `export * from './${name}.ts';`);
  const { outputFiles, metafile } = await build({
    stdin: { contents: lines.join('\n'), resolveDir: join(CLIENT, 'src'), loader: 'ts' },
    absWorkingDir: CLIENT,
    outdir: CLIENT,
    entryNames: 'main',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
  });
  const first = new Set(loadedWith(MAIN, metafile.outputs).map((file) => join(CLIENT, file)));
  if (!outputFiles.some(({ path }) => path === join(CLIENT, MAIN)))
    throw new Error('There is no bundle');
  return {
    atOnce: weigh(outputFiles.filter(({ path }) => first.has(path))),
    inAll: weigh(outputFiles),
  };
};

/** One row for each figure that has a budget. */
export const measureBudgets = async (): Promise<
  readonly { readonly name: string; readonly size: number; readonly budget: number }[]
> => {
  const rows = BUDGETS.map(async ({ name, entries, atOnce, inAll }) => {
    const size = await measureEntries(entries);
    if (inAll === undefined) return [{ name, size: size.inAll, budget: atOnce }];
    return [
      { name: `${name}, at once`, size: size.atOnce, budget: atOnce },
      { name: `${name}, in all`, size: size.inAll, budget: inAll },
    ];
  });
  return (await Promise.all(rows)).flat();
};
