/**
 * Makes a fresh clone ready, then runs a script of this project: `node dev/setup.mjs [options of
 * Node] [script.ts] [arguments]`.
 *
 * It installs what the lockfile names, unless that is in place, and runs the script with a Node
 * that is new enough: the one among the dependencies, or this one. It is plain JavaScript without
 * dependencies, since it runs before there are any, on any Node from 20.19; older versions have to
 * parse it as far as the sentence that refuses them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  existsSync,
  constants as fs,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Ends with a sentence where Node is older than it has to be.
 *
 * @param {readonly [major: number, minor: number]} needed
 */
function requireNode([major, minor]) {
  const [hasMajor = 0, hasMinor = 0] = process.versions.node.split('.').map(Number);
  if (hasMajor > major || (hasMajor === major && hasMinor >= minor)) return;
  console.error(
    `On this platform Node ${major}.${minor} or newer is needed; ` +
      `this is ${process.versions.node}. See https://nodejs.org.`,
  );
  process.exit(1);
}

// This runs before anything that older versions lack. On Linux a newer Node is a dependency.
requireNode(process.platform === 'linux' ? [20, 19] : [22, 18]);

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const compileCache = join(root, 'node_modules', '.cache', 'compile');
const stampFile = join(root, 'node_modules', '.setup-stamp');

/** The folders of Node among the dependencies; other platforms bring their own Node. */
const bundledNodes = ['x64', 'arm64'].map((arch) =>
  join(root, 'node_modules', `node-linux-${arch}`),
);

/** @param {string} folder */
const executable = (folder) => join(folder, 'bin', 'node');

/** A hash of what the installation depends on. */
const stamp = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex');

/** @param {string} message */
const fail = (message) => {
  console.error(message);
  process.exit(1);
};

/**
 * The running child: npm, then the script. It gets the signals that come here.
 *
 * @type {import('node:child_process').ChildProcess | undefined}
 */
let child;
// A terminal sends Ctrl-C to both; from anybody else it comes to this process alone.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal);
  });
}

// npm passes a signal to its shell alone, which ends and tells nobody; this process then has
// another parent.
if (process.env.npm_lifecycle_event) {
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && child?.kill('SIGTERM'), 500).unref();
}

/** Ends npm's tries within seconds when there is no network. */
const FEW_RETRIES = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];

/**
 * Says why npm failed, by the error code in its output, and what to do.
 *
 * @param {string} output
 */
const reasonIn = (output) => {
  const has = (/** @type {RegExp} */ code) => code.test(output);
  if (has(/\b(ENOSPC|EDQUOT)\b/)) return 'the disk is full. Make room';
  if (has(/\bEROFS\b/))
    return `${root} is on a read-only file system. Put the project where it can be written`;
  if (has(/\b(EACCES|EPERM)\b/))
    return `this user may not write in ${root}. Change its owner, or be another user`;
  if (has(/\bENOENT\b/)) return 'something that it needs is not there: see the lines above';
  if (
    has(/\b(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/)
  )
    return 'the package registry cannot be reached. Check the network connection';
  return 'see the lines above';
};

/** @returns {Promise<void>} */
const install = () =>
  new Promise((resolve) => {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    console.log('Installing dependencies (the first time only; about half a minute) …');
    const progress = setInterval(() => console.log(`  … still installing, ${seconds()} s`), 5_000);
    const npm = spawn(
      'npm',
      ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...FEW_RETRIES],
      {
        cwd: root,
        shell: process.platform === 'win32',
      },
    );
    child = npm;
    let output = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += chunk));
    npm.on('error', (error) =>
      fail(`npm could not be started: ${error.message}. Is it installed and on the PATH?`),
    );
    npm.on('close', (code, signal) => {
      clearInterval(progress);
      if (signal) {
        console.error(`npm ci was ended by ${signal}.`);
        process.exit(128 + constants.signals[signal]);
      }
      if (code !== 0) fail(`${output}\nnpm ci failed: ${reasonIn(output)}. Then try again.`);
      dropNodesThatCannotRun();
      try {
        writeFileSync(stampFile, stamp);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        fail(`The installation could not be noted: ${reasonIn(message)}.\n${message}`);
      }
      console.log(`Dependencies are in place (${seconds()} s).`);
      resolve();
    });
  });

/** Removes Node's own builds where they do not run for want of glibc, as on Alpine. */
const dropNodesThatCannotRun = () => {
  for (const folder of bundledNodes) {
    if (spawnSync(executable(folder), ['--version']).status !== 0)
      rmSync(folder, { recursive: true, force: true });
  }
};

const installed = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;

/** Ends with the reason where nothing can be installed; npm would only say ENOENT. */
const requireWritable = () => {
  try {
    accessSync(root, fs.W_OK);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    fail(`Nothing can be installed: ${reasonIn(message)}.\n${message}`);
  }
};

if (!installed()) {
  requireWritable();
  await install();
}

/** The arguments for Node: options, then the script. Without any this only installs. */
const nodeArguments = process.argv.slice(2);
if (nodeArguments.length > 0) run();

function run() {
  const bundled = bundledNodes.map(executable).find(existsSync);
  if (!bundled) requireNode([22, 18]);
  child = spawn(bundled ?? process.execPath, nodeArguments, {
    cwd: root,
    // The script notices by this channel when this process has ended.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // A cache of compiled code saves half a second of wrangler's start.
    env: {
      NODE_COMPILE_CACHE: compileCache,
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
    },
  });
  child.on('error', (error) =>
    fail(`${bundled ?? process.execPath} could not be started: ${error.message}`),
  );
  child.on('exit', (code) => process.exit(code ?? 1));
}
