import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * `npm run bench`: installs the peers to compare with, unless they are in place, and measures.
 * README.md says what and how.
 */

const folder = import.meta.dirname;
const stampFile = join(folder, 'node_modules', '.setup-stamp');
const stamp = createHash('sha256')
  .update(readFileSync(join(folder, 'package-lock.json')))
  .digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  console.error(
    'Installing the peers that are measured against (the first time only; about ten seconds) …',
  );
  const options = { cwd: folder, shell: process.platform === 'win32' };
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], options);
  writeFileSync(stampFile, stamp);
}
// all.ts imports what has just been installed.
await import('./all.ts');
