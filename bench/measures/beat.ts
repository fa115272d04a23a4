import type { Side } from '../systems/system.ts';

const TICK_MS = 1_000;
const PING_MS = 5_000;

/**
 * Has every side do what its client does once in a second and once in five, spread evenly over that time.
 *
 * @returns how to end it
 */
export const beat = (sides: readonly Side[]): (() => void) => {
  const began = performance.now();
  const done = { tick: 0, ping: 0 };
  const catchUp = (what: 'tick' | 'ping', everyMs: number) => {
    const due = Math.floor(((performance.now() - began) / everyMs) * sides.length);
    for (; done[what] < due; done[what]++) sides[done[what] % sides.length]?.[what]();
  };
  const timer = setInterval(() => {
    catchUp('tick', TICK_MS);
    catchUp('ping', PING_MS);
  }, 5);
  return () => clearInterval(timer);
};
