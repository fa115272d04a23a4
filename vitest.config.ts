import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What a test prints is of use when it fails.
    silent: 'passed-only',
    // Also on a machine with two cores: much of the time is spent waiting.
    maxWorkers: 2,
    projects: [
      // Logic, without any store: milliseconds.
      { test: { name: 'unit', include: ['test/src/**/*.test.ts'] } },
      // The local stack's own parts, each started by its tests.
      { test: { name: 'dev', include: ['test/dev/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 60_000 } },
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
    ],
  },
});
