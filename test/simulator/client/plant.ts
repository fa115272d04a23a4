import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MUTATIONS } from './mutations.ts';

/**
 * Plants each fault of mutations.ts in a copy of the code, plays schedules until one breaks a rule,
 * and prints which faults were found. Ends with 1 when one was not. Its arguments are how many
 * schedules, and a part of the names of the faults.
 */
const [count = '1500', part = ''] = process.argv.slice(2);
const root = join(import.meta.dirname, '../../..');
const copy = mkdtempSync(join(tmpdir(), 'aist-mutations-'));

const play = (): string => {
  const args = [join(copy, 'test/simulator/client/play.ts'), count];
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
};

try {
  for (const folder of [
    'client/src',
    'party',
    'src',
    'test/simulator',
    'test/party',
    'test/support',
  ])
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  let missed = 0;
  for (const [name, { file, from, to }] of Object.entries(MUTATIONS)) {
    if (!name.includes(part)) continue;
    const path = join(copy, 'client/src/call', file);
    const code = readFileSync(path, 'utf8');
    if (code.split(from).length !== 2) throw new Error(`${file} has no single text: ${from}`);
    writeFileSync(
      path,
      code.replace(from, () => to),
    );
    const found = play();
    writeFileSync(path, code);
    if (found === '') missed += 1;
    console.log(`${found === '' ? 'NOT FOUND' : 'found'}  ${name}: ${found}`);
  }
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
