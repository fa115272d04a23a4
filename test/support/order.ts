/**
 * Whether a promise is still open after everything has had its turn that was only waiting for one.
 */
export const isPending = (work: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    work.then(
      () => false,
      () => false,
    ),
    new Promise<boolean>((resolve) => setImmediate(() => setImmediate(resolve, true))),
  ]);
