import type { Latency } from './measures/traffic.ts';
import { median, quantile } from './statistics.ts';
import type { Ring } from './systems/system.ts';

/** The figures of a system, in the order of the runs. */
export interface Figures {
  /** At 1,000 messages a second. */
  readonly latencies: Latency[];
  /** Messages a second, in the closed loop. */
  readonly throughputs: number[];
  readonly rings: Ring[];
}

/** The figures of all systems. */
export interface AllFigures {
  readonly rooms: Figures;
  readonly bare: Figures;
  readonly ws: Figures;
  readonly peer: Figures;
}

/**
 * The memory of the rooms in MB, undefined where it could not be read or was not measured. `calls`
 * counts the calls that came and went.
 */
export interface Memory {
  readonly perThousandSockets: number | undefined;
  readonly growth: number | undefined;
  readonly calls: number;
}

/** A line of the table: the figures as text; `holds` is undefined where it was not measured. */
export interface Row {
  readonly what: string;
  readonly goal: string;
  readonly rooms: string;
  readonly bare: string;
  readonly ws: string;
  readonly peer: string;
  readonly ratio: string;
  readonly holds: boolean | undefined;
}

/**
 * By how much the memory of two equal loads may differ without growth, in MB: the allocator gives
 * back what it likes.
 */
const NOISE_MB = 16;

const formatNumber = (value: number) => value.toFixed(value < 10 ? 2 : 1);
const thousands = (value: number) => `${(value / 1_000).toFixed(1)} k`;
const NONE = '–';

/** What is compared of all systems, and the goal. */
interface Comparison {
  readonly what: string;
  readonly goal: string;
  pick(figures: Figures): readonly number[];
  show(value: number): string;
  holds(figure: number): boolean;
}

const compare = (
  { rooms, bare, ws, peer }: AllFigures,
  { what, goal, pick, show, holds }: Comparison,
): Row => {
  const of = (figures: Figures) => median(pick(figures));
  const ratio = of(rooms) / of(ws);
  const figures = {
    rooms: show(of(rooms)),
    bare: show(of(bare)),
    ws: show(of(ws)),
    peer: show(of(peer)),
  };
  return { what, goal, ...figures, ratio: `${ratio.toFixed(2)} × ws`, holds: holds(ratio) };
};

const rung = (share: number, limit: number, { rooms, ws, peer }: AllFigures): Row => {
  const of = ({ rings }: Figures) =>
    quantile(
      rings.map(({ ms }) => ms),
      share,
    );
  return {
    what: `call → the callee’s device rings, p${share * 100}`,
    goal: `≤ ${limit} ms`,
    rooms: `${formatNumber(of(rooms))} ms`,
    bare: NONE,
    ws: `${formatNumber(of(ws))} ms`,
    peer: `${formatNumber(of(peer))} ms`,
    ratio: NONE,
    holds: of(rooms) <= limit,
  };
};

const alone = (
  figure: number | undefined,
  { what, goal, holds }: Pick<Comparison, 'what' | 'goal' | 'holds'>,
): Row => ({
  what,
  goal,
  rooms: figure === undefined ? NONE : `${figure.toFixed(0)} MB`,
  bare: NONE,
  ws: NONE,
  peer: NONE,
  ratio: NONE,
  holds: figure === undefined ? undefined : holds(figure),
});

const roundTripsOf = ({ rings }: Figures) => Math.max(...rings.map(({ roundTrips }) => roundTrips));

/** Compares the figures with the goals. `concurrent`: how many calls the closed loop had. */
export const rowsOf = (
  all: AllFigures,
  { perThousandSockets, growth, calls }: Memory,
  concurrent: number,
): Row[] => {
  const ms = (value: number) => `${formatNumber(value)} ms`;
  const trips = roundTripsOf(all.rooms);
  return [
    compare(all, {
      what: 'relay p50, 1,000 messages/s',
      goal: '≤ 2 × ws',
      pick: ({ latencies }) => latencies.map(({ p50 }) => p50),
      show: ms,
      holds: (ratio) => ratio <= 2,
    }),
    compare(all, {
      what: 'relay p99',
      goal: '≤ 3 × ws',
      pick: ({ latencies }) => latencies.map(({ p99 }) => p99),
      show: ms,
      holds: (ratio) => ratio <= 3,
    }),
    compare(all, {
      what: `messages/s, closed loop, ${concurrent} calls`,
      goal: '≥ 0.5 × ws',
      pick: ({ throughputs }) => throughputs,
      show: thousands,
      holds: (ratio) => ratio >= 0.5,
    }),
    alone(perThousandSockets, {
      what: 'memory per 1,000 call sockets',
      goal: '≤ 320 MB',
      holds: (mb) => mb <= 320,
    }),
    alone(growth, {
      what: `its growth over ${calls.toLocaleString('en')} calls`,
      goal: 'none',
      holds: (mb) => mb <= NOISE_MB,
    }),
    rung(0.5, 25, all),
    rung(0.99, 100, all),
    {
      what: 'round trips until it rings',
      goal: '1',
      rooms: String(trips),
      bare: NONE,
      ws: String(roundTripsOf(all.ws)),
      peer: String(roundTripsOf(all.peer)),
      ratio: NONE,
      holds: trips === 1,
    },
  ];
};

/** Writes the rows as a table in Markdown. */
export const tableOf = (rows: readonly Row[]): string => {
  const head = ['', 'goal', 'rooms', 'bare room', 'ws', 'peerjs-server', 'ratio', 'holds'];
  const cells = rows.map(({ what, goal, rooms, bare, ws, peer, ratio, holds }) => {
    const verdict = holds === undefined ? 'not measured' : holds ? 'yes' : 'NO';
    return [what, goal, rooms, bare, ws, peer, ratio, verdict];
  });
  const widths = head.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  return [
    line(head),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...cells.map(line),
  ].join('\n');
};
