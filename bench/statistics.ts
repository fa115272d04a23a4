/** Returns the value below which a share of all values lies; 0.5 gives the median. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  const value = sorted[at];
  if (value === undefined) throw new Error('There are no values');
  return value;
};

/** Returns the median. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Returns the median of what could be read; undefined where nothing could. */
export const medianOfRead = (values: readonly (number | undefined)[]): number | undefined => {
  const read = values.filter((value) => value !== undefined);
  return read.length > 0 ? median(read) : undefined;
};

/**
 * Returns the median of the ratios of rounds: the two figures of a round had the same machine, and
 * those of different rounds had not. Undefined where no round has both.
 */
export const medianRatio = (
  mine: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): number | undefined =>
  medianOfRead(
    mine.map((value, round) => {
      const other = theirs[round];
      return value === undefined || !other ? undefined : value / other;
    }),
  );
