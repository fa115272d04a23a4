import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Started } from './start.ts';
import { start } from './start.ts';
import { roomsIn, workerdConfig } from './workerd-config.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A folder that lives as long as this process. */
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'aist-bench-worker-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Builds the Worker as it is deployed. */
const build = async (folder: string): Promise<void> => {
  const wrangler = join(
    createRequire(import.meta.url).resolve('wrangler/package.json'),
    '..',
    'bin',
    'wrangler.js',
  );
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' };
  const args = [wrangler, 'deploy', '--dry-run', '--minify', '--outdir', folder];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
};

interface Served {
  /** Where the Worker's code is, as worker.js. */
  readonly folder: string;
  /** Binding → class. */
  readonly rooms?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
  /** What is asked to see whether it answers. */
  readonly path?: string;
  readonly args?: readonly string[];
}

/** Serves a Worker on workerd itself, with nothing in between; dates and flags are those of wrangler.toml, and the rooms unless there are others. */
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
      // What it embeds is looked for beside it.
      const file = join(folder, 'config.capnp');
      const options = {
        wrangler,
        rooms: rooms ?? roomsIn(wrangler),
        port,
        disk,
        module: 'worker.js',
      };
      writeFileSync(file, workerdConfig({ ...options, settings: Object.keys(settings) }));
      return [join(import.meta.dirname, 'workerd.process.ts'), 'serve', file, ...args];
    },
  });
};

/** The Worker on workerd. */
export interface WorkerServer extends Started {
  /** How much memory it has, in MB; undefined where that cannot be read (proc(5), VmRSS). */
  memory(): number | undefined;
  /** How much of the processor it has used, in seconds; undefined where that cannot be read (proc(5), stat). */
  processor(): number | undefined;
}

/** How many of its ticks the kernel counts in a second, whatever the machine (proc(5), USER_HZ). */
const TICKS = 100;

/** Builds the Worker, all of it, and starts it. */
export const startWorker = async (
  settings: Readonly<Record<string, string>>,
): Promise<WorkerServer> => {
  const folder = newFolder();
  await build(folder);
  const args = process.env.BENCH_INSPECTOR
    ? [`--inspector-addr=${process.env.BENCH_INSPECTOR}`]
    : [];
  const server = await serve('workerd', { folder, settings, path: '/health', args });
  const pid = Number(server.firstLine);
  if (!(pid > 1)) throw new Error('workerd does not say its process');
  const memory = () => {
    if (process.platform !== 'linux') return undefined;
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  };
  const processor = () => {
    if (process.platform !== 'linux') return undefined;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) |\s/);
    const [user, system] = fields.slice(13);
    return (Number(user) + Number(system)) / TICKS;
  };
  return { ...server, memory, processor };
};

/** A room without any code of ours, see bare-room.worker.js: what the platform itself costs. */
export const startBareRoom = (): Promise<Started> => {
  const folder = newFolder();
  copyFileSync(join(import.meta.dirname, 'bare-room.worker.js'), join(folder, 'worker.js'));
  return serve('the bare room', { folder, rooms: { ROOM: 'BareRoom' } });
};
