import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleTesting, TESTING_TYPES } from './testing.ts';
import { CLIENT, installTools, runTool } from './tools.ts';

/**
 * `npm run build:client`: builds the client into client/dist, as modules with their types, and has
 * publint and attw look at the package.
 */

await installTools();
rmSync(join(CLIENT, 'dist'), { recursive: true, force: true });
await runTool('tsc', ['-p', 'tsconfig.json']);
await bundleTesting(join(CLIENT, 'dist', 'testing.js'));
writeFileSync(join(CLIENT, 'dist', 'testing.d.ts'), TESTING_TYPES);
await runTool('publint', ['--strict']);
await runTool('attw', ['--pack', '--profile', 'esm-only']);
console.log('The client is in client/dist; publint and attw found nothing.');
