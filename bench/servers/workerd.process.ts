import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/**
 * Runs workerd as wrangler brings it, in the process group of this process, which ends with it. The
 * arguments are workerd's; the first line that is written is its process id.
 */

const { resolve } = createRequire(import.meta.url);
const { default: path } = createRequire(resolve('wrangler/package.json'))('workerd');
const child = spawn(path, process.argv.slice(2), { stdio: 'inherit' });
console.log(child.pid);
child.on('exit', (code) => process.exit(code ?? 1));
