import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

const GENERATED = new RegExp(
  [
    'package-lock\\.json',
    'worker-configuration\\.d\\.ts',
    'drizzle/meta/',
    'docs/reference\\.md',
    'client/package-lock\\.json',
    'client/src/contract\\.ts',
    'client/api-report\\.md',
  ]
    .map((path) => `^${path}`)
    .join('|'),
);

/** A file of the repository that people write. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every file that people write and whose path matches: tracked by git, or about to be. */
export const listFiles = (pattern: RegExp): readonly SourceFile[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => pattern.test(path) && !GENERATED.test(path) && existsSync(join(ROOT, path)))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
