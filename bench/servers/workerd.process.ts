import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** workerd itself, as wrangler brings it, in the process group of this one and ended with it. Run with workerd's arguments; the first line that is written names its process. */

const { resolve } = createRequire(import.meta.url);
const { default: path } = createRequire(resolve('wrangler/package.json'))('workerd');
const child = spawn(path, process.argv.slice(2), { stdio: 'inherit' });
console.log(child.pid);
child.on('exit', (code) => process.exit(code ?? 1));
