import type { Row } from '../goals.ts';
import { pause } from '../pause.ts';
import { step } from '../progress.ts';
import type { MeasuredServer } from '../servers/figures.ts';
import { median, quantile } from '../statistics.ts';
import { connectBareInboxes } from '../systems/bare-inboxes.ts';
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

const measureOnce = async (worker: MeasuredServer, pairs: readonly Pair[]): Promise<Run> => {
  const before = worker.processor();
  const { taken, lost } = await measureLoad(pairs, PER_SECOND, SECONDS);
  const after = worker.processor();
  const used = before === undefined || after === undefined ? undefined : after - before;
  // This includes the warm-up, and everything that is no message.
  const processor = used && (used * 1_000_000) / taken.length;
  return { lost, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), processor };
};

/** The middle of all runs, in which nothing may be lost. */
interface Middle {
  readonly lost: number;
  readonly p50: number;
  readonly p99: number;
  readonly processor: number | undefined;
}

const middleOf = (runs: readonly Run[]): Middle => {
  const used = runs.flatMap(({ processor }) => (processor === undefined ? [] : [processor]));
  return {
    lost: Math.max(...runs.map(({ lost }) => lost)),
    p50: median(runs.map(({ p50 }) => p50)),
    p99: median(runs.map(({ p99 }) => p99)),
    processor: used.length > 0 ? median(used) : undefined,
  };
};

const show = {
  lost: ({ lost }: Middle) => String(lost),
  p50: ({ p50 }: Middle) => `${p50.toFixed(2)} ms`,
  p99: ({ p99 }: Middle) => `${p99.toFixed(1)} ms`,
  processor: ({ processor }: Middle) =>
    processor === undefined ? '–' : `${processor.toFixed(0)} µs`,
};

const rowsOf = (rooms: Middle, bare: Middle): Row[] => {
  const rate = `${PER_SECOND.toLocaleString('en')} messages/s`;
  const row = (figure: keyof Middle, about: Pick<Row, 'what' | 'goal' | 'holds'>): Row => ({
    ...about,
    rooms: show[figure](rooms),
    bare: show[figure](bare),
    ws: '–',
    peer: '–',
    ratio: '–',
  });
  const { lost, p50, p99, processor } = rooms;
  return [
    row('lost', {
      what: `legacy clients, ${LEGACY_PAIRS} pairs, ${rate}: lost`,
      goal: 'none',
      holds: lost === 0,
    }),
    row('p50', { what: 'their p50', goal: `≤ ${P50_MS} ms`, holds: p50 <= P50_MS }),
    row('p99', { what: 'their p99', goal: `≤ ${P99_MS} ms`, holds: p99 <= P99_MS }),
    row('processor', {
      what: 'processor of the rooms a message',
      goal: `≤ ${PROCESSOR_US} µs`,
      holds: processor === undefined ? undefined : processor <= PROCESSOR_US,
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
    const name = run === 0 ? 'warming up' : `run ${run} of ${count}`;
    const order = run % 2 === 0 ? [rooms, bare] : [bare, rooms];
    // Late messages would be taken for messages of the next run.
    let complete = true;
    for (const one of order) complete = (await measureRun(one, name, run > 0)) && complete;
    if (!complete) break;
  }
  const all = [...rooms.pairs, ...bare.pairs];
  // Under too much traffic the end may not arrive, so failures are ignored.
  await step('ending them', () => Promise.allSettled(all.map(([caller]) => caller.end())));
  return rowsOf(middleOf(rooms.runs), middleOf(bare.runs));
};
