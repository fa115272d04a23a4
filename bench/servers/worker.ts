import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Started, start } from './start.ts';
import { workerdConfig } from './workerd-config.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Builds the Worker as it is deployed, into a folder that lives as long as this process. */
const build = async (): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'aist-bench-worker-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const wrangler = join(createRequire(import.meta.url).resolve('wrangler/package.json'), '..', 'bin', 'wrangler.js');
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' };
  const args = [wrangler, 'deploy', '--dry-run', '--minify', '--outdir', folder];
  await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });
  return folder;
};

/** The Worker on bare workerd. */
export interface WorkerServer extends Started {
  /** How much memory it has, in MB; undefined where that cannot be read (proc(5), VmRSS). */
  memory(): number | undefined;
}

/** Builds the Worker, all of it, and starts it on workerd with nothing in between. */
export const startWorker = async (settings: Readonly<Record<string, string>>): Promise<WorkerServer> => {
  const folder = await build();
  const wrangler = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8');
  const inspector = process.env.BENCH_INSPECTOR ? [`--inspector-addr=${process.env.BENCH_INSPECTOR}`] : [];
  const server = await start({
    name: 'workerd',
    env: settings,
    path: '/health',
    args: (port, scratch) => {
      // What it embeds is looked for beside it.
      const file = join(folder, 'config.capnp');
      const names = Object.keys(settings);
      writeFileSync(file, workerdConfig({ wrangler, port, disk: scratch, module: 'worker.js', settings: names }));
      return [join(import.meta.dirname, 'workerd.process.ts'), 'serve', file, '--experimental', ...inspector];
    },
  });
  const pid = Number(server.firstLine);
  if (!(pid > 1)) throw new Error('workerd does not say its process');
  const memory = () => {
    if (process.platform !== 'linux') return undefined;
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  };
  return { ...server, memory };
};
