import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');

/** The folder of the client, a package of its own with its own lockfile. */
export const CLIENT = join(ROOT, 'client');

const run = promisify(execFile);

/** The scripts of the tools, below the folder that has them. */
const TOOLS = {
  tsc: join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
  publint: join(CLIENT, 'node_modules', 'publint', 'src', 'cli.js'),
  attw: join(CLIENT, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js'),
} as const;

/** Installs what looks at the client's package, unless it is in place. */
export const installTools = async (): Promise<void> => {
  const stampFile = join(CLIENT, 'node_modules', '.setup-stamp');
  const stamp = createHash('sha256')
    .update(readFileSync(join(CLIENT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.log('Installing what checks the client (the first time only; about ten seconds) …');
  const shell = process.platform === 'win32';
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', args, { cwd: CLIENT, shell });
  writeFileSync(stampFile, stamp);
};

/** Runs a tool in the client's folder; throws with what it wrote if it fails. */
export const runTool = async (
  tool: keyof typeof TOOLS,
  args: readonly string[] = [],
): Promise<void> => {
  await run(process.execPath, [TOOLS[tool], ...args], { cwd: CLIENT }).catch((error) => {
    throw new Error(`${tool} failed:\n${error.stdout}${error.stderr}`);
  });
};
