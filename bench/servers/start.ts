import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../dev/ports.ts';
import type { RunningServer } from '../../dev/process.ts';
import { startServer } from '../../dev/process.ts';
import { withFigures } from './figures.ts';

/** How to start a server. */
export interface Start {
  readonly name: string;
  /** The arguments of Node; `scratch` is a folder of its own. */
  args(port: number, scratch: string): readonly string[];
  /** The environment, beside what every process needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** The path that is requested to see whether the server answers. */
  readonly path?: string;
  /** The port on loopback; a free one when absent. */
  readonly port?: number;
}

/** A server that answers. */
export interface Started extends RunningServer {
  /** The first line that the server wrote. */
  readonly firstLine: string;
}

/** A folder in memory where the system has one: no figure may depend on this machine's disk. */
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
    // A server that is ended on purpose has been taken out before.
    if (running.delete(server))
      console.error(`Ended by itself: ${name}. The last it wrote: ${lastLine}`);
  });
  await server.ready;
  return { ...server, firstLine: firstLine ?? '' };
};

/** Ends all servers. */
export const endAll = async (): Promise<void> => {
  const servers = [...running];
  running.clear();
  await Promise.all(servers.map((server) => server.close()));
};

/** Starts a bare relay, see relay.process.ts. */
export const startRelay = () =>
  start({
    name: 'the relay',
    args: (port) => [join(import.meta.dirname, 'relay.process.ts'), String(port)],
  });

/** Starts peerjs-server by its own command. */
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

/** Starts a Bot API that takes every message. */
export const startTelegram = () =>
  start({
    name: 'the Bot API',
    args: (port) => [join(import.meta.dirname, 'telegram.process.ts'), String(port)],
  });

/** Starts better-auth; its processor time is read as that of workerd is. */
export const startBetterAuth = async (env: Readonly<Record<string, string>>) =>
  withFigures(
    await start({
      name: 'better-auth',
      env,
      args: (port) => [join(import.meta.dirname, 'better-auth.process.ts'), String(port)],
    }),
  );
