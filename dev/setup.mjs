/**
 * Makes a fresh clone ready, then runs a script of this project: `node dev/setup.mjs [options of Node] [script.ts] [arguments]`.
 *
 * Plain JavaScript without dependencies, since it runs before there are any, on any Node from 20.19 on. It installs what the lockfile names, unless
 * that is in place already, and runs the script with a Node that can: the one among the dependencies, or this one if it is new enough.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const compileCache = join(root, 'node_modules', '.cache', 'compile');
const stampFile = join(root, 'node_modules', '.setup-stamp');

/** Folders of Node among the dependencies; the platforms it is not made for bring their own. */
const bundledNodes = ['x64', 'arm64'].map((arch) => join(root, 'node_modules', `node-linux-${arch}`));

/** @param {string} folder */
const executable = (folder) => join(folder, 'bin', 'node');

/** What the installation depends on. */
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
 * What runs at the moment: npm, then the script. It gets the signals that come here.
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

// npm passes a signal on to its shell alone, which dies of it and tells nobody: then this process has another parent.
if (process.env.npm_lifecycle_event) {
  const { ppid } = process;
  setInterval(() => process.ppid !== ppid && child?.kill('SIGTERM'), 500).unref();
}

/** @returns {Promise<void>} */
const install = () =>
  new Promise((resolve) => {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    console.log('Installing dependencies (the first time only; about half a minute) …');
    const progress = setInterval(() => console.log(`  … still installing, ${seconds()} s`), 5_000);
    const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      shell: process.platform === 'win32',
    });
    child = npm;
    let output = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += chunk));
    npm.on('error', (error) => fail(`npm could not be started: ${error.message}. Is it installed and on the PATH?`));
    npm.on('close', (code, signal) => {
      clearInterval(progress);
      if (signal) {
        console.error(`npm ci was ended by ${signal}.`);
        process.exit(128 + constants.signals[signal]);
      }
      if (code !== 0)
        fail(`${output}\nnpm ci failed. Check the network connection and the lines above, then try again.`);
      dropNodesThatCannotRun();
      writeFileSync(stampFile, stamp);
      console.log(`Dependencies are in place (${seconds()} s).`);
      resolve();
    });
  });

/** Node's own builds need glibc; where it is missing, as on Alpine, they would only stand in the way of the Node that is there. */
const dropNodesThatCannotRun = () => {
  for (const folder of bundledNodes) {
    if (spawnSync(executable(folder), ['--version']).status !== 0) rmSync(folder, { recursive: true, force: true });
  }
};

const installed = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;

if (!installed()) await install();

/** Arguments for Node: options first, then the script. Without any there is nothing more to do. */
const nodeArguments = process.argv.slice(2);
if (nodeArguments.length > 0) run();

function run() {
  const bundled = bundledNodes.map(executable).find(existsSync);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (!bundled && (major < 22 || (major === 22 && minor < 18))) {
    fail(`On this platform Node 22.18 or newer is needed; this is ${process.versions.node}. See https://nodejs.org.`);
  }
  child = spawn(bundled ?? process.execPath, nodeArguments, {
    cwd: root,
    // By the channel the script notices when this process is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // What Node compiled once it need not compile at the next start: that is half a second of wrangler's.
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
  });
  child.on('error', (error) => fail(`${bundled ?? process.execPath} could not be started: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}
