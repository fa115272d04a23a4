import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/**
 * Begins with the file that spends a minute waiting, so that the others run meanwhile. Ends with those that leave calls ringing: what rooms tell the Worker when
 * these are missed, after 45 s, must not fall into what another file counts.
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

/** The calls, on one host of the rooms. All files share one stack: they have people of their own, and count nothing that others do. */
const calls = (host: string) => ({
  test: {
    name: `calls-${host}`,
    include: ['test/calls/**/*.test.ts'],
    globalSetup: 'test/calls/setup.ts',
    setupFiles: ['test/support/collect-logs.ts'],
    sequence: { groupOrder: 2 },
    isolate: false,
    // One of each host only waits.
    maxWorkers: 4,
    // What is waited for, all at once.
    maxConcurrency: 30,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

const PARTYKIT = ['test/dev/*partykit*.test.ts'];

export default defineConfig({
  test: {
    // What a test prints is of use when it fails.
    silent: 'passed-only',
    // Also on a machine with two cores: much of the time is spent waiting.
    maxWorkers: 2,
    sequence: { sequencer: Order },
    projects: [
      // Logic, without any store: milliseconds.
      {
        test: {
          name: 'unit',
          include: ['test/{house,party,simulator,src}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      // The local stack's own parts, each started by its tests.
      {
        test: {
          name: 'dev',
          include: ['test/dev/**/*.test.ts'],
          exclude: PARTYKIT,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // The same of the other host of rooms: `npm run test:calls`, as everything below.
      { test: { name: 'partykit', include: PARTYKIT, testTimeout: 60_000, hookTimeout: 60_000 } },
      // The running stack, one for each worker: calls to its stores are counted, and its stores made to fail. After all others, since what it
      // measures in time would suffer from them.
      {
        test: {
          name: 'stack',
          include: ['test/stack/**/*.test.ts'],
          globalSetup: 'test/stack/setup.ts',
          setupFiles: ['test/support/collect-logs.ts'],
          sequence: { groupOrder: 1 },
          // Loading the app and its drivers for each file would take as long as the tests themselves; files keep nothing for one another.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      // Two real browsers call each other: `npm run test:e2e`, since not every machine has a Chromium.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/stack/setup.ts',
          setupFiles: ['test/support/collect-logs.ts'],
          sequence: { groupOrder: 3 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // One suite, on both hosts.
      calls('partyserver'),
      calls('partykit'),
    ],
  },
});
