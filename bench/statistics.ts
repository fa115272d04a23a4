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
