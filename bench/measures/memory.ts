import { pause } from '../pause.ts';
import type { MeasuredServer } from '../servers/figures.ts';
import type { Rooms } from '../systems/rooms.ts';
import type { Pair } from '../systems/system.ts';
import type { User } from '../users.ts';

/**
 * The time between two calls that end at once, in milliseconds. A steady pace is needed, since
 * rooms stay for 75 s: with calls as fast as possible, memory would measure the speed.
 */
const CHURN_EVERY_MS = 40;

/**
 * How long a room stays after its call, in milliseconds: it lingers for a minute, looks 5 s later
 * whether all have closed, and workerd drops it 10 s after that.
 */
const GONE_MS = 90_000;

/** Does something so many times at a steady pace. */
const repeatSteadily = async (
  everyMs: number,
  count: number,
  act: (n: number) => Promise<unknown>,
): Promise<void> => {
  const began = performance.now();
  const acting: Promise<unknown>[] = [];
  for (let n = 0; n < count; n++) {
    await pause(Math.max(0, began + n * everyMs - performance.now()));
    acting.push(act(n));
    // At most eight run at the same time.
    await acting[n - 8];
  }
  await Promise.all(acting);
};

/** Makes calls at a steady pace, and adds them to `pairs`. */
export const connectSteadily = (
  connect: () => Promise<Pair>,
  count: number,
  { everyMs, pairs }: { readonly everyMs: number; readonly pairs: Pair[] },
): Promise<void> =>
  repeatSteadily(everyMs, count, () => connect().then((pair) => pairs.push(pair)));

/** Makes a call with a few candidates each way, and hangs up. */
const makeShortCall = async (rooms: Rooms, caller: User, callee: User): Promise<void> => {
  const [one, other] = await rooms.call(caller, callee);
  for (let i = 0; i < 5; i++) {
    one.send(`candidate:${i}`);
    other.send(`candidate:${i}`);
  }
  await one.end();
};

/** Makes short calls, equally many for each user, and waits until their rooms are gone. */
const makeShortCalls = async (
  rooms: Rooms,
  users: readonly User[],
  count: number,
): Promise<void> => {
  const half = Math.floor(users.length / 2);
  await repeatSteadily(CHURN_EVERY_MS, count, async (n) => {
    const [caller, callee] = [users[n % half], users[half + (n % half)]];
    if (caller && callee) await makeShortCall(rooms, caller, callee);
  });
  await pause(GONE_MS);
};

/** Calls that end at once: where, between whom, and how many. */
interface ShortCalls {
  readonly rooms: Rooms;
  readonly users: readonly User[];
  readonly calls: number;
}

/**
 * Measures by how much the memory of a Worker grows from one half of the calls to the next, in MB.
 * All calls have ended by then, so that the second half can use the memory of the first again.
 *
 * @returns undefined where memory cannot be read
 */
export const measureGrowth = async (
  worker: MeasuredServer,
  { rooms, users, calls }: ShortCalls,
): Promise<number | undefined> => {
  await makeShortCalls(rooms, users, calls / 2);
  const before = worker.memory();
  await makeShortCalls(rooms, users, calls / 2);
  const after = worker.memory();
  return before === undefined || after === undefined ? undefined : after - before;
};
