import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** This checkout. */
export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A script of this project that runs as people run it, and what it has written so far. */
export interface RunningScript {
  readonly child: ChildProcess;
  /** Both streams, as a terminal would show them. */
  output(): string;
  /** Standard error alone. */
  errors(): string;
  /** The exit code once it has ended; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** How to run a script. */
export interface ScriptOptions {
  readonly cwd?: string;
  /**
   * All of its environment, beside what every process needs: nothing of this run's settings gets
   * in.
   */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `node <arguments>` in a process group of its own, as a terminal does. */
export const runScript = (
  args: readonly string[],
  { cwd = ROOT, env = {} }: ScriptOptions = {},
): RunningScript => {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...env },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { child, output: () => output, errors: () => errors, ended };
};
