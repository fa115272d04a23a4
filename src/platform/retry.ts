/**
 * The pauses between tries to undo a step, in milliseconds. With one second for each try they all
 * end within the 30 s that the platform gives to work after a response.
 */
const UNDO_PAUSES_MS = [0, 1_000, 3_000, 6_000, 10_000];

/** The pauses between tries that may take five seconds each, in milliseconds. */
const LONG_TRY_PAUSES_MS = [0, 1_000, 3_000];

const retryAfterPauses = async <Result>(
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
 * Undoes a step whose outcome is not known, in up to five tries within about 25 s.
 *
 * @param undo one try
 * @throws what the last try threw
 */
export const undoWithRetries = (undo: () => Promise<void>): Promise<void> =>
  retryAfterPauses(undo, UNDO_PAUSES_MS);

/**
 * Tries a step up to three times.
 *
 * @param step one try; it may have taken effect in a try before, so it must be safe to repeat
 * @returns what the first successful try returned
 * @throws what the last try threw
 */
export const tryThrice = <Result>(step: () => Promise<Result>): Promise<Result> =>
  retryAfterPauses(step, LONG_TRY_PAUSES_MS);
