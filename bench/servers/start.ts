import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/ports.ts';
import type { RunningServer } from '../../dev/process.ts';
import { startServer } from '../../dev/process.ts';

/** How to start a server. */
export interface Start {
  readonly name: string;
  /** The arguments of Node; `scratch` is a folder of its own. */
  args(port: number, scratch: string): readonly string[];
  /** Its environment; none of ours. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is asked to see whether it answers. */
  readonly path?: string;
  /** Where it listens, on loopback; a free port otherwise. */
  readonly port?: number;
}

/** A server that answers. */
export interface Started extends RunningServer {
  /** The first line that it wrote. */
  readonly firstLine: string;
}

/** In memory where the system has such a folder: no figure may depend on this machine's disk. */
const SCRATCH = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const running = new Set<RunningServer>();

/** Starts a server in a process group of its own; resolves when it answers. */
export const start = async ({
  name,
  args,
  env = {},
  path = '/',
  port,
}: Start): Promise<Started> => {
  const at = port ?? (await freePort());
  const scratch = mkdtempSync(join(SCRATCH, 'aist-bench-'));
  let firstLine: string | undefined;
  let lastLine = '';
  const onLine = (line: string) => {
    firstLine ??= line;
    lastLine = line;
  };
  const options = {
    name,
    env,
    scratch,
    port: at,
    path,
    onLine,
    cwd: join(import.meta.dirname, '..'),
  };
  const server = startServer({
    ...options,
    args: ['--disable-warning=ExperimentalWarning', ...args(at, scratch)],
  });
  running.add(server);
  server.ended.then(() => {
    // Whoever ends it takes it out before.
    if (running.delete(server))
      console.error(`Ended by itself: ${name}. The last it wrote: ${lastLine}`);
  });
  await server.ready;
  return { ...server, firstLine: firstLine ?? '' };
};

/** Ends all that runs. */
export const endAll = async (): Promise<void> => {
  const servers = [...running];
  running.clear();
  await Promise.all(servers.map((server) => server.close()));
};

/** A bare relay, see relay.process.ts. */
export const startRelay = () =>
  start({
    name: 'the relay',
    args: (port) => [join(import.meta.dirname, 'relay.process.ts'), String(port)],
  });

/** peerjs-server as it is shipped, by its own command. */
export const startPeer = () => {
  const command = join(
    import.meta.dirname,
    '..',
    'node_modules',
    'peer',
    'dist',
    'bin',
    'peerjs.js',
  );
  return start({
    name: 'peerjs-server',
    args: (port) => [command, '--host', '127.0.0.1', '--port', String(port)],
  });
};
