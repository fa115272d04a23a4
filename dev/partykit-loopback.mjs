/**
 * Holds `partykit dev` to 127.0.0.1, since it listens on all interfaces and has no option for that;
 * where that fails, the process ends with 1. Loaded by `node --import`; plain JavaScript, since it
 * replaces functions of Node.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const LOOPBACK = '127.0.0.1';

/** @type {(what: string) => never} */
const refuse = (what) => {
  console.error(`partykit is held to ${LOOPBACK}, but ${what}. It ends.`);
  process.exit(1);
};

const { listen } = net.Server.prototype;

/** @param {unknown[]} args of `listen` */
const onLoopback = (args) => {
  const [first, ...rest] = args;
  // These are the inspector, miniflare's way back, and a check of the inspector's port. Nobody
  // calls the inspector by its number, and two with the same number would collide.
  if (typeof first === 'number') {
    return [
      { port: 0, host: LOOPBACK },
      ...rest.filter((argument) => typeof argument === 'function'),
    ];
  }
  if (typeof first === 'object' && first !== null && 'port' in first)
    return [{ ...first, host: LOOPBACK }, ...rest];
  return args;
};

/**
 * @this {net.Server}
 * @param {unknown[]} args
 */
net.Server.prototype.listen = function (...args) {
  this.prependOnceListener('listening', () => {
    const address = this.address();
    if (address && typeof address === 'object' && address.address !== LOOPBACK) {
      refuse(`it listens on ${address.address}`);
    }
  });
  return Reflect.apply(listen, this, onLoopback(args));
};

const { spawn } = childProcess;
/** Options of workerd: `--socket-addr=<name>=<host>:<port>`, `--inspector-addr=<host>:<port>`. */
const ADDRESS = /^(--(?:socket|inspector)-addr=(?:\w+=)?).*(:\d+)$/;
const LISTENS = /^--(socket-addr|socket-fd|inspector-addr|debug-port)/;

/**
 * @param {string} command
 * @param {unknown[]} rest
 */
const spawnOnLoopback = (command, ...rest) => {
  const [args] = rest;
  if (!Array.isArray(args)) return Reflect.apply(spawn, childProcess, [command, ...rest]);
  const held = args.map((argument) => String(argument).replace(ADDRESS, `$1${LOOPBACK}$2`));
  for (const argument of held) {
    if (LISTENS.test(argument) && !ADDRESS.test(argument)) refuse(`workerd is told ${argument}`);
  }
  return Reflect.apply(spawn, childProcess, [command, held, ...rest.slice(1)]);
};

Object.assign(childProcess, { spawn: spawnOnLoopback });
syncBuiltinESMExports();
