import { readdirSync, readFileSync } from 'node:fs';

const PAGE = 4_096;

interface Process {
  readonly pid: string;
  readonly name: string;
  readonly parent: string;
}

/** The file's text; "" when the process has ended meanwhile. */
const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

const processes = (): Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      // pid (name) state parent …
      const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/.exec(read(pid, 'stat')) ?? [];
      return { pid, name, parent };
    });

/** The resident memory of the two processes of wrangler dev, in bytes. */
export interface Memory {
  /** The one that runs the Worker. */
  readonly worker: number;
  /** wrangler's own before it, which only passes requests on. */
  readonly proxy: number;
}

/**
 * How much memory an API under wrangler dev takes. Linux alone.
 *
 * @param apiUrl where it listens
 */
export const memoryOf = (apiUrl: string): Memory => {
  const { port, host } = new URL(apiUrl);
  const all = processes();
  const wrangler = all.find(({ pid }) => read(pid, 'cmdline').includes(`\0--port\0${port}\0`));
  const family = new Set(wrangler && [wrangler.pid]);
  // A child has a greater number than its parent, unless the numbers began anew: so twice.
  for (const { pid, parent } of [...all, ...all]) if (family.has(parent)) family.add(pid);
  const runtimes = all.filter(({ pid, name }) => family.has(pid) && name.startsWith('workerd'));
  const proxy = runtimes.find(({ pid }) => read(pid, 'cmdline').includes(host));
  const worker = runtimes.find((one) => one !== proxy);
  if (!proxy || !worker) throw new Error(`${apiUrl} is not served by wrangler dev`);
  const bytes = ({ pid }: Process) => Number(read(pid, 'statm').split(' ')[1]) * PAGE;
  return { worker: bytes(worker), proxy: bytes(proxy) };
};
