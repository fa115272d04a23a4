import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWrangler } from '../../dev/wrangler.ts';
import { GOALS } from '../goals.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { ms, rowOf, times } from '../rows.ts';
import { RUNS } from '../settings.ts';
import { median, medianRatio } from '../statistics.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What the profile of a start says, in milliseconds. */
interface StartUp {
  readonly active: number;
  /** The part of it that is garbage collection. */
  readonly garbage: number;
}

/** Starts the Worker of a folder once, under a profiler: `wrangler check startup`. */
const measureStart = async (folder: string, scratch: string): Promise<StartUp> => {
  const profile = join(scratch, 'start.cpuprofile');
  const args = ['check', 'startup', '--args=--minify', '--outfile', profile];
  const output = await runWrangler(folder, ...args);
  const said = /Active: ([\d.]+) ms(?: \(including ([\d.]+) ms garbage)?/.exec(output);
  if (!said) throw new Error(`wrangler does not say how long it was active:\n${output}`);
  return { active: Number(said[1]), garbage: Number(said[2] ?? 0) };
};

/** Measures the start of our Worker beside that of one with nothing but Hono. */
export const run = async (): Promise<Row[]> => {
  const scratch = mkdtempSync(join(tmpdir(), 'aist-bench-start-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const bareFolder = join(import.meta.dirname, '..', 'bare-hono');
  const [ours, bare]: [StartUp[], StartUp[]] = [[], []];
  for (let run = 0; run <= RUNS; run++) {
    const name = run === 0 ? 'warming up' : `round ${run} of ${RUNS}`;
    const mine = await step(`start, ${name}: ours`, () => measureStart(ROOT, scratch));
    const other = await step(`start, ${name}: Hono`, () => measureStart(bareFolder, scratch));
    console.error(`        ${mine.active.toFixed(0)} ms, ${other.active.toFixed(0)} ms`);
    if (run === 0) continue;
    ours.push(mine);
    bare.push(other);
  }
  const actives = (all: readonly StartUp[]) => all.map(({ active }) => active);
  const active = median(actives(ours));
  const garbage = median(ours.map(({ garbage }) => garbage));
  const ratio = medianRatio(actives(ours), actives(bare));
  const shown = `${ms(active)}, ${ms(garbage)} of it garbage collection`;
  return [
    rowOf('start of the Worker on workerd, active time', {
      here: ratio === undefined ? shown : `${shown}, ${times(ratio)} bare Hono`,
      value: active,
      goal: GOALS.startUp,
      peers: { 'bare Hono': ms(median(actives(bare))) },
    }),
  ];
};
