import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paste } from '../replay.ts';
import { complainClient, shortestClient } from './client-replay.ts';
import {
  clientScript,
  crossingScript,
  groupOfFourScript,
  invitingScript,
} from './client-scripts.ts';

/** How many schedules are played in all. */
const SCHEDULES = Number(process.env['SCHEDULES'] ?? 500);
const TIMEOUT_MS = 1_800_000;

/** The seed is fixed so that a green build stays green; another number plays other schedules. */
const seed = Number(process.env['SCHEDULES_SEED'] ?? 1);

/** Plays a share of the schedules; shows the shortest that breaks a rule. */
const playAll = async (scripts: fc.Arbitrary<string[]>, share: number) => {
  const { counterexample, numRuns } = await fc.check(
    fc.asyncProperty(scripts, async (steps) => (await complainClient(steps)) === undefined),
    { numRuns: Math.ceil(SCHEDULES * share), seed },
  );
  if (!counterexample) return;
  const steps = await shortestClient(counterexample[0]);
  const broken = await complainClient(steps);
  const script = paste(steps).replace('replay(', 'replayClient(');
  expect.fail(`${broken} (seed ${seed}, schedule ${numRuns})\n\n${script}`);
};

describe('devices with the SDK, whatever happens', () => {
  test(
    '[C11, C12, C48, C51, C55, C56] two talk, and agree how it ended',
    {
      timeout: TIMEOUT_MS,
    },
    () => playAll(clientScript, 0.7),
  );

  test('[C7] two who dial each other talk', { timeout: TIMEOUT_MS }, () =>
    playAll(crossingScript, 0.15),
  );

  test('[C8] four who are in a call all hear each other', { timeout: TIMEOUT_MS }, () =>
    playAll(groupOfFourScript, 0.15),
  );

  test(
    '[C58, C61, C62] two talk and invite others, who come and go, and all hear each other',
    { timeout: TIMEOUT_MS },
    () => playAll(invitingScript, 0.2),
  );
});
