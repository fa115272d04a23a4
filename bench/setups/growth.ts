import { neon, neonConfig } from '@neondatabase/serverless';
import { growthRow, measureManyMessages, measureManyPeople } from '../measures/growth.ts';
import { keepAlive } from '../measures/keep-alive.ts';
import { connectSteadily } from '../measures/memory.ts';
import { measureLatency } from '../measures/traffic.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { startTelegram } from '../servers/start.ts';
import { startStores } from '../servers/stores.ts';
import { startWorker } from '../servers/worker.ts';
import { signInSettingsFor } from '../settings.ts';
import { median } from '../statistics.ts';
import { peopleOf } from '../systems/accounts.ts';
import { Rooms } from '../systems/rooms.ts';
import type { Pair } from '../systems/system.ts';
import { makeUsers } from '../users.ts';

/** The embedded database is not meant for millions. */
const PEOPLE = Number(process.env.BENCH_USERS || (process.env.DATABASE_URL ? 1_000_000 : 20_000));
const MESSAGES = Number(process.env.BENCH_MESSAGES || 100_000);
const FEW_CALLS = 10;
const CALLS = Number(process.env.BENCH_MANY_CALLS || 1_000);
const FEW_PEOPLE = 10;
/** How many calls ring, and how many messages a second go for so many seconds. */
const RINGS = 20;
/** Twice before and twice after, each in another pair. */
const ALL_RINGS = 4 * RINGS;
const [PER_SECOND, SECONDS] = [200, 5];
/** How long is between two new calls, in milliseconds. */
const EVERY_MS = 20;

const start = async (users: number) => {
  const telegram = await startTelegram();
  const { settings: stores } = await step('starting the stores', startStores);
  const settings = signInSettingsFor(stores, telegram);
  const made = await step('making users', () => makeUsers(settings, users));
  const { url } = await step('starting workerd', () => startWorker(settings));
  neonConfig.fetchEndpoint = settings.DATABASE_ENDPOINT;
  return { url, users: made, sql: neon(settings.DATABASE_URL) };
};

/** Measures the calls that there are first, before and after there are many more. */
const measureManyCalls = async (): Promise<Row[]> => {
  const { url, users } = await start(2 * (CALLS + ALL_RINGS));
  const rooms = new Rooms(url, users);
  const pairs: Pair[] = [];
  const stop = keepAlive(() => pairs.flat());
  const connect = () => rooms.connect();
  const measure = async () => {
    const rings: number[] = [];
    for (let n = 0; n < RINGS; n++) rings.push((await rooms.ring()).ms);
    const { p50 } = await measureLatency(pairs.slice(0, FEW_CALLS), PER_SECOND, SECONDS);
    return { rings: median(rings), relay: p50 };
  };
  await rooms.prepare(ALL_RINGS);
  await connectSteadily(connect, FEW_CALLS, { everyMs: EVERY_MS, pairs });
  await step('a few calls, warming up', measure);
  const before = await step('a few calls', measure);
  await step(`making ${CALLS} calls`, () =>
    connectSteadily(connect, CALLS - FEW_CALLS, { everyMs: EVERY_MS, pairs }),
  );
  await step('many calls, warming up', measure);
  const after = await step('many calls', measure);
  stop();
  const growth = `${FEW_CALLS} → ${CALLS.toLocaleString('en')} calls at a time`;
  return [
    growthRow(`POST /api/calls → the other device rings, ${growth}`, before.rings, after.rings),
    growthRow(`relay, p50, ${growth}`, before.relay, after.relay),
  ];
};

/** Measures what more people, calls and messages cost. */
export const run = async (): Promise<Row[]> => {
  const few = await start(FEW_PEOPLE);
  const people = { sql: few.sql, people: peopleOf(few.users), count: PEOPLE };
  const ofPeople = await measureManyPeople(few.url, people);
  const ofCalls = await measureManyCalls();
  const chats = await start(4);
  const ofMessages = await measureManyMessages(chats.url, { ...chats, count: MESSAGES });
  return [...ofPeople, ...ofCalls, ...ofMessages];
};
