import type { CreateTestClock } from '../src/testing/types.ts';

/** When a test clock begins, in milliseconds since 1970. */
const BEGINNING = Date.UTC(2030, 0, 1);

/** How many turns of the machine's event loop what a timer begins is given. */
const TURNS = 5;

/** The one of the machine, also where a test has put another in its place. */
const later = globalThis.setTimeout;

interface Timer {
  readonly at: number;
  readonly work: () => void;
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => later(resolve));
};

/** Creates a clock that stands still until it is moved. */
export const createTestClock: CreateTestClock = () => {
  let now = BEGINNING;
  /** In the order in which they were set. */
  const timers = new Set<Timer>();

  const nextUntil = (end: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers)
      if (timer.at <= end && (!first || timer.at < first.at)) first = timer;
    return first;
  };

  return {
    now: () => now,
    setTimeout: (work, ms) => {
      const timer = { at: now + Math.max(0, ms), work };
      timers.add(timer);
      return timer;
    },
    clearTimeout: (timer) => void timers.delete(timer as Timer),
    pass: async (ms) => {
      const end = now + ms;
      await settle();
      for (let next = nextUntil(end); next; next = nextUntil(end)) {
        timers.delete(next);
        now = Math.max(now, next.at);
        next.work();
        await settle();
      }
      now = Math.max(now, end);
    },
    get timers() {
      return timers.size;
    },
  };
};
