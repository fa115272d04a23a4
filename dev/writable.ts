import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { reasonOf } from './reason.ts';

/** How much is written as a test, in bytes, since a full disk still takes an empty file. */
const PROBE_BYTES = 64 * 1024;

/** Finds the nearest folder above that exists. */
const findExistingAbove = (folder: string): string => {
  const above = dirname(resolve(folder));
  return existsSync(above) ? above : findExistingAbove(above);
};

/**
 * Makes sure that a folder can be written, before another step fails with a worse message.
 *
 * @param folder is created if it does not exist
 * @param use tells people what the folder is needed for
 * @throws {Error} which names the folder and the cause
 */
export const requireWritable = (folder: string, use: string): void => {
  const probe = join(folder, `.probe-${process.pid}`);
  try {
    // On a read-only file system mkdir says ENOENT; a look at the folder above says why.
    if (!existsSync(folder)) accessSync(findExistingAbove(folder), constants.W_OK);
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, Buffer.alloc(PROBE_BYTES));
  } catch (cause) {
    throw new Error(`${folder} cannot be written, and ${use}: ${reasonOf(cause)}.`, { cause });
  } finally {
    if (existsSync(probe)) rmSync(probe, { force: true });
  }
};
