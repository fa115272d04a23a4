import { execFile, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from './support/script.ts';

const PRELOAD = ['--import', join(ROOT, 'dev', 'partykit-loopback.mjs')];
const scratch = mkdtempSync(join(tmpdir(), 'aist-loopback-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a program with the module preloaded, and returns how it ended. */
const run = (program: string): Promise<{ code: unknown; said: string; complained: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [...PRELOAD, '--input-type=module', '-e', program],
      (error, said, complained) =>
        resolve({ code: error?.code ?? 0, said: said.trim(), complained: complained.trim() }),
    );
  });

describe.concurrent('a program that is held to loopback', () => {
  test.each([['0'], ["0, '0.0.0.0'"], ['{ port: 0 }'], ["{ port: 0, host: '::' }"], ['9229']])(
    'a program held to loopback listens on 127.0.0.1 when it asks for listen(%s)',
    async (asked) => {
      const { said } = await run(`import { createServer } from 'node:http';
        const server = createServer();
        server.listen(${asked}, () => {
          const { address, port } = server.address();
          console.log(address, port !== 9229);
          server.close();
        });`);
      expect(said).toBe('127.0.0.1 true');
    },
  );

  test('a program held to loopback starts workerd on 127.0.0.1, however it imports spawn', async () => {
    const { said } = await run(`import childProcess, { spawn } from 'node:child_process';
      const sockets = ['--socket-addr=entry=0.0.0.0:80', '--external-addr=loopback=127.0.0.1:81'];
      const args = [...sockets, '--inspector-addr=localhost:82'];
      for (const start of [childProcess.spawn, spawn]) start('echo', args, { stdio: 'inherit' });`);
    const started =
      '--socket-addr=entry=127.0.0.1:80 --external-addr=loopback=127.0.0.1:81 ' +
      '--inspector-addr=127.0.0.1:82';
    expect(said.split('\n')).toEqual([started, started]);
  });

  test.each([
    ['--socket-fd=entry=3'],
    ['--socket-addr=entry=unix:/tmp/socket'],
    ['--debug-port=*:1'],
  ])(
    'a program held to loopback ends with 1 rather than start workerd with %s, and says so',
    async (option) => {
      const { code, said, complained } = await run(`import { spawn } from 'node:child_process';
        spawn('echo', ['${option}'], { stdio: 'inherit' });`);
      expect([code, said]).toEqual([1, '']);
      expect(complained).toBe(
        `partykit is held to 127.0.0.1, but workerd is told ${option}. It ends.`,
      );
    },
  );

  if (process.platform === 'linux') {
    test('a program held to loopback ends with 1, and says so, when it listens elsewhere all the same', async () => {
      const program = join(scratch, 'takes-a-server.mjs');
      writeFileSync(program, "process.on('message', () => undefined);");
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
      const child = fork(program, { execArgv: PRELOAD, silent: true });
      let complained = '';
      child.stderr?.on('data', (chunk) => {
        complained += chunk;
      });
      const code = new Promise((resolve) => child.once('close', resolve));
      child.send('take it', server);
      expect(await code).toBe(1);
      expect(complained).toContain('it listens on 127.0.0.2');
      await new Promise((resolve) => server.close(resolve));
    });
  }
});
