import { expect } from 'vitest';
import type { Answer } from './client.ts';
import type { ProxyControl } from './proxy.ts';

/**
 * How often each race is run. The order of arrival is chance, so a single run proves little: CI
 * asks for 50 on real stores, the nightly run for 1,000.
 */
export const RACE_RUNS = Number(process.env.RACE_RUNS ?? 3);

/**
 * Runs a race {@link RACE_RUNS} times, one after another.
 *
 * @param run one run; gets its index, which begins with 0, so that the first may be the most
 *   expensive
 * @throws what the first failing run threw; its message begins with the number of the run
 */
export const race = async (run: (index: number) => Promise<void>): Promise<void> => {
  for (let index = 0; index < RACE_RUNS; index++) {
    try {
      await run(index);
    } catch (error) {
      if (error instanceof Error)
        error.message = `Run ${index + 1} of ${RACE_RUNS}: ${error.message}`;
      throw error;
    }
  }
};

/** How many race in one run: 50 in the first, fewer in the others, which are many. */
export const crowd = (index: number): number => (index === 0 ? 50 : 8);

/** So many of the same. */
export const repeated = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/**
 * Starts all requests at once, and holds their calls to a store back until each has made its first.
 *
 * @param only a text of the calls to hold back, the name of a script say; others pass
 * @returns the answers, in the order of the requests
 */
export const together = async (
  store: ProxyControl,
  only: string,
  requests: readonly (() => Promise<Answer>)[],
): Promise<Answer[]> => {
  const count = requests.length;
  await store.behave({ mode: 'barrier', count, only, times: count });
  const answers = await Promise.all(requests.map((request) => request()));
  expect(await store.calls(), 'calls that gathered at the barrier').toBeGreaterThanOrEqual(count);
  await store.behave({ mode: 'pass' });
  return answers;
};

/** How many answers had each status. */
export const statuses = (answers: readonly Answer[]): Record<number, number> =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, group]) => [
      status,
      group.length,
    ]),
  );
