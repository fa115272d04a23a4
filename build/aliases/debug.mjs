/** In place of `debug`, by which grammY's auto-retry tells developers what it does: in the Worker nobody can turn that on. */
export const debug = () => () => undefined;
