import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import { PATIENCE_MS, TIMEOUT_MS } from './test/support/patience.ts';

/**
 * Begins with the file that waits for a minute, so that the others run meanwhile. Ends with those
 * that leave calls ringing: these are missed after 45 s, and what rooms tell the Worker then must
 * not be counted by another file.
 */
class Order extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]) {
    const isLast = /\/stack\/(faults-of-endpoints|calls-[a-z]+)\.test\.ts$/;
    const rank = ({ moduleId }: (typeof files)[number]) =>
      moduleId.endsWith('/waits.test.ts') ? 0 : isLast.test(moduleId) ? 2 : 1;
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

/** No test fails because a machine is slow: these end only what hangs. */
const PATIENT = {
  testTimeout: TIMEOUT_MS,
  hookTimeout: TIMEOUT_MS,
  expect: { poll: { timeout: PATIENCE_MS } },
};

/**
 * The tests of calls on one host. All files share one stack: each has its own people, and counts
 * nothing of others.
 */
const calls = (host: string) => ({
  test: {
    name: `calls-${host}`,
    include: ['test/calls/**/*.test.ts'],
    globalSetup: 'test/calls/setup.ts',
    setupFiles: ['test/support/collect-logs.ts'],
    sequence: { groupOrder: 2 },
    isolate: false,
    // One file of each host only waits.
    maxWorkers: 4,
    // Tests that wait run all at once.
    maxConcurrency: 30,
    ...PATIENT,
  },
});

const PARTYKIT = ['test/dev/*partykit*.test.ts'];

export default defineConfig({
  test: {
    // The output of a test is shown when it fails.
    silent: 'passed-only',
    // Two workers pay off on two cores as well, since much of the time is spent waiting.
    maxWorkers: 2,
    sequence: { sequencer: Order },
    projects: [
      // Logic without any store, which takes milliseconds.
      {
        test: {
          name: 'unit',
          include: ['test/{bench,client,house,party,simulator,src,web}/**/*.test.ts'],
          // Loading what is tested for each file would take twice as long as the tests.
          isolate: false,
          ...PATIENT,
        },
      },
      // The parts of the local stack; tests start what they need.
      {
        test: {
          name: 'dev',
          include: ['test/dev/**/*.test.ts'],
          exclude: PARTYKIT,
          ...PATIENT,
        },
      },
      // The parts that run rooms under PartyKit; `npm run test:calls` runs them, and the calls
      // below.
      { test: { name: 'partykit', include: PARTYKIT, ...PATIENT } },
      // The running stack, one for each worker, whose stores are counted and made to fail. It runs
      // after all others, which would slow it down.
      {
        test: {
          name: 'stack',
          include: ['test/stack/**/*.test.ts'],
          globalSetup: 'test/stack/setup.ts',
          setupFiles: ['test/support/collect-logs.ts', 'test/stack/settle.ts'],
          sequence: { groupOrder: 1 },
          // Loading the app for each file would take as long as the tests; files share no state.
          isolate: false,
          ...PATIENT,
        },
      },
      // Two real browsers call each other; `npm run test:e2e` alone, since not every machine has
      // Chromium.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/stack/setup.ts',
          setupFiles: ['test/support/collect-logs.ts'],
          sequence: { groupOrder: 3 },
          ...PATIENT,
        },
      },
      // The same suite runs on both hosts.
      calls('partyserver'),
      calls('partykit'),
    ],
  },
});
