import { loadavg } from 'node:os';
import type { Figures, Row } from './goals.ts';
import { rowsOf, tableOf } from './goals.ts';
import { CHAT_USERS, measureChatLoad } from './measures/chat-load.ts';
import { CHAT_PAIRS, measureChats } from './measures/chats.ts';
import { keepAlive } from './measures/keep-alive.ts';
import { LEGACY_PAIRS, measureLegacyClients } from './measures/legacy-clients.ts';
import { connectSteadily, measureGrowth } from './measures/memory.ts';
import { measureSdkCalls } from './measures/sdk-call.ts';
import { measureLatency, measureThroughput } from './measures/traffic.ts';
import { step } from './progress.ts';
import { endAll, startPeer, startRelay } from './servers/start.ts';
import { startStores } from './servers/stores.ts';
import { startBareInboxes, startBareRoom, startWorker } from './servers/worker.ts';
import { RUNS, settingsFor } from './settings.ts';
import { measureSignIns } from './sign-ins.ts';
import { Peer } from './systems/peer.ts';
import { Relay } from './systems/relay.ts';
import { Rooms } from './systems/rooms.ts';
import type { Pair, Ring, System } from './systems/system.ts';
import { makeUsers } from './users.ts';

/** How many calls come and go while growth is measured; 0 leaves that out. */
const GROWTH_CALLS = Number(process.env.BENCH_GROWTH_CALLS || 1_000);
const CALLS = Number(process.env.BENCH_CALLS || 500);
/**
 * How many of the calls have traffic. Each side then sends as many messages a second as a client
 * finds candidates.
 */
const BUSY_CALLS = 50;
const PER_SECOND = 1_000;
/**
 * Long enough that one long pause of workerd's garbage collector, 80 ms every 40 s at this load,
 * weighs no more than its share.
 */
const LATENCY_S = 20;
const THROUGHPUT_S = 3;
/** How many calls ring in a run, each for another user. */
const RINGS = 50;
const WARM_UP_CALLS = 20;
/** How many short calls each user makes at most, within the limit of 60 an hour. */
const CALLS_PER_USER = 20;
/** How many users make short calls at least: nobody makes two at a time. */
const CALLERS = 20;

interface Measured<One extends System = System> {
  readonly system: One;
  readonly pairs: Pair[];
  readonly figures: Figures;
}

const newFigures = (): Figures => ({ latencies: [], throughputs: [], rings: [] });

const sidesOf = (all: readonly Measured[]) => all.flatMap(({ pairs }) => pairs.flat());

/** Measures a system with calls once, adds the result to its figures, and describes it. */
type Measure = (measured: Measured) => Promise<string>;

