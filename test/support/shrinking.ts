/** How many smaller inputs are tried once one has failed; each takes a while. */
const TRIES = 300;

/**
 * Bounds how long a property is shrunk, by tries and not by time: after {@link TRIES} no smaller
 * input fails any more, and the smallest one so far is reported.
 */
export const shrunkBriefly = <Input>(
  run: (input: Input) => Promise<void>,
): ((input: Input) => Promise<void>) => {
  let left = Number.POSITIVE_INFINITY;
  return async (input) => {
    if (left === 0) return;
    left -= 1;
    try {
      await run(input);
    } catch (error) {
      left = Math.min(left, TRIES);
      throw error;
    }
  };
};
