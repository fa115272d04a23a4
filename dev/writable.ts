import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reasonOf } from './reason.ts';

/** As much as a start writes at least, in bytes: a disk that is full takes an empty file. */
const PROBE_BYTES = 64 * 1024;

/** The nearest folder above that is there. */
const existingAbove = (folder: string): string => {
  const above = dirname(resolve(folder));
  return existsSync(above) ? above : existingAbove(above);
};

/**
 * Makes sure that a folder can be written, before something fails on it that says less.
 *
 * @param folder is made if it is not there
 * @param use what it is needed for, for people
 * @throws naming the folder and the cause
 */
export const requireWritable = (folder: string, use: string): void => {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    // To make it says ENOENT on a read-only file system; to ask above it says why.
    if (!existsSync(folder)) accessSync(existingAbove(folder), constants.W_OK);
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, Buffer.alloc(PROBE_BYTES));
  } catch (cause) {
    throw new Error(`${folder} cannot be written, and ${use}: ${reasonOf(cause)}.`, { cause });
  } finally {
    if (existsSync(probe)) rmSync(probe, { force: true });
  }
};
