import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
};

/** Folders this process holds: its own pid in a lock file is otherwise a leftover (pids repeat in containers). */
const held = new Set<string>();

/**
 * Takes `<folder>.lock`, a file with this process's pid, and returns how to give it back. A lock whose process is
 * gone is taken over, as Postgres does with postmaster.pid; one that is alive makes it throw.
 */
export const lockFolder = (folder: string): (() => void) => {
  const file = `${resolve(folder)}.lock`;
  const unlock = (): void => {
    held.delete(file);
    rmSync(file, { force: true });
  };
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    const owner = Number(readFileSync(file, 'utf8'));
    const foreign = owner !== process.pid && Number.isInteger(owner) && owner > 0;
    if (held.has(file) || (foreign && isRunning(owner))) {
      throw new Error(`${folder} is in use by process ${owner}: stop it, or delete ${file} if that is something else`);
    }
    writeFileSync(file, String(process.pid));
  }
  held.add(file);
  return unlock;
};
