import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What a test prints is of use when it fails.
    silent: 'passed-only',
    // One for the stack's tests, which go one after the other, and one for all others.
    maxWorkers: 2,
    projects: [
      // Logic, without any store: milliseconds.
      { test: { name: 'unit', include: ['test/src/**/*.test.ts'] } },
      // The local stack's own parts, each started by its tests.
      { test: { name: 'dev', include: ['test/dev/**/*.test.ts'], testTimeout: 20_000, hookTimeout: 60_000 } },
      // The running stack. One file at a time, since calls to its stores are counted and its stores made to fail.
      {
        test: {
          name: 'stack',
          include: ['test/stack/**/*.test.ts'],
          globalSetup: 'test/stack/setup.ts',
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
