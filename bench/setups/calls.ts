import { keepAlive } from '../measures/keep-alive.ts';
import { connectSteadily } from '../measures/memory.ts';
import { measureLatency, measureThroughput } from '../measures/traffic.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import type { MeasuredServer } from '../servers/figures.ts';
import { startPeer, startRelay } from '../servers/start.ts';
import { startStores } from '../servers/stores.ts';
import { startBareRings, startBareRoom, startWorker } from '../servers/worker.ts';
import { either, QUICK, RUNS, settingsFor } from '../settings.ts';
import { BareRooms } from '../systems/bare-rooms.ts';
import { Peer } from '../systems/peer.ts';
import { Relay } from '../systems/relay.ts';
import { Rooms } from '../systems/rooms.ts';
import type { Pair, Ring, System } from '../systems/system.ts';
import { makeUsers } from '../users.ts';
import type { CallFigures, Loads } from './call-rows.ts';
import { callRows } from './call-rows.ts';

const CALLS = Number(process.env.BENCH_CALLS || either(500, 100));
/**
 * How many of the calls have traffic. Each side then sends as many messages a second as a client
 * finds candidates.
 */
const BUSY_CALLS = 50;
const PER_SECOND = 1_000;
const LATENCY_S = either(4, 2);
const THROUGHPUT_S = either(2, 1);
/** How many calls ring in a round, each for another user. */
const RINGS = either(50, 20);
const ALL_RINGS = RINGS * (RUNS + 1);
const WARM_UP_CALLS = 20;
/**
 * The time between two calls in milliseconds: 500 calls at a time have that when each lasts for a
 * minute and a half. Inboxes wake for each.
 */
const EVERY_MS = either(200, 40);

interface Measured<One extends System = System> {
  readonly system: One;
  /** Its process, where that can be looked at. */
  readonly server: MeasuredServer | undefined;
  readonly pairs: Pair[];
  readonly figures: CallFigures;
}

const newFigures = (): CallFigures => ({ latencies: [], throughputs: [], rings: [], memory: [] });

/** Measures a system with calls once, adds the result to its figures, and describes it. */
type Measure = (measured: Measured) => Promise<string>;

const latency: Measure = async ({ pairs, figures, server }) => {
  const before = server?.processor();
  const load = await measureLatency(pairs.slice(0, BUSY_CALLS), PER_SECOND, LATENCY_S);
  const after = server?.processor();
  const used = before === undefined || after === undefined ? undefined : after - before;
  // This includes the warm-up, which sends as fast, and all that is no message.
  const sent = (LATENCY_S + 1) * PER_SECOND;
  figures.latencies.push({ ...load, processor: used && (used * 1_000_000) / sent });
  return `p50 ${load.p50.toFixed(2)} ms, p99 ${load.p99.toFixed(1)} ms`;
};

const throughput: Measure = async ({ pairs, figures }) => {
  const measured = await measureThroughput(pairs, THROUGHPUT_S);
  figures.throughputs.push(measured);
  return `${measured.toFixed(0)} messages/s`;
};

const rings: Measure = async ({ system, figures }) => {
  const measured: Ring[] = [];
  for (let i = 0; i < RINGS; i++) measured.push(await system.ring());
  figures.rings.push(...measured);
  const times = measured.map(({ ms }) => ms);
  return `rings in ${Math.min(...times).toFixed(1)}–${Math.max(...times).toFixed(1)} ms`;
};

/**
 * Measures all systems in turn, round by round; the first round warms everything up and does not
 * count. Throughput comes last because of the garbage that it leaves. No system rings while another
 * measures latencies: rooms that rang end ten seconds later, which is no part of a relay's cost.
 */
const runAll = async (all: readonly Measured[]): Promise<void> => {
  for (const measure of [latency, rings, throughput]) {
    for (let run = 0; run <= RUNS; run++) {
      for (let i = 0; i < all.length; i++) {
        // Each system begins as often as the others, and follows each of them as often.
        const measured = all[(run + i) % all.length];
        if (!measured) continue;
        const name = run === 0 ? 'warming up' : `round ${run} of ${RUNS}`;
        const figures = run === 0 ? newFigures() : measured.figures;
        const what = `${measure.name}, ${name}: ${measured.system.name}`;
        console.error(`        ${await step(what, () => measure({ ...measured, figures }))}`);
      }
    }
  }
};

const start = async () => {
  const { settings: stores } = await step('starting the stores', startStores);
  const settings = settingsFor(stores);
  const people = 2 * (CALLS + ALL_RINGS + WARM_UP_CALLS);
  const users = await step('making users', () => makeUsers(settings, people));
  const worker = await step('starting workerd', () => startWorker(settings));
  const [bareRoom, bareRings, relay, peer] = await step('starting the others', () =>
    Promise.all([startBareRoom(), startBareRings(settings), startRelay(), startPeer()]),
  );
  const of = <One extends System>(system: One, server?: MeasuredServer): Measured<One> => ({
    system,
    server,
    pairs: [],
    figures: newFigures(),
  });
  const rooms = of(new Rooms(worker.url, users), worker);
  const bare = of(new BareRooms({ relay: bareRoom.url, rings: bareRings.url }), bareRoom);
  const ws = of(new Relay('ws', relay.url));
  const peers = of(new Peer(peer.url));
  return { rooms, bare, ws, peers };
};

/** Makes all calls of a system, and notes what memory they take. */
const connectAll = async ({ system, server, pairs, figures }: Measured, everyMs: number) => {
  const before = server?.memory();
  const connect = () => system.connect();
  await step(`making ${CALLS} calls: ${system.name}`, () =>
    connectSteadily(connect, CALLS, { everyMs, pairs }),
  );
  const after = server?.memory();
  // A quick run makes calls so fast that all their inboxes are awake at once.
  if (!QUICK && before !== undefined && after !== undefined)
    figures.memory.push(((after - before) / (2 * CALLS)) * 1_000);
};

/** Measures calls over our rooms, a bare room, a bare `ws` relay and peerjs-server. */
export const run = async (): Promise<Row[]> => {
  const { rooms, bare, ws, peers } = await start();
  // Few rounds are enough for what runs on the same workerd.
  const all: readonly Measured[] = QUICK ? [rooms, bare] : [rooms, bare, ws, peers];
  const stop = keepAlive(() => all.flatMap(({ pairs }) => pairs.flat()));
  await step('warming up', async () => {
    for (const { system } of [rooms, bare]) {
      const pairs: Pair[] = [];
      await connectSteadily(() => system.connect(), WARM_UP_CALLS, { everyMs: EVERY_MS, pairs });
      await Promise.all(pairs.map(([caller]) => caller.end()));
    }
    await rooms.system.prepare(ALL_RINGS);
    await bare.system.prepare(ALL_RINGS);
  });
  await connectAll(rooms, EVERY_MS);
  for (const other of all.slice(1)) await connectAll(other, 5);
  await runAll(all);
  stop();
  const loads: Loads = { calls: CALLS, perSecond: PER_SECOND };
  const figures = { rooms: rooms.figures, bare: bare.figures, ws: ws.figures, peer: peers.figures };
  return callRows(figures, loads);
};
