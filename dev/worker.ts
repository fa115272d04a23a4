import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from './process.ts';
import { startServer } from './process.ts';

const ROOT = join(import.meta.dirname, '..');
const WRANGLER = join(
  createRequire(import.meta.url).resolve('wrangler/package.json'),
  '..',
  'bin',
  'wrangler.js',
);

/** Keeps wrangler from asking anything of the network and from talking about itself, and has it pass settings on. */
const QUIET = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_WRITE_LOGS: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  CLOUDFLARE_INCLUDE_PROCESS_ENV: 'true',
};

/** Where the Worker listens, and with what. */
export interface WorkerOptions {
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Gets every line that the Worker or wrangler writes. */
  readonly onLine: (line: string) => void;
}

/** Starts the Worker under `wrangler dev` on loopback. */
export const startWorker = ({ port, settings, onLine }: WorkerOptions): RunningServer => {
  // An environment file of our own keeps wrangler from reading .dev.vars and .env; the settings go through its environment, where no quoting bends
  // them and only their owner sees them. Everything in that environment is a binding of the Worker, so nothing else is in it.
  const scratch = mkdtempSync(join(tmpdir(), 'aist-worker-'));
  const envFile = join(scratch, 'env');
  writeFileSync(envFile, '');
  // Where clients are. Without it Miniflare asks the network, or says that all are in Austin.
  const placeFile = join(scratch, 'cf.json');
  writeFileSync(placeFile, '{}');
  const args = [
    WRANGLER,
    'dev',
    ...[
      '--ip',
      '127.0.0.1',
      '--port',
      String(port),
      '--inspector-ip',
      '127.0.0.1',
      '--inspector-port',
      '0',
    ],
    ...['--env-file', envFile, '--show-interactive-dev-session=false', '--log-level', 'log'],
    // Rooms last for minutes; and of two Workers at a time each would wake the other's.
    ...['--persist-to', join(scratch, 'state')],
  ];
  const env = { ...QUIET, CLOUDFLARE_CF_FETCH_PATH: placeFile, ...settings };
  // wrangler holds a request until the Worker runs.
  return startServer({
    name: 'the Worker',
    args,
    cwd: ROOT,
    env,
    scratch,
    port,
    path: '/health',
    onLine,
  });
};
