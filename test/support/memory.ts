import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { PATIENCE_MS } from './patience.ts';

/** The file's text; "" when the process has ended meanwhile. */
const read = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

/** The inodes of a process's open sockets. */
const socketsOf = (pid: string): string[] => {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${fd}`))?.[1] ?? [],
    );
  } catch {
    return [];
  }
};

/** wrangler dev at a port, and all that it started. */
const familyOf = (port: string): string[] => {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const wrangler = all.find((pid) => read(pid, 'cmdline').includes(`\0--port\0${port}\0`));
  const family = new Set(wrangler && [wrangler]);
  // A line is: pid (name) state parent … Children follow their parents, unless pids wrapped, so
  // look twice.
  for (const pid of [...all, ...all]) {
    if (family.has(/\(.*\) \S (\d+)/.exec(read(pid, 'stat'))?.[1] ?? '')) family.add(pid);
  }
  return [...family];
};

/** The ports that processes listen at on loopback (proc(5), /proc/net/tcp: state 0A is LISTEN). */
const portsOf = (pids: readonly string[]): number[] => {
  const sockets = new Set(pids.flatMap(socketsOf));
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === '0A' && sockets.has(inode)
      ? [Number.parseInt(local.split(':')[1] ?? '', 16)]
      : [];
  });
};

/** Finds the Worker's inspector, which wrangler dev opens at a port that it does not tell. */
const inspectorOf = async (apiUrl: string): Promise<string> => {
  for (const port of portsOf(familyOf(new URL(apiUrl).port))) {
    const answer = await fetch(`http://127.0.0.1:${port}/json`, {
      signal: AbortSignal.timeout(3_000),
    })
      .then((response): Promise<unknown> => response.json())
      .catch(() => undefined);
    const [target] = Array.isArray(answer) ? answer : [];
    if (target?.title === 'Cloudflare Worker') return String(target.webSocketDebuggerUrl);
  }
  throw new Error(`${apiUrl} is not served by wrangler dev`);
};

/** Why the heap cannot be measured here, undefined = it can: finding the inspector takes /proc. */
export const heapIsHidden =
  process.platform === 'linux' ? undefined : 'It is measured on Linux alone';

/**
 * How many bytes of the heap the Worker under wrangler dev uses once garbage is collected. A
 * snapshot collects it first; workerd never answers the inspector's own command to do so.
 *
 * @param apiUrl where it listens
 */
export const heapOf = async (apiUrl: string): Promise<number> => {
  // Headers are an option of Node's that the types, which are those of browsers, do not know.
  const init = { headers: { Origin: 'http://localhost' } };
  const socket: WebSocket = Reflect.construct(WebSocket, [await inspectorOf(apiUrl), init]);
  const answers = new Map<number, (result: { usedSize?: number }) => void>();
  const failed = Promise.withResolvers<never>();
  // A failure after the end of the snapshot does not matter.
  failed.promise.catch(() => undefined);
  const timer = setTimeout(
    () => failed.reject(new Error('The inspector does not answer')),
    PATIENCE_MS,
  );
  socket.onerror = () => failed.reject(new Error('The inspector lets nobody in'));
  // Most messages are parts of the snapshot, which nobody wants to see.
  socket.onmessage = ({ data }) => {
    const [, id] = /^\{"id":(\d+)/.exec(String(data).slice(0, 30)) ?? [];
    if (id !== undefined) answers.get(Number(id))?.(JSON.parse(String(data)).result ?? {});
  };
  const ask = (id: number, method: string) => {
    const answer = new Promise<{ usedSize?: number }>((resolve) => answers.set(id, resolve));
    socket.send(JSON.stringify({ id, method }));
    return Promise.race([answer, failed.promise]);
  };
  try {
    await Promise.race([
      new Promise((resolve) => socket.addEventListener('open', resolve)),
      failed.promise,
    ]);
    await ask(1, 'HeapProfiler.takeHeapSnapshot');
    const { usedSize } = await ask(2, 'Runtime.getHeapUsage');
    if (usedSize === undefined) throw new Error('The inspector does not know the heap');
    return usedSize;
  } finally {
    clearTimeout(timer);
    socket.close();
  }
};
