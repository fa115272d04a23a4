const began = performance.now();
let open: string | undefined;

const line = (text: string) =>
  console.error(`${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${text}`);

// Unreferenced: it must not keep the process alive.
setInterval(() => open && line(`… ${open}`), 15_000).unref();

/** Says on stderr what is done now, once at its begin and then while it takes long. */
export const step = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
  open = what;
  line(what);
  try {
    return await work();
  } finally {
    open = undefined;
  }
};
