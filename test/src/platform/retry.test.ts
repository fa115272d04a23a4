import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tryThrice, undoWithRetries } from '../../../src/platform/retry.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs a step that fails so many times, with all the pauses, and tells what came of it. */
const tried = async (run: typeof undoWithRetries, failures: number) => {
  let tries = 0;
  const started = Date.now();
  const outcome = run(async () => {
    tries += 1;
    if (tries <= failures) throw new Error(`Failure ${tries}`);
  }).then(
    () => 'done',
    (error: Error) => error.message,
  );
  await vi.runAllTimersAsync();
  return { outcome: await outcome, tries, ms: Date.now() - started };
};

test.each([
  [0, { outcome: 'done', tries: 1, ms: 0 }],
  [1, { outcome: 'done', tries: 2, ms: 1_000 }],
  [2, { outcome: 'done', tries: 3, ms: 4_000 }],
  [3, { outcome: 'Failure 3', tries: 3, ms: 4_000 }],
])(
  '[A13] a step that fails %i times is tried up to three times within seconds',
  async (failures, expected) => {
    expect(await tried(tryThrice, failures)).toEqual(expected);
  },
);

test('[A12] what must be undone is tried for 20 s', async () => {
  expect(await tried(undoWithRetries, 9)).toEqual({ outcome: 'Failure 5', tries: 5, ms: 20_000 });
});
