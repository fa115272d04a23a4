import { GOALS } from '../goals.ts';
import type { Latency } from '../measures/traffic.ts';
import type { Row } from '../rows.ts';
import { ms, rowOf, times, us } from '../rows.ts';
import { medianOfRead, medianRatio, quantile } from '../statistics.ts';
import type { Ring } from '../systems/system.ts';

/** The figures of a system, in the order of the rounds. */
export interface CallFigures {
  /** At 1,000 messages a second, with the server's processor time a message in microseconds. */
  readonly latencies: (Latency & { readonly processor: number | undefined })[];
  /** Messages a second, in the closed loop. */
  readonly throughputs: number[];
  readonly rings: Ring[];
  /** MB for 1,000 sockets; empty where memory could not be read. */
  readonly memory: number[];
}

/** The figures of all systems. */
export interface AllFigures {
  readonly rooms: CallFigures;
  readonly bare: CallFigures;
  readonly ws: CallFigures;
  readonly peer: CallFigures;
}

/** How many calls there were, and how many messages a second. */
export interface Loads {
  readonly calls: number;
  readonly perSecond: number;
}

type Pick = (figures: CallFigures) => readonly (number | undefined)[];

/** The figure of everybody, ours with its ratio to the bare room's. */
const besides = (all: AllFigures, pick: Pick, show: (value: number) => string) => {
  const of = (figures: CallFigures) => {
    const value = medianOfRead(pick(figures));
    return value === undefined ? undefined : show(value);
  };
  const ratio = medianRatio(pick(all.rooms), pick(all.bare));
  const shown = ratio === undefined ? '' : ` (${times(ratio)} bare room)`;
  return {
    here: `${of(all.rooms) ?? '–'}${shown}`,
    value: ratio,
    peers: { 'bare room': of(all.bare), ws: of(all.ws), 'peerjs-server': of(all.peer) },
  };
};

const ringRow = (share: number, all: AllFigures, goal: typeof GOALS.ringP50): Row => {
  const of = ({ rings }: CallFigures) => {
    const times = rings.map(({ ms }) => ms);
    return times.length > 0 ? quantile(times, share) : undefined;
  };
  const shown = (figures: CallFigures) => {
    const value = of(figures);
    return value === undefined ? undefined : ms(value);
  };
  return rowOf(`POST /api/calls → the other device rings, p${share * 100}`, {
    here: shown(all.rooms) ?? '–',
    value: of(all.rooms),
    goal,
    peers: {
      'bare rooms': shown(all.bare),
      ws: shown(all.ws),
      'peerjs-server': shown(all.peer),
    },
  });
};

const tripsRow = (all: AllFigures): Row => {
  const of = ({ rings }: CallFigures) =>
    rings.length > 0 ? Math.max(...rings.map(({ roundTrips }) => roundTrips)) : undefined;
  const [ws, peer] = [of(all.ws), of(all.peer)];
  return rowOf('round trips until it rings', {
    here: String(of(all.rooms) ?? '–'),
    value: of(all.rooms),
    goal: GOALS.roundTrips,
    peers: { ws: ws ? String(ws) : undefined, 'peerjs-server': peer ? String(peer) : undefined },
  });
};

/** Makes the lines of the table. */
export const callRows = (all: AllFigures, { calls, perSecond }: Loads): Row[] => {
  const load = `${perSecond.toLocaleString('en')} messages/s`;
  const mb = (value: number) => `${value.toFixed(0)} MB`;
  const thousands = (value: number) => `${(value / 1_000).toFixed(1)} k/s`;
  const memory = medianOfRead(all.rooms.memory);
  return [
    rowOf(`relay, ${load}, p50`, {
      ...besides(all, ({ latencies }) => latencies.map(({ p50 }) => p50), ms),
      goal: GOALS.relayP50,
    }),
    rowOf(`relay, ${load}, p99`, {
      ...besides(all, ({ latencies }) => latencies.map(({ p99 }) => p99), ms),
      goal: GOALS.relayP99,
    }),
    rowOf('relay, processor of workerd a signal', {
      ...besides(all, ({ latencies }) => latencies.map(({ processor }) => processor), us),
      goal: GOALS.relayProcessor,
    }),
    rowOf(`messages/s, closed loop, ${calls} calls`, {
      ...besides(all, ({ throughputs }) => throughputs, thousands),
      goal: GOALS.throughput,
    }),
    rowOf('memory of 1,000 call sockets', {
      ...besides(all, ({ memory }) => memory, mb),
      value: memory,
      goal: GOALS.memory,
    }),
    ringRow(0.5, all, GOALS.ringP50),
    ringRow(0.99, all, GOALS.ringP99),
    tripsRow(all),
  ];
};
