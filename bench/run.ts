import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { type Run, rowsOf, tableOf } from './goals.ts';
import { connectSteadily, measureGrowth } from './measures/memory.ts';
import { measureLatency, measureThroughput } from './measures/traffic.ts';
import { pause } from './pause.ts';
import { step } from './progress.ts';
import { endAll, startPeer, startRelay } from './servers/start.ts';
import { startStores } from './servers/stores.ts';
import { startWorker } from './servers/worker.ts';
import { Peer } from './systems/peer.ts';
import { Relay } from './systems/relay.ts';
import { Rooms } from './systems/rooms.ts';
import type { Pair, System } from './systems/system.ts';
import { makeUsers } from './users.ts';

const RUNS = Number(process.env.BENCH_RUNS || 5);
/** How many calls come and go while memory is looked at; 0 = leave that out. */
const GROWTH_CALLS = Number(process.env.BENCH_GROWTH_CALLS || 1_000);
const CALLS = Number(process.env.BENCH_CALLS || 500);
/** How many of them the 1,000 messages a second go through: as many a second for each side as a client finds candidates. */
const BUSY_CALLS = 50;
const PER_SECOND = 1_000;
const SECONDS = 3;
/** How many calls ring in a run, each for somebody else. */
const RINGS = 50;
const WARM_UP_CALLS = 20;
/** So many calls come and go for each of them at most, within the limit of 60 an hour. */
const CALLS_OF_ONE = 20;
/** And at least so many make them: nobody makes two at a time. */
const CALLERS = 20;

interface Measured<One extends System = System> {
  readonly system: One;
  readonly pairs: Pair[];
  readonly runs: Run[];
}

const sidesOf = (all: readonly Measured[]) => all.flatMap(({ pairs }) => pairs.flat());

/** Signs of life of everybody: those who are not measured say nothing for a while. */
const settle = async (all: readonly Measured[]): Promise<void> => {
  for (const side of sidesOf(all)) side.ping();
  await pause(700);
};

const measure = async (measured: Measured, ready: () => Promise<void>): Promise<Run> => {
  const { system, pairs } = measured;
  await ready();
  const latency = await measureLatency(pairs.slice(0, BUSY_CALLS), PER_SECOND, SECONDS);
  await ready();
  const throughput = await measureThroughput(pairs, SECONDS);
  await ready();
  const rings: number[] = [];
  let roundTrips = 0;
  for (let i = 0; i < RINGS; i++) {
    const ring = await system.ring();
    rings.push(ring.ms);
    roundTrips = ring.roundTrips;
  }
  return { ...latency, throughput, rings, roundTrips };
};

const say = ({ p50, p99, throughput, rings }: Run) =>
  `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(1)} ms, ${throughput.toFixed(0)} messages/s, rings in ${Math.min(...rings).toFixed(1)}–${Math.max(...rings).toFixed(1)} ms`;

/** Runs all systems in turn; the first round warms everything up and does not count. */
const runAll = async (all: readonly Measured[]): Promise<void> => {
  for (let round = 0; round <= RUNS; round++) {
    for (let i = 0; i < all.length; i++) {
      // Each begins as often as the others, and follows each of them as often.
      const measured = all[(round + i) % all.length];
      if (!measured) continue;
      const name = round === 0 ? 'warming up' : `run ${round} of ${RUNS}`;
      const run = await step(`${name}: ${measured.system.name}`, () => measure(measured, () => settle(all)));
      console.error(`        ${say(run)}`);
      if (round > 0) measured.runs.push(run);
    }
  }
};

/** Ends calls, a few at a time. */
const endAllOf = async (pairs: Pair[]): Promise<void> => {
  const work = async () => {
    for (let pair = pairs.pop(); pair; pair = pairs.pop()) await pair[0].end();
  };
  await Promise.all(Array.from({ length: 8 }, work));
};

const settingsFor = (stores: Awaited<ReturnType<typeof startStores>>) => ({
  ...stores,
  JWT_SECRET: randomBytes(24).toString('hex'),
  CODE_SECRET: randomBytes(24).toString('hex'),
  // Nobody is told anything: nobody has a chat.
  TELEGRAM_BOT_TOKEN: '1000:bench',
});

const main = async (): Promise<boolean> => {
  const settings = settingsFor(await step('starting the stores', startStores));
  const churners = 2 * Math.max(CALLERS, Math.ceil(GROWTH_CALLS / CALLS_OF_ONE));
  const people = 2 * (CALLS + RINGS + WARM_UP_CALLS);
  const users = await step('making users', () => makeUsers(settings, people + churners));
  const worker = await step('building the Worker, starting workerd', () => startWorker(settings));
  const [relay, peer] = await step('starting the peers', () => Promise.all([startRelay(), startPeer()]));

  const of = <One extends System>(system: One): Measured<One> => ({ system, pairs: [], runs: [] });
  const rooms = of(new Rooms(worker.url, users.slice(churners)));
  const ws = of(new Relay(relay.url));
  const peers = of(new Peer(peer.url));
  const all = [rooms, ws, peers];

  const alive = setInterval(() => {
    for (const side of sidesOf(all)) side.ping();
  }, 5_000);
  await step('warming up', async () => {
    const pairs: Pair[] = [];
    await connectSteadily(() => rooms.system.connect(), WARM_UP_CALLS, pairs);
    await rooms.system.prepare(RINGS);
    await Promise.all(pairs.map(([caller]) => caller.end()));
  });
  const before = worker.memory();
  await step(`making ${CALLS} calls: rooms`, () => connectSteadily(() => rooms.system.connect(), CALLS, rooms.pairs));
  const after = worker.memory();
  for (const { system, pairs } of [ws, peers]) {
    await step(`making ${CALLS} calls: ${system.name}`, async () => {
      while (pairs.length < CALLS) pairs.push(await system.connect());
    });
  }
  clearInterval(alive);

  await runAll(all);

  const perThousandSockets = before && after && ((after - before) / (2 * CALLS)) * 1_000;
  await step('ending them', () => endAllOf(rooms.pairs));
  const growth = GROWTH_CALLS
    ? await step(`${GROWTH_CALLS} calls come and go`, () =>
        measureGrowth(worker, rooms.system, users.slice(0, churners), GROWTH_CALLS),
      )
    : undefined;

  const rows = rowsOf(
    { rooms: rooms.runs, ws: ws.runs, peer: peers.runs },
    { perThousandSockets, growth, calls: GROWTH_CALLS },
    CALLS,
  );
  console.log(`\n${tableOf(rows)}\n`);
  return rows.every(({ holds }) => holds !== false);
};

const load = loadavg()[0] ?? 0;
if (load > 0.5)
  console.error(`Something else runs on this machine (load ${load.toFixed(1)}): take the figures for what they are.`);
let isEnding = false;

/** Ends everything, once, and this process with it. What fails because of that is of no interest. */
const end = async (code: number): Promise<void> => {
  if (isEnding) return;
  isEnding = true;
  await endAll();
  process.exit(code);
};

const fail = (error: unknown) => {
  if (!isEnding) console.error(error);
  void end(1);
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end(1));
process.on('unhandledRejection', fail);
await main().then((holds) => end(holds || process.env.BENCH_PRINT === 'only' ? 0 : 1), fail);
