import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const WRANGLER = join(createRequire(import.meta.url).resolve('wrangler/package.json'), '..', 'bin', 'wrangler.js');

/** How long the Worker may take until it listens, and to end once it is told to, in milliseconds. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

/** wrangler holds a request until the Worker runs. One that it lost on the way is asked again after so many milliseconds. */
const ANSWER_TIMEOUT_MS = 3_000;

/** Keeps wrangler from asking anything of the network and from talking about itself, and has it pass settings on. */
const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_WRITE_LOGS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  CLOUDFLARE_INCLUDE_PROCESS_ENV: 'true',
};

/** A Worker that runs under `wrangler dev`. */
export interface RunningWorker {
  readonly url: string;
  /** Settles when it answers; rejects when it does not in time. The message ends with what it wrote last. */
  readonly ready: Promise<void>;
  /** Settles when it has ended, whoever ended it. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
  /** Ends it at once, without asking it and without waiting. */
  kill(): void;
}

/** Where the Worker listens, and with what. */
export interface WorkerOptions {
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Gets every line that the Worker or wrangler writes. */
  readonly onLine: (line: string) => void;
}

/** Starts the Worker under `wrangler dev` on loopback. */
export const startWorker = ({ port, settings, onLine }: WorkerOptions): RunningWorker => {
  // An environment file of our own keeps wrangler from reading .dev.vars and .env; the settings go through its environment, where no quoting bends
  // them and only their owner sees them. Everything in that environment is a binding of the Worker, so nothing else is in it.
  const scratch = mkdtempSync(join(tmpdir(), 'aist-worker-'));
  const envFile = join(scratch, 'env');
  writeFileSync(envFile, '');
  const { PATH = '', HOME = '', TMPDIR = tmpdir(), NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(
    process.execPath,
    [
      WRANGLER,
      'dev',
      ...['--ip', '127.0.0.1', '--port', String(port), '--inspector-ip', '127.0.0.1', '--inspector-port', '0'],
      ...['--env-file', envFile, '--show-interactive-dev-session=false', '--log-level', 'log'],
      // Rooms last for minutes; and of two Workers at a time each would wake the other's.
      ...['--persist-to', join(scratch, 'state')],
    ],
    // A process group of its own: ended by its id, it leaves no workerd behind.
    {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, ...QUIET, ...settings },
    },
  );
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
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => {
    watcher.kill();
    removeScratch();
  });

  const watcher = cleanUpWhenWeAreGone(child.pid, scratch);

  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal);
    } catch {
      // The group has ended by itself.
    }
  };
  const close = async () => {
    signalGroup('SIGTERM');
    const timer = setTimeout(() => signalGroup('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
    signalGroup('SIGKILL');
  };

  const kill = () => {
    signalGroup('SIGKILL');
    removeScratch();
  };

  const url = `http://127.0.0.1:${port}`;
  const ready = listens(url, ended).then((listening) => {
    if (!listening) throw new Error(`The Worker did not start. It wrote:\n${last.join('\n')}`);
  });
  // Whoever does not wait for it need not hear of it.
  ready.catch(() => undefined);
  return { url, ready, ended, close, kill };
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
  return spawn(process.execPath, ['-e', script, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
};

/** Whether the Worker answers before it ends and before time is up. */
const listens = async (url: string, ended: Promise<void>): Promise<boolean> => {
  let running = true;
  ended.then(() => {
    running = false;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (running && Date.now() < deadline) {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(
      () => undefined,
    );
    if (answer) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};
