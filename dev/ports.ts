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
 * Where ports are looked for: below those that systems give to outgoing connections (from 32768 on, or 49152), one of which might take what was free before a server
 * that starts for seconds listens there; and above 10080, which `fetch` refuses.
 */
const PORTS = { from: 11_000, to: 32_768 } as const;

/** A port that is free at this moment. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
};

/** The preferred port, or a free one when somebody has it. */
export const preferPort = async (port: number): Promise<number> =>
  (await isFree(port)) ? port : freePort();

/** Whether something takes connections there, within a second. */
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
