import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** What the app is made of, below the folder of the repository. */
const INPUTS = ['web', 'client/src', 'build', 'package-lock.json'];

/**
 * Lists the files of an input.
 *
 * @param {string} input
 * @returns {string[]}
 */
const listFiles = (input) => {
  if (input.includes('.')) return [input];
  return readdirSync(join(root, input), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
};

/** Hashes all that the app is made of: a few milliseconds, where a build takes seconds. */
const hashInputs = () => {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap(listFiles)) {
    const path = file.startsWith(root) ? file : join(root, file);
    hash
      .update(`${path.slice(root.length)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
};

/** @param {string} assets */
const stampOf = (assets) => join(assets, '..', 'app-stamp');

/**
 * Whether the app in the folder was made of what is here now.
 *
 * @param {string} assets
 */
export const isAppCurrent = (assets) => {
  const stamp = stampOf(assets);
  if (!existsSync(stamp) || !existsSync(join(assets, 'index.html'))) return false;
  return readFileSync(stamp, 'utf8') === hashInputs();
};

/**
 * Notes what the app in the folder was made of.
 *
 * @param {string} assets
 */
export const noteApp = (assets) => writeFileSync(stampOf(assets), hashInputs());
