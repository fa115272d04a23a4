import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The program of wrangler, which Node runs. */
export const WRANGLER = join(
  createRequire(import.meta.url).resolve('wrangler/package.json'),
  '..',
  'bin',
  'wrangler.js',
);

/** Keeps wrangler off the network, and from writing files of its log. */
export const QUIET = { WRANGLER_SEND_METRICS: 'false', WRANGLER_WRITE_LOGS: 'false' } as const;

/** Runs a command of wrangler in a folder to its end; returns what it printed. */
export const runWrangler = async (folder: string, ...args: readonly string[]): Promise<string> => {
  const options = { cwd: folder, env: { ...process.env, ...QUIET } };
  return (await promisify(execFile)(process.execPath, [WRANGLER, ...args], options)).stdout;
};
