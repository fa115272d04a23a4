import { GOALS } from '../goals.ts';
import { measureGrowth } from '../measures/memory.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { rowOf } from '../rows.ts';
import { startStores } from '../servers/stores.ts';
import { startWorker } from '../servers/worker.ts';
import { settingsFor } from '../settings.ts';
import { Rooms } from '../systems/rooms.ts';
import { makeUsers } from '../users.ts';

const CALLS = Number(process.env.BENCH_GROWTH_CALLS || 1_000);
/** How many short calls each user makes at most, within the limit of 60 an hour. */
const CALLS_PER_USER = 20;
/** How many users make short calls at least: nobody makes two at a time. */
const CALLERS = 20;

/** Measures what memory stays when calls have come and gone. */
export const run = async (): Promise<Row[]> => {
  const { settings: stores } = await step('starting the stores', startStores);
  const settings = settingsFor(stores);
  const people = 2 * Math.max(CALLERS, Math.ceil(CALLS / CALLS_PER_USER));
  const users = await step('making users', () => makeUsers(settings, people));
  const worker = await step('starting workerd', () => startWorker(settings));
  const rooms = new Rooms(worker.url, []);
  const growth = await step(`${CALLS} calls come and go`, () =>
    measureGrowth(worker, { rooms, users, calls: CALLS }),
  );
  return [
    rowOf(`memory kept of ${(CALLS / 2).toLocaleString('en')} calls that are over`, {
      here: growth === undefined ? '–' : `${growth.toFixed(0)} MB`,
      value: growth,
      goal: GOALS.keptMemory,
    }),
  ];
};
