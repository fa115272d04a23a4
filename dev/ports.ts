import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { listenOnLoopback } from './loopback.ts';

/** Takes a port of loopback for a moment. Rejects when somebody has it. */
const tryPort = async (port: number): Promise<void> => {
  const probe = createServer();
  await listenOnLoopback(probe, port);
  await new Promise((resolve) => probe.close(resolve));
};

/** Whether a port of loopback is free at this moment. */
export const isFree = (port: number): Promise<boolean> =>
  tryPort(port).then(
    () => true,
    () => false,
  );

/**
 * The range to look for ports in. It ends below the ports of outgoing connections (from 32768, or
 * 49152), since one of those could take a port while a server that needs seconds to start is not
 * yet listening there. It begins above 10080, which `fetch` refuses.
 */
const PORTS = { from: 11_000, to: 32_768 } as const;

/** Finds a port that is free at this moment. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
};

/** Returns the preferred port, or a free one when it is taken. */
export const preferPort = async (port: number): Promise<number> =>
  (await isFree(port)) ? port : freePort();

/** Whether a server accepts connections there within a second. */
export const accepts = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => end(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => end(false));
  });
