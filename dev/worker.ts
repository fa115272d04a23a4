import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningServer } from './process.ts';
import { startServer } from './process.ts';
import { QUIET, WRANGLER } from './wrangler.ts';

const ROOT = join(import.meta.dirname, '..');

/** Keeps wrangler off the network, keeps it quiet, and has it pass settings on. */
const ENVIRONMENT = {
  ...QUIET,
  WRANGLER_HIDE_BANNER: 'true',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
  CLOUDFLARE_INCLUDE_PROCESS_ENV: 'true',
};

/** How to start the Worker. */
export interface WorkerOptions {
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Gets every line that the Worker or wrangler writes. */
  readonly onLine: (line: string) => void;
  /** The entry, when it is not the one of wrangler.toml. */
  readonly entry?: string;
  /** Whether the web app is built first, when it has changed, and served. */
  readonly app?: boolean;
}

/** Starts the Worker under `wrangler dev` on loopback. */
export const startWorker = ({
  port,
  settings,
  onLine,
  entry,
  app = false,
}: WorkerOptions): RunningServer => {
  // An empty environment file keeps wrangler from reading .dev.vars and .env. The settings go
  // through its environment, where nothing has to be quoted and only their owner sees them.
  // Everything there becomes a binding of the Worker, so nothing else is in it.
  const scratch = mkdtempSync(join(tmpdir(), 'aist-worker-'));
  const envFile = join(scratch, 'env');
  writeFileSync(envFile, '');
  // The place of clients: without this file Miniflare asks the network, or puts all into Austin.
  const placeFile = join(scratch, 'cf.json');
  writeFileSync(placeFile, '{}');
  const args = [
    WRANGLER,
    'dev',
    ...(entry === undefined ? [] : [entry]),
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
    // Each Worker has storage of its own, since two at a time would wake each other's rooms.
    ...['--persist-to', join(scratch, 'state')],
  ];
  const env = {
    ...ENVIRONMENT,
    CLOUDFLARE_CF_FETCH_PATH: placeFile,
    ...(!app && { APP: 'off' }),
    ...settings,
  };
  // wrangler holds the first request until the Worker runs.
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
