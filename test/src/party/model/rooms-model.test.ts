import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupScript, hostileScript, script } from './arbitraries.ts';
import { complaint, paste, shortest } from './replay.ts';

/** How many schedules are played in all. */
const SCHEDULES = Number(process.env['SCHEDULES'] ?? 1_500);

/** Plays a share of the schedules; shows the shortest that breaks a promise. */
const playAll = (scripts: fc.Arbitrary<string[]>, share: number) => {
  const { counterexample, seed, numRuns } = fc.check(
    fc.property(scripts, (steps) => complaint(steps) === undefined),
    { numRuns: Math.ceil(SCHEDULES * share) },
  );
  if (!counterexample) return;
  const script = shortest(counterexample[0]);
  expect.fail(`${complaint(script)} (seed ${seed}, schedule ${numRuns})\n\n${paste(script)}`);
};

describe('calls, whatever happens', () => {
  test('of two and their devices, old and new', { timeout: 600_000 }, () => playAll(script, 0.6));

  test('of many', { timeout: 600_000 }, () => playAll(groupScript, 0.2));

  test('with clients that break the protocol', { timeout: 600_000 }, () => playAll(hostileScript, 0.2));
});
