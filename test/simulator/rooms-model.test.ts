import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callRoomDefinition } from '../../party/call/room.ts';
import { inboxRoomDefinition } from '../../party/inbox/room.ts';
import {
  glareScript,
  groupGlareScript,
  groupScript,
  hostileScript,
  script,
} from './arbitraries.ts';
import { complaint, paste, shortest } from './replay.ts';
import { takeStep } from './script.ts';
import { twoDevicesScript } from './two-devices.ts';
import type { Machines } from './world.ts';
import { liveCall, World } from './world.ts';

/** How many schedules are played in all. */
const SCHEDULES = Number(process.env['SCHEDULES'] ?? 500);
const TIMEOUT_MS = 1_800_000;

/** The seed is fixed so that a green build stays green; another number plays other schedules. */
const seed = Number(process.env['SCHEDULES_SEED'] ?? 1);

/** Plays a share of the schedules; shows the shortest that breaks a rule. */
const playAll = (scripts: fc.Arbitrary<string[]>, share: number) => {
  const { counterexample, numRuns } = fc.check(
    fc.property(scripts, (steps) => complaint(steps) === undefined),
    { numRuns: Math.ceil(SCHEDULES * share), seed },
  );
  if (!counterexample) return;
  const steps = shortest(counterexample[0]);
  expect.fail(`${complaint(steps)} (seed ${seed}, schedule ${numRuns})\n\n${paste(steps)}`);
};

describe('calls, whatever happens', () => {
  test(
    '[C1, C2, C10, C11, C12] two users keep every rule on current and legacy devices',
    { timeout: TIMEOUT_MS },
    () => playAll(script, 0.65),
  );

  test('[C8, C9, C17] a call of many keeps every rule of calls', { timeout: TIMEOUT_MS }, () =>
    playAll(groupScript, 0.15),
  );

  test(
    '[C48, C49, C50, C51, C52] two with two devices each prepare and move their call',
    { timeout: TIMEOUT_MS },
    () => playAll(twoDevicesScript, 0.3),
  );

  test(
    '[C18, C24, C38] clients that break the protocol do nothing to others',
    { timeout: TIMEOUT_MS },
    () => playAll(hostileScript, 0.2),
  );

  test('[C7, C44] two who dial each other end in one call, whatever the network does', {
    timeout: TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(glareScript, (steps) => {
        const world = new World();
        for (const step of steps) takeStep(world, step);
        world.clock.pass(10_000);
        expect([...world.calls.values()].filter((room) => liveCall(room))).toHaveLength(1);
      }),
      { numRuns: Math.ceil(SCHEDULES * 0.2), seed },
    );
  });
});

describe('members of a group who call the same people', () => {
  test('[C7] callers of the same people, or of the one who calls them, all end in one call', {
    timeout: TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(groupGlareScript, (steps) => {
        const world = new World();
        for (const step of steps) takeStep(world, step);
        world.clock.pass(10_000);
        const live = [...world.calls.values()].flatMap((room) => liveCall(room) ?? []);
        expect(live.map(({ state, group }) => [state !== 'ended', group])).toEqual([[true, true]]);
      }),
      { numRuns: Math.ceil(SCHEDULES * 0.2), seed },
    );
  });
});

describe('a broken rule', () => {
  /** Rooms with a bug, and the rule that each of them breaks. */
  const planted: Record<string, { machines: Machines; promise: RegExp; steps: number }> = {
    'an inbox that rings on for a call that was declined': {
      machines: {
        call: callRoomDefinition,
        inbox: {
          ...inboxRoomDefinition,
          step: (state, event, now) =>
            event.type === 'message' &&
            event.message.type === 'stop' &&
            event.message.reason === 'declined'
              ? {
                  state,
                  effects: [{ type: 'reply', request: event.request, answer: { outcome: 'done' } }],
                }
              : inboxRoomDefinition.step(state, event, now),
        },
      },
      promise: /ring|is in|rooms say/,
      steps: 4,
    },
    'a call that hears signals twice': {
      machines: {
        inbox: inboxRoomDefinition,
        call: {
          ...callRoomDefinition,
          step: (state, event, now) => {
            const isBug =
              event.type === 'frame' && event.frame.type === 'signal' && event.frame.seq === 3;
            const frame = isBug ? { ...event.frame, seq: 2 } : undefined;
            return callRoomDefinition.step(
              state,
              frame && event.type === 'frame' ? { ...event, frame } : event,
              now,
            );
          },
        },
      },
      promise: /never came to|keeps \d+ signals/,
      steps: 4,
    },
  };

  const options = { timeout: TIMEOUT_MS };
  test.each(Object.entries(planted))(
    'a broken rule is shown as a short script: %s',
    options,
    (_, { machines, promise, steps }) => {
      const { counterexample } = fc.check(
        fc.property(script, (given) => complaint(given, machines) === undefined),
        { numRuns: 1_000, seed: 4 },
      );
      const short = shortest(counterexample?.[0] ?? [], machines);
      expect(complaint(short, machines)).toMatch(promise);
      expect(short.length).toBeLessThanOrEqual(steps);
      expect(complaint(short)).toBeUndefined();
    },
  );
});
