import { pause } from '../pause.ts';
import type { WorkerServer } from '../servers/worker.ts';
import type { Rooms } from '../systems/rooms.ts';
import type { Pair } from '../systems/system.ts';
import type { User } from '../users.ts';

/** How soon after the other calls are made, in milliseconds: what 500 calls at a time amount to when each lasts for a minute and a half. Inboxes wake for each. */
const EVERY_MS = 200;

/** How long it takes until a room is gone: it lingers for a minute, and workerd drops it 10 s later; in milliseconds. */
const GONE_MS = 80_000;

/** Makes calls at a steady pace; those that are there are in `pairs`. */
export const connectSteadily = async (connect: () => Promise<Pair>, count: number, pairs: Pair[]): Promise<void> => {
  const began = performance.now();
  const making: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    await pause(Math.max(0, began + i * EVERY_MS - performance.now()));
    making.push(connect().then((pair) => pairs.push(pair)));
    // Where they take longer than that, they wait for one another.
    await making[i - 8];
  }
  await Promise.all(making);
};

/** A call from its beginning to its end: a few candidates each way, then the caller hangs up. */
const wholeCall = async (rooms: Rooms, caller: User, callee: User): Promise<void> => {
  const [one, other] = await rooms.call(caller, callee);
  for (let i = 0; i < 5; i++) {
    one.send(`candidate:${i}`);
    other.send(`candidate:${i}`);
  }
  await one.end();
};

/** Makes calls, four at a time, and waits until their rooms are gone. All users make or take equally many. */
const churn = async (rooms: Rooms, users: readonly User[], count: number): Promise<void> => {
  let next = 0;
  const half = Math.floor(users.length / 2);
  const work = async () => {
    while (next < count) {
      const at = next++ % half;
      const [caller, callee] = [users[at], users[half + at]];
      if (caller && callee) await wholeCall(rooms, caller, callee);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
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