const latency: Measure = async ({ pairs, figures }) => {
  const measured = await measureLatency(pairs.slice(0, BUSY_CALLS), PER_SECOND, LATENCY_S);
  figures.latencies.push(measured);
  return `p50 ${measured.p50.toFixed(2)} ms, p99 ${measured.p99.toFixed(1)} ms`;
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
 * Measures all systems in turn, run by run; the first run warms everything up and does not count.
 * Throughput comes last because of the garbage that it leaves. Between two rings of a system come
 * the other systems' latencies, so that sessions are forgotten and inboxes asleep.
 */
const runAll = async (all: readonly Measured[]): Promise<void> => {
  for (const measures of [[latency, rings], [throughput]]) {
    for (let run = 0; run <= RUNS; run++) {
      for (let i = 0; i < all.length; i++) {
        // Each system begins as often as the others, and follows each of them as often.
        const measured = all[(run + i) % all.length];
        if (!measured) continue;
        const name = run === 0 ? 'warming up' : `run ${run} of ${RUNS}`;
        const figures = run === 0 ? newFigures() : measured.figures;
        for (const measure of measures) {
          const what = `${measure.name}, ${name}: ${measured.system.name}`;
          console.error(`        ${await step(what, () => measure({ ...measured, figures }))}`);
        }
      }
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

/** Prints the table, and returns whether all goals hold. */
const report = (rows: readonly Row[]): boolean => {
  console.log(`\n${tableOf(rows)}\n`);
  return rows.every(({ holds }) => holds !== false);
};

/** Measures legacy clients alone: `npm run bench -- legacy-clients`. */
const mainOfLegacyClients = async (): Promise<boolean> => {
  const settings = settingsFor(await step('starting the stores', startStores));
  const users = await step('making users', () => makeUsers(settings, 2 * LEGACY_PAIRS));
  const rooms = await step('building the Worker, starting workerd', () => startWorker(settings));
  const bare = await step('starting the bare inboxes', startBareInboxes);
  return report(await measureLegacyClients({ rooms, bare }, users, RUNS));
};

/** Measures chats alone: `npm run bench -- chats`. */
const mainOfChats = async (): Promise<boolean> => {
  const settings = settingsFor(await step('starting the stores', startStores));
  const users = await step('making users', () => makeUsers(settings, 2 * CHAT_PAIRS));
  const worker = await step('building the Worker, starting workerd', () => startWorker(settings));
  return report(await step('sending messages', () => measureChats(worker.url, users)));
};

/** Measures chats at full load: `npm run bench -- chat-load`. */
const mainOfChatLoad = async (): Promise<boolean> => {
  const settings = settingsFor(await step('starting the stores', startStores));
  const users = await step('making users', () => makeUsers(settings, CHAT_USERS));
  const worker = await step('building the Worker, starting workerd', () => startWorker(settings));
  return report(await measureChatLoad(worker, users));
};

/** Measures real calls of the SDK beside PeerJS: `npm run bench -- sdk-call`. */
const mainOfSdkCalls = async (): Promise<boolean> => {
  const stores = settingsFor(await step('starting the stores', startStores));
  const users = await step('making users', () => makeUsers(stores, 2));
  const worker = await step('building the Worker, starting workerd', () => startWorker(stores));
  const peer = await step('starting peerjs-server', startPeer);
  return measureSdkCalls({ worker: worker.url, peer: peer.url }, users);
};

const main = async (): Promise<boolean> => {
  const settings = settingsFor(await step('starting the stores', startStores));
  const churners = 2 * Math.max(CALLERS, Math.ceil(GROWTH_CALLS / CALLS_PER_USER));
  const people = 2 * (CALLS + RINGS + WARM_UP_CALLS + LEGACY_PAIRS);
  const users = await step('making users', () => makeUsers(settings, people + churners));
  const worker = await step('building the Worker, starting workerd', () => startWorker(settings));
  const [bareRoom, bareInboxes, relay, peer] = await step('starting the others', () =>
    Promise.all([startBareRoom(), startBareInboxes(), startRelay(), startPeer()]),
  );

  const of = <One extends System>(system: One): Measured<One> => ({
    system,
    pairs: [],
    figures: newFigures(),
  });
  const rooms = of(new Rooms(worker.url, users.slice(churners + 2 * LEGACY_PAIRS)));
  const bare = of(new Relay('bare room', bareRoom.url));
  const ws = of(new Relay('ws', relay.url));
  const peers = of(new Peer(peer.url));
  const all = [rooms, bare, ws, peers];

  keepAlive(() => sidesOf(all));
  await step('warming up', async () => {
    const pairs: Pair[] = [];
    await connectSteadily(() => rooms.system.connect(), WARM_UP_CALLS, pairs);
    await rooms.system.prepare(RINGS);
    await Promise.all(pairs.map(([caller]) => caller.end()));
  });
  const before = worker.memory();
  await step(`making ${CALLS} calls: rooms`, () =>
    connectSteadily(() => rooms.system.connect(), CALLS, rooms.pairs),
  );
  const after = worker.memory();
  for (const { system, pairs } of [bare, ws, peers]) {
    await step(`making ${CALLS} calls: ${system.name}`, async () => {
      while (pairs.length < CALLS) pairs.push(await system.connect());
    });
  }

  await runAll(all);

  const perThousandSockets = before && after && ((after - before) / (2 * CALLS)) * 1_000;
  await step('ending them', () => endAllOf(rooms.pairs));
  const growth = GROWTH_CALLS
    ? await step(`${GROWTH_CALLS} calls come and go`, () =>
        measureGrowth(worker, {
          rooms: rooms.system,
          users: users.slice(0, churners),
          calls: GROWTH_CALLS,
        }),
      )
    : undefined;

  const rows = rowsOf(
    { rooms: rooms.figures, bare: bare.figures, ws: ws.figures, peer: peers.figures },
    { perThousandSockets, growth, calls: GROWTH_CALLS },
    CALLS,
  );
  const legacyUsers = users.slice(churners, churners + 2 * LEGACY_PAIRS);
  const workers = { rooms: worker, bare: bareInboxes };
  return report([...rows, ...(await measureLegacyClients(workers, legacyUsers, RUNS))]);
};

const load = loadavg()[0] ?? 0;
if (load > 0.5)
  console.error(
    `Something else runs on this machine (load ${load.toFixed(1)}), so the figures are not exact.`,
  );
let isEnding = false;

/** Ends everything, once, and then this process. Failures after that are not shown. */
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
const alone: Readonly<Record<string, () => Promise<boolean>>> = {
  'legacy-clients': mainOfLegacyClients,
  chats: mainOfChats,
  'chat-load': mainOfChatLoad,
  'sdk-call': mainOfSdkCalls,
  requests: measureSignIns,
};
await (alone[process.argv[2] ?? ''] ?? main)().then(
  (holds) => end(holds || process.env.BENCH_PRINT === 'only' ? 0 : 1),
  fail,
);
