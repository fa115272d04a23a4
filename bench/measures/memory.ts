import { pause } from '../pause.ts';
import type { WorkerServer } from '../servers/worker.ts';
import type { Rooms } from '../systems/rooms.ts';
import type { Pair } from '../systems/system.ts';
import type { User } from '../users.ts';

/** How soon after the other calls are made, in milliseconds: what 500 calls at a time amount to when each lasts for a minute and a half. Inboxes wake for each. */
const EVERY_MS = 200;

/** The same of calls that end at once, in milliseconds. Were they made as fast as they can be, memory would tell how fast that was: of each second's calls the rooms are there for 75 s. */
const CHURN_EVERY_MS = 40;

/** How long it takes until a room is gone: it lingers for a minute, looks 5 s later whether all have closed, and workerd drops it 10 s after that; in milliseconds. */
const GONE_MS = 90_000;

/** Does something so many times at a steady pace. */
const steadily = async (
  everyMs: number,
  count: number,
  act: (n: number) => Promise<unknown>,
): Promise<void> => {
  const began = performance.now();
  const acting: Promise<unknown>[] = [];
  for (let n = 0; n < count; n++) {
    await pause(Math.max(0, began + n * everyMs - performance.now()));
    acting.push(act(n));
    // Where they take longer than that, they wait for one another.
    await acting[n - 8];
  }
  await Promise.all(acting);
};

/** Makes calls at a steady pace; those that are there are in `pairs`. */
export const connectSteadily = (
  connect: () => Promise<Pair>,
  count: number,
  pairs: Pair[],
): Promise<void> => steadily(EVERY_MS, count, () => connect().then((pair) => pairs.push(pair)));

/** A call from its beginning to its end: a few candidates each way, then the caller hangs up. */
const wholeCall = async (rooms: Rooms, caller: User, callee: User): Promise<void> => {
  const [one, other] = await rooms.call(caller, callee);
  for (let i = 0; i < 5; i++) {
    one.send(`candidate:${i}`);
    other.send(`candidate:${i}`);
  }
  await one.end();
};

/** Makes calls at a steady pace, and waits until their rooms are gone. All users make or take equally many. */
const churn = async (rooms: Rooms, users: readonly User[], count: number): Promise<void> => {
  const half = Math.floor(users.length / 2);
  await steadily(CHURN_EVERY_MS, count, async (n) => {
    const [caller, callee] = [users[n % half], users[half + (n % half)]];
    if (caller && callee) await wholeCall(rooms, caller, callee);
  });
  await pause(GONE_MS);
};

/**
 * By how much the memory of a Worker grows from one half of the calls to the next, all of which have ended, in MB. What the first half needs at most, the second
 * half can use again.
 *
 * @returns undefined where memory cannot be read
 */
export const measureGrowth = async (
  worker: WorkerServer,
  rooms: Rooms,
  users: readonly User[],
  calls: number,
): Promise<number | undefined> => {
  await churn(rooms, users, calls / 2);
  const before = worker.memory();
  await churn(rooms, users, calls / 2);
  const after = worker.memory();
  return before === undefined || after === undefined ? undefined : after - before;
};
