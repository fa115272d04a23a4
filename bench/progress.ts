const began = performance.now();
let open: string | undefined;

const line = (text: string) =>
  console.error(`${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${text}`);

// The timer must not keep the process alive.
setInterval(() => open && line(`… ${open}`), 15_000).unref();

/** Runs a step, and names it on stderr at its beginning and while it takes long. */
export const step = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
  open = what;
  line(what);
  try {
    return await work();
  } finally {
    open = undefined;
  }
};
