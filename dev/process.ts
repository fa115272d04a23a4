import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** How long a server may take to answer, and to end once it is told to, in milliseconds. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/** How long one request waits for an answer while the server starts, in milliseconds. */
const ANSWER_TIMEOUT_MS = 3_000;

/** A server that runs in a process group of its own. */
export interface RunningServer {
  /** The name in messages. */
  readonly name: string;
  readonly url: string;
  /** Settles when the server answers; rejects with its last lines when it does not in time. */
  readonly ready: Promise<void>;
  /** Settles when the server has ended, whoever ended it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
  /** Kills the server without waiting. */
  kill(): void;
}

/** How to start a server. */
export interface ServerOptions {
  /** The name in messages. */
  readonly name: string;
  /** The arguments of Node. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** The environment, beside what every process needs. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder for this server alone, removed when it ends. */
  readonly scratch: string;
  readonly port: number;
  /** The path that is requested to see whether the server answers; any answer will do. */
  readonly path: string;
  /** Gets every line that the server writes. */
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
  // Temporary files are below the server's folder, so that they are removed with it.
  const TMPDIR = join(scratch, 'tmp');
  mkdirSync(TMPDIR, { recursive: true });
  // A process group of its own is ended by its id, so that no workerd stays behind.
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
    // Its child processes do not always end with it.
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
  // A rejection that nobody awaits must not end this process.
  ready.catch(() => undefined);
  return { name, url, ready, ended, close, kill };
};

/**
 * Ends a process group and removes its folder when this process ends without having done so, for
 * example by SIGKILL, since the port would stay taken. The watching process holds the other end of
 * a pipe that breaks then.
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

/** Whether the server answers before it ends and before time is up. */
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
