import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWrangler } from '../../dev/wrangler.ts';
import type { MeasuredServer } from './figures.ts';
import { withFigures } from './figures.ts';
import type { Started } from './start.ts';
import { start } from './start.ts';
import { roomsIn, writeWorkerdConfig } from './workerd-config.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Creates a folder that lives as long as this process. */
const createFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'aist-bench-worker-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Builds the Worker as it is deployed, into a folder that it returns. */
export const buildWorker = async (): Promise<string> => {
  const folder = createFolder();
  await runWrangler(ROOT, 'deploy', '--dry-run', '--minify', '--outdir', folder);
  return folder;
};

interface Served {
  /** The folder with the Worker's code, worker.js. */
  readonly folder: string;
  /** The class of each binding. */
  readonly rooms?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
  /** The path that is requested to see whether the Worker answers. */
  readonly path?: string;
  readonly args?: readonly string[];
}

/**
 * Serves a Worker on workerd itself. Date and flags are those of wrangler.toml, and so are the
 * rooms unless others are given.
 */
const serve = (
  name: string,
  { folder, rooms, settings = {}, path = '/', args = [] }: Served,
): Promise<Started> => {
  const wrangler = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');
  return start({
    name,
    env: settings,
    path,
    args: (port, disk) => {
      // workerd looks for embedded files beside its configuration.
      const file = join(folder, 'config.capnp');
      const options = {
        wrangler,
        rooms: rooms ?? roomsIn(wrangler),
        port,
        disk,
        module: 'worker.js',
      };
      writeFileSync(file, writeWorkerdConfig({ ...options, settings: Object.keys(settings) }));
      return [join(import.meta.dirname, 'workerd.process.ts'), 'serve', file, ...args];
    },
  });
};

/** Starts the whole Worker, built into the folder BENCH_WORKER. */
export const startWorker = async (
  settings: Readonly<Record<string, string>>,
): Promise<MeasuredServer> => {
  const folder = createFolder();
  copyFileSync(join(process.env.BENCH_WORKER ?? '', 'worker.js'), join(folder, 'worker.js'));
  const args = process.env.BENCH_INSPECTOR
    ? [`--inspector-addr=${process.env.BENCH_INSPECTOR}`]
    : [];
  return withFigures(await serve('workerd', { folder, settings, path: '/health', args }));
};

/** Starts a Worker without any code of ours, to measure what asking the stores costs by itself. */
export const startBareWorker = async (
  settings: Readonly<Record<string, string>>,
): Promise<MeasuredServer> => {
  const folder = createFolder();
  copyFileSync(join(import.meta.dirname, 'bare-worker.worker.js'), join(folder, 'worker.js'));
  return withFigures(await serve('the bare Worker', { folder, settings, rooms: {} }));
};

/** Serves rooms without any code of ours, to measure what the platform itself costs. */
const serveBare = async (name: string, file: string, room: string): Promise<MeasuredServer> => {
  const folder = createFolder();
  copyFileSync(join(import.meta.dirname, file), join(folder, 'worker.js'));
  return withFigures(await serve(name, { folder, rooms: { ROOM: room } }));
};

/** Starts rooms that pass on what one of their clients says to the other. */
export const startBareRoom = (): Promise<MeasuredServer> =>
  serveBare('the bare room', 'bare-room.worker.js', 'BareRoom');

/** Starts rooms that ring as ours do, with the stores that are asked before. */
export const startBareRings = async (
  settings: Readonly<Record<string, string>>,
): Promise<Started> => {
  const folder = createFolder();
  copyFileSync(join(import.meta.dirname, 'bare-rings.worker.js'), join(folder, 'worker.js'));
  const rooms = { CALL: 'BareCall', INBOX: 'BareInbox' };
  return serve('bare rooms that ring', { folder, rooms, settings });
};

/** Starts rooms of one client each, of which two pass on what is said to the other. */
export const startBareInboxes = (): Promise<MeasuredServer> =>
  serveBare('the bare inboxes', 'bare-inboxes.worker.js', 'BareInbox');
