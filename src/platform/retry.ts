import type { Log } from './log.ts';

/**
 * When to try to undo, in milliseconds after one another. With the time that each try may take it all ends within the 30 s that the platform
 * gives to work behind an answer.
 */
const PAUSES_MS = [0, 1_000, 3_000, 6_000, 10_000];

/** The same for what may take five seconds a try. */
const FEW_PAUSES_MS = [0, 1_000, 3_000];

const untilHeard = async <Result>(
  step: () => Promise<Result>,
  pauses: readonly number[],
): Promise<Result> => {
  let failure: unknown;
  for (const pause of pauses) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await step();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
};

/**
 * Undoes a step whose outcome is not known, as soon as Redis hears of it.
 *
 * @param undo one try
 * @throws what the last try threw
 */
export const undoWithRetries = (undo: () => Promise<void>): Promise<void> =>
  untilHeard(undo, PAUSES_MS);

/**
 * Tries up to three times.
 *
 * @param step one try; that it took effect before makes no difference
 * @returns what the first try that succeeded answered
 * @throws what the last try threw
 */
export const tryThrice = <Result>(step: () => Promise<Result>): Promise<Result> =>
  untilHeard(step, FEW_PAUSES_MS);

/** Does work behind the answer; what it throws is logged under the name of the event. */
export type Later = (event: string, work: () => Promise<unknown>) => void;

/** What a step works with beside the services: the request's log, and a way to do work behind the answer. */
export interface Around {
  readonly log: Log;
  readonly later: Later;
}
