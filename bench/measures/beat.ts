import type { Side } from '../systems/system.ts';

const PING_MS = 5_000;

/**
 * Has every side give its sign of life once in five seconds, spread evenly over that time.
 *
 * @returns how to end it
 */
export const beat = (sides: readonly Side[]): (() => void) => {
  const began = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / PING_MS) * sides.length);
    for (; done < due; done++) sides[done % sides.length]?.ping();
  }, 5);
  return () => clearInterval(timer);
};
