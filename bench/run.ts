import { loadavg } from 'node:os';
import { isMeasure } from './measures.ts';
import type { Row } from './rows.ts';
import { endAll } from './servers/start.ts';
import { dropDatabases } from './servers/stores.ts';

/**
 * Runs the measure that the argument names, in a process of its own, which ends all that it
 * started; the rows go to the process that started this one (all.ts).
 */

const name = process.argv[2] ?? '';
if (!isMeasure(name)) throw new Error(`There is no measure "${name}"`);

const BUSY_LOAD = 0.5;
const load = loadavg()[0] ?? 0;
if (load > BUSY_LOAD)
  console.error(`Something else runs here (load ${load.toFixed(1)}): figures are not exact.`);

let isEnding = false;

/** Ends everything, once, and then this process. Failures after that are not shown. */
const end = async (code: number): Promise<void> => {
  if (isEnding) return;
  isEnding = true;
  await endAll();
  await dropDatabases().catch(() => undefined);
  process.exit(code);
};

const fail = (error: unknown) => {
  if (!isEnding) console.error(error);
  void end(1);
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(1));
process.on('disconnect', () => void end(1));
process.on('unhandledRejection', fail);
try {
  const { run } = (await import(`./setups/${name}.ts`)) as { run: () => Promise<Row[]> };
  const rows = await run();
  process.send?.(rows, undefined, undefined, () => void end(0));
} catch (error) {
  fail(error);
}
