import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import {
  attachSession,
  createRedisCommandExecutor,
  RedisServerState,
  SocketConnectionTransport,
} from 'js-redis-server/core';
import { freePort } from '../../../dev/ports.ts';

/**
 * A Redis on loopback TCP that a test may kill, freeze and start again on its port. Its data do not
 * outlive it.
 */
export interface MortalServer {
  url: string;
  start(): Promise<void>;
  /** Dies in the middle of whatever it does, connections included. */
  kill(): Promise<void>;
  /** Keeps its connections and accepts new ones, but answers nobody until `thaw()`. */
  freeze(): void;
  thaw(): void;
}

/**
 * A `redis-server` process where the tests run on a real Redis (`REDIS_URL` is set), a stand-in of
 * this process elsewhere.
 */
export async function startMortalServer(): Promise<MortalServer> {
  const port = await freePort();
  const server = process.env.REDIS_URL ? realServer(port) : standIn(port);
  await server.start();
  return server;
}

function realServer(port: number): MortalServer {
  const launch = () =>
    spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  let child: ReturnType<typeof launch> | undefined;
  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = launch();
      for await (const line of child.stdout) {
        if (String(line).includes('Ready to accept connections')) {
          break;
        }
      }
    },
    async kill() {
      if (child?.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    },
    freeze() {
      child?.kill('SIGSTOP');
    },
    thaw() {
      child?.kill('SIGCONT');
    },
  };
}

function standIn(port: number): MortalServer {
  const sockets = new Set<Socket>();
  let frozen = false;
  let stop = async () => {};
  return {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      frozen = false;
      const state = new RedisServerState();
      const executor = createRedisCommandExecutor();
      const listener = createServer((socket) => {
        sockets.add(socket.on('close', () => sockets.delete(socket)));
        if (frozen) {
          socket.cork();
        }
        const transport = new SocketConnectionTransport(socket);
        attachSession(transport, { state, executor });
      }).listen(port, '127.0.0.1');
      await once(listener, 'listening');
      stop = async () => {
        listener.close();
        for (const socket of sockets) {
          socket.resetAndDestroy();
        }
        await once(listener, 'close');
        state.close();
      };
    },
    kill: () => stop(),
    freeze() {
      frozen = true;
      for (const socket of sockets) {
        socket.cork();
      }
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) {
        socket.uncork();
      }
    },
  };
}
