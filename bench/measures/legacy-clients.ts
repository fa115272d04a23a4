import type { Goal } from '../goals.ts';
import { GOALS } from '../goals.ts';
import { pause } from '../pause.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { ms, rowOf, us } from '../rows.ts';
import type { MeasuredServer } from '../servers/figures.ts';
import { either } from '../settings.ts';
import { medianOfRead, quantile } from '../statistics.ts';
import { connectBareInboxes } from '../systems/bare-inboxes.ts';
import { connectLegacy } from '../systems/legacy-clients.ts';
import type { Pair } from '../systems/system.ts';
import type { User } from '../users.ts';
import { measureLoad } from './traffic.ts';

/** How many pairs of legacy clients call each other. */
export const LEGACY_PAIRS = either(100, 50);

/** How many messages a second all of them send. */
const PER_SECOND = Number(process.env.BENCH_LEGACY_PER_SECOND || either(2_000, 500));
const SECONDS = either(4, 1);

/** The figures of one run. */
interface Run {
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  /** The processor time of a message in microseconds; undefined where it cannot be read. */
  readonly processor: number | undefined;
}

const measureOnce = async (worker: MeasuredServer, pairs: readonly Pair[]): Promise<Run> => {
  const before = worker.processor();
  const { taken, lost } = await measureLoad(pairs, PER_SECOND, SECONDS);
  const after = worker.processor();
  const used = before === undefined || after === undefined ? undefined : after - before;
  // This includes the warm-up, and everything that is no message.
  const processor = used && (used * 1_000_000) / taken.length;
  return { lost, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), processor };
};

const rowsOf = (rooms: readonly Run[], bare: readonly Run[]): Row[] => {
  const rate = `${PER_SECOND.toLocaleString('en')} messages/s`;
  const row = (
    what: string,
    goal: Goal,
    { of, show }: { of: (runs: readonly Run[]) => number | undefined; show: (n: number) => string },
  ): Row => {
    const [value, other] = [of(rooms), of(bare)];
    return rowOf(what, {
      here: value === undefined ? '–' : show(value),
      value,
      goal,
      peers: { 'two bare rooms': other === undefined ? undefined : show(other) },
    });
  };
  const middle = (pick: (run: Run) => number | undefined) => (runs: readonly Run[]) =>
    medianOfRead(runs.map(pick));
  return [
    row(`legacy clients, ${LEGACY_PAIRS} pairs, ${rate}: lost`, GOALS.legacyLost, {
      of: (runs) => Math.max(...runs.map(({ lost }) => lost)),
      show: String,
    }),
    row('legacy clients, p50', GOALS.legacyP50, { of: middle(({ p50 }) => p50), show: ms }),
    row('legacy clients, p99', GOALS.legacyP99, { of: middle(({ p99 }) => p99), show: ms }),
    row('legacy clients, processor of workerd a message', GOALS.legacyProcessor, {
      of: middle(({ processor }) => processor),
      show: us,
    }),
  ];
};

/** A Worker whose rooms are measured, and its calls. */
interface Measured {
  readonly name: string;
  readonly worker: MeasuredServer;
  readonly pairs: Pair[];
  readonly runs: Run[];
}

const measureRun = async (
  { name, worker, pairs, runs }: Measured,
  run: string,
  counts: boolean,
) => {
  const measured = await step(`legacy clients, ${run}: ${name}`, () => measureOnce(worker, pairs));
  const { lost, p50, p99, processor = 0 } = measured;
  const figures = [`${lost} lost`, `p50 ${p50.toFixed(2)} ms`, `p99 ${p99.toFixed(1)} ms`];
  console.error(`        ${[...figures, `${processor.toFixed(0)} µs of processor`].join(', ')}`);
  if (counts || lost > 0) runs.push(measured);
  await pause(1_000);
  return lost === 0;
};

/**
 * Has legacy clients call each other, and signal; the first run warms up and does not count. The
 * bare inboxes take turns with the Worker: they show what the platform costs.
 */
export const measureLegacyClients = async (
  workers: { readonly rooms: MeasuredServer; readonly bare: MeasuredServer },
  users: readonly User[],
  count: number,
): Promise<Row[]> => {
  const rooms: Measured = { name: 'rooms', worker: workers.rooms, pairs: [], runs: [] };
  const bare: Measured = { name: 'bare inboxes', worker: workers.bare, pairs: [], runs: [] };
  await step(`making ${LEGACY_PAIRS} calls: legacy clients`, async () => {
    for (let n = 0; n < LEGACY_PAIRS; n++) {
      const [caller, callee] = [users[2 * n], users[2 * n + 1]];
      if (caller && callee) rooms.pairs.push(await connectLegacy(rooms.worker.url, caller, callee));
      bare.pairs.push(await connectBareInboxes(bare.worker.url, n));
    }
  });
  for (let run = 0; run <= count; run++) {
    const name = run === 0 ? 'warming up' : `round ${run} of ${count}`;
    const order = run % 2 === 0 ? [rooms, bare] : [bare, rooms];
    // Late messages would be taken for messages of the next run.
    let complete = true;
    for (const one of order) complete = (await measureRun(one, name, run > 0)) && complete;
    if (!complete) break;
  }
  const all = [...rooms.pairs, ...bare.pairs];
  // Under too much traffic the end may not arrive, so failures are ignored.
  await step('ending them', () => Promise.allSettled(all.map(([caller]) => caller.end())));
  return rowsOf(rooms.runs, bare.runs);
};
