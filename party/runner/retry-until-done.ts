/**
 * Makes a function that does some work when it is first called, and hands its result to all
 * callers. After a failure, which its callers hear, the next call does the work again.
 */
export const retryUntilDone = <Result>(work: () => Promise<Result>): (() => Promise<Result>) => {
  let running: Promise<Result> | undefined;
  return () => {
    running ??= work().catch((error) => {
      running = undefined;
      throw error;
    });
    return running;
  };
};
