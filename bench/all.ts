import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { EXECUTABLE } from '../test/e2e/browsers.ts';
import { describeMachine, describeStores, describeVersions } from './circumstances.ts';
import { writeDocument } from './document.ts';
import type { MeasureName } from './measures.ts';
import { MEASURES } from './measures.ts';
import { readOrder } from './order.ts';
import { step } from './progress.ts';
import type { Result } from './results.ts';
import { readResults, writeResults } from './results.ts';
import type { Row } from './rows.ts';
import { buildWorker } from './servers/worker.ts';
import { tableOf } from './table.ts';

/**
 * Runs measures one after the other, each in a process of its own that is given up after its time,
 * prints their table, and keeps it: `npm run bench -- [--quick] [NAME …]`.
 */

/** How long all measures may take, in minutes, but to end the last; quick has more than its two. */
const MINUTES = { whole: 14, quick: 5 } as const;

/** How long a measure may take to end what it started, in milliseconds. */
const END_MS = 15_000;

/** The environment of a measure. */
type Environment = Readonly<Record<string, string>>;

/** Runs a measure in a process; undefined when it failed, or had no time left. */
const runMeasure = (
  name: MeasureName,
  { ms, env }: { readonly ms: number; readonly env: Environment },
): Promise<readonly Row[] | undefined> =>
  new Promise((resolve) => {
    let rows: readonly Row[] | undefined;
    const file = join(import.meta.dirname, 'run.ts');
    const child = fork(file, [name], { env: { ...process.env, ...env } });
    const stop = () => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), END_MS).unref();
    };
    const timer = setTimeout(() => {
      console.error(`${name} is given up: it has taken ${(ms / 1_000).toFixed(0)} s`);
      stop();
    }, ms);
    const signals = ['SIGINT', 'SIGTERM'] as const;
    for (const signal of signals) process.once(signal, stop);
    child.on('message', (message) => {
      rows = message as readonly Row[];
    });
    child.on('exit', () => {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, stop);
      resolve(rows);
    });
  });

/** Measures once and describes where. */
const measure = async (
  name: MeasureName,
  options: { readonly ms: number; readonly env: Environment },
): Promise<Result | undefined> => {
  const began = performance.now();
  const load = loadavg()[0] ?? 0;
  const where = {
    machine: describeMachine(),
    stores: describeStores(),
    versions: describeVersions(),
  };
  const rows = await runMeasure(name, options);
  return (
    rows && {
      date: new Date().toISOString().slice(0, 10),
      ...where,
      rounds: MEASURES[name].rounds,
      seconds: Math.round((performance.now() - began) / 1_000),
      load: Math.round(load * 10) / 10,
      rows,
    }
  );
};

const { isQuick, names, isNamed } = readOrder(process.argv.slice(2), existsSync(EXECUTABLE));
const env: Record<string, string> = isQuick ? { BENCH_QUICK: 'on' } : {};
env.BENCH_WORKER = await step('building the Worker', buildWorker);
const minutes = isQuick ? MINUTES.quick : MINUTES.whole;
const until = isNamed ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    isStopped = true;
  });

const all: Row[] = [];
const failed: MeasureName[] = [];
for (const name of names) {
  if (isStopped) process.exit(1);
  const ms = Math.min(MEASURES[name].minutes * 60_000, until - performance.now());
  console.error(`\n== ${name}: ${MEASURES[name].title}`);
  const result = ms > 0 ? await measure(name, { ms, env }) : undefined;
  if (!result) {
    failed.push(name);
    continue;
  }
  all.push(...result.rows);
  // A quick run is too short for figures that are kept.
  if (!isQuick) writeResults({ ...readResults(), [name]: result });
}
if (!isQuick) writeDocument();
console.log(`\n${tableOf(all)}\n`);
for (const name of failed) console.error(`Not measured: ${name}`);
const bad = all.filter(({ isMet, isBroken }) => (isQuick ? isBroken : isMet === false));
for (const { what } of bad) console.error(`${isQuick ? 'Broken' : 'Not met'}: ${what}`);
const isGood = failed.length === 0 && (bad.length === 0 || process.env.BENCH_PRINT === 'only');
process.exit(isGood ? 0 : 1);
