import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How long a server may take until it answers, and to end once it is told to, in milliseconds. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/** A request that was lost while the server started is made again after so many milliseconds. */
const ANSWER_TIMEOUT_MS = 3_000;

/** A server that runs in a process group of its own. */
export interface RunningServer {
  /** What messages call it. */
  readonly name: string;
  readonly url: string;
  /** Settles when it answers; rejects when it does not in time. The message ends with what it wrote last. */
  readonly ready: Promise<void>;
  /** Settles when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
  /** Ends it at once, without asking it and without waiting. */
  kill(): void;
}

/** How to start a server. */
export interface ServerOptions {
  /** What messages call it. */
  readonly name: string;
  /** The arguments of Node. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** Its environment, beside what every process needs. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder of its own, removed at its end. */
  readonly scratch: string;
  readonly port: number;
  /** What is asked to see whether it answers; any answer will do. */
  readonly path: string;
  /** Gets every line that it writes. */
  readonly onLine: (line: string) => void;
}

/** Starts a server: Node with the given arguments. */
export const startServer = ({
  name,
  args,
  cwd,
  env,
  scratch,
  port,
  path,
  onLine,
}: ServerOptions): RunningServer => {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  // Below its own folder: what it leaves behind when it is killed goes with that.
  const TMPDIR = join(scratch, 'tmp');
  mkdirSync(TMPDIR, { recursive: true });
  // A process group of its own: ended by its id, it leaves no workerd behind.
  const child = spawn(process.execPath, args, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, ...env },
  });
  const last: string[] = [];
  const lineReader = () => {
    let rest = '';
    return (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        last.push(line);
        if (last.length > 30) last.shift();
        onLine(line);
      }
    };
  };
  child.stdout.on('data', lineReader());
  child.stderr.on('data', lineReader());
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true });
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // The group has ended by itself.
    }
  };
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => {
    // What it started does not always end with it.
    signalGroup('SIGKILL');
    watcher.kill();
    removeScratch();
  });

  const watcher = cleanUpWhenWeAreGone(child.pid, scratch);

  const close = async () => {
    signalGroup('SIGTERM');
    const timer = setTimeout(() => signalGroup('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };

  const kill = () => {
    signalGroup('SIGKILL');
    removeScratch();
  };

  const url = `http://127.0.0.1:${port}`;
  const ready = answers(url + path, ended).then((answering) => {
    if (!answering) throw new Error(`Could not start ${name}. It wrote:\n${last.join('\n')}`);
  });
  // Whoever does not wait for it need not hear of it.
  ready.catch(() => undefined);
  return { name, url, ready, ended, close, kill };
};

/**
 * Ends a process group, and removes its folder, when this process ends without having done so, by SIGKILL for example: a process of its own holds
 * the other end of a pipe that breaks then. The port would stay taken otherwise.
 */
const cleanUpWhenWeAreGone = (group: number | undefined, folder: string) => {
  const script = `process.stdin.resume().on('end', () => {
    fs.rmSync(process.argv[1], { recursive: true, force: true });
    process.kill(-${group}, 'SIGKILL');
  })`;
  return spawn(process.execPath, ['-e', script, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
};

/** Whether there is an answer before the server ends and before time is up. */
const answers = async (url: string, ended: Promise<void>): Promise<boolean> => {
  let running = true;
  ended.then(() => {
    running = false;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (running && Date.now() < deadline) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(
      () => undefined,
    );
    if (answer) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};
