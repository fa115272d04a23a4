/** Calls a listener of somebody else: what it throws is reported, and stops nothing here. */
export const callListener = (work: () => void): void => {
  try {
    work();
  } catch (error) {
    const { reportError = console.error } = globalThis;
    reportError(error);
  }
};
