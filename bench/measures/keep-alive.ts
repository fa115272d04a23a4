import type { Side } from '../systems/system.ts';

const PING_MS = 5_000;

/**
 * Has every side do what its client does once in five seconds, spread evenly over that time.
 *
 * @param sides lists the sides that there are by now
 * @returns a function that ends it
 */
export const keepAlive = (sides: () => readonly Side[]): (() => void) => {
  let all: readonly Side[] = [];
  let began = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const share = (performance.now() - began) / PING_MS;
    for (const due = Math.min(share, 1) * all.length; done < due; done++) all[done]?.ping();
    if (share < 1) return;
    all = sides();
    began = performance.now();
    done = 0;
  }, 5);
  return () => clearInterval(timer);
};
