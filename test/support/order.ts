/**
 * Whether a promise is still open after everything that waits for a turn of the loop has run.
 */
export const isPending = (work: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    work.then(
      () => false,
      () => false,
    ),
    new Promise<boolean>((resolve) => setImmediate(() => setImmediate(resolve, true))),
  ]);
