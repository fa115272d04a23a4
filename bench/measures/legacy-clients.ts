import type { Row } from '../goals.ts';
import { pause } from '../pause.ts';
import { step } from '../progress.ts';
import type { WorkerServer } from '../servers/worker.ts';
import { median, quantile } from '../statistics.ts';
import { connectLegacy } from '../systems/legacy-clients.ts';
import type { Pair } from '../systems/system.ts';
import type { User } from '../users.ts';
import { measureLoad } from './traffic.ts';

/** How many pairs of legacy clients call each other. */
export const LEGACY_PAIRS = 100;

/** How many messages a second all of them send. */
const PER_SECOND = Number(process.env.BENCH_LEGACY_PER_SECOND || 2_000);
const SECONDS = 20;

/** The goals: milliseconds, and microseconds of the processor for a message. */
const P50_MS = 5;
const P99_MS = 50;
const PROCESSOR_US = 150;

/** The figures of one run. */
interface Run {
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  /** The processor time of a message in microseconds; undefined where it cannot be read. */
  readonly processor: number | undefined;
}

const measureOnce = async (worker: WorkerServer, pairs: readonly Pair[]): Promise<Run> => {
  const before = worker.processor();
  const { taken, lost } = await measureLoad(pairs, PER_SECOND, SECONDS);
  const after = worker.processor();
  const used = before === undefined || after === undefined ? undefined : after - before;
  // This includes the warm-up, and everything that is no message.
  const processor = used && (used * 1_000_000) / taken.length;
  return { lost, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), processor };
};

const line = (
  what: string,
  goal: string,
  { figure, holds }: { figure: string; holds?: boolean | undefined },
): Row => {
  const none = '–';
  return { what, goal, rooms: figure, bare: none, ws: none, peer: none, ratio: none, holds };
};

const rowsOf = (runs: readonly Run[]): Row[] => {
  const rate = `${PER_SECOND.toLocaleString('en')} messages/s`;
  const what = `legacy clients, ${LEGACY_PAIRS} pairs, ${rate}`;
  const lost = Math.max(...runs.map((run) => run.lost));
  const p50 = median(runs.map((run) => run.p50));
  const p99 = median(runs.map((run) => run.p99));
  const used = runs.flatMap(({ processor }) => (processor === undefined ? [] : [processor]));
  const processor = used.length > 0 ? median(used) : undefined;
  return [
    line(`${what}: lost`, 'none', { figure: String(lost), holds: lost === 0 }),
    line('their p50', `≤ ${P50_MS} ms`, { figure: `${p50.toFixed(2)} ms`, holds: p50 <= P50_MS }),
    line('their p99', `≤ ${P99_MS} ms`, { figure: `${p99.toFixed(1)} ms`, holds: p99 <= P99_MS }),
    line('processor of the rooms a message', `≤ ${PROCESSOR_US} µs`, {
      figure: processor === undefined ? '–' : `${processor.toFixed(0)} µs`,
      holds: processor === undefined ? undefined : processor <= PROCESSOR_US,
    }),
  ];
};

/** Has legacy clients call each other, and signal; the first run warms up and does not count. */
export const measureLegacyClients = async (
  worker: WorkerServer,
  users: readonly User[],
  count: number,
): Promise<Row[]> => {
  const pairs: Pair[] = [];
  await step(`making ${LEGACY_PAIRS} calls: legacy clients`, async () => {
    for (let n = 0; n < LEGACY_PAIRS; n++) {
      const [caller, callee] = [users[2 * n], users[2 * n + 1]];
      if (caller && callee) pairs.push(await connectLegacy(worker.url, caller, callee));
    }
  });
  const runs: Run[] = [];
  for (let run = 0; run <= count; run++) {
    const name = run === 0 ? 'warming up' : `run ${run} of ${count}`;
    const measured = await step(`legacy clients, ${name}`, () => measureOnce(worker, pairs));
    const { lost, p50, p99, processor = 0 } = measured;
    const figures = [`${lost} lost`, `p50 ${p50.toFixed(2)} ms`, `p99 ${p99.toFixed(1)} ms`];
    console.error(`        ${[...figures, `${processor.toFixed(0)} µs of processor`].join(', ')}`);
    if (run > 0 || lost > 0) runs.push(measured);
    // Late messages would be taken for messages of the next run.
    if (lost > 0) break;
    await pause(1_000);
  }
  // Under too much traffic the end may not arrive, so failures are ignored.
  await step('ending them', () => Promise.allSettled(pairs.map(([caller]) => caller.end())));
  return rowsOf(runs);
};
