import { connect, createServer } from 'node:net';
import { listenOnLoopback } from './loopback.ts';

/** Takes a port of loopback for a moment; 0 is any. Rejects when somebody has it. */
const tryPort = async (port: number): Promise<number> => {
  const probe = createServer();
  const found = await listenOnLoopback(probe, port);
  await new Promise((resolve) => probe.close(resolve));
  return found;
};

/** Whether a port of loopback is free at this moment. */
export const isFree = (port: number): Promise<boolean> =>
  tryPort(port).then(
    () => true,
    () => false,
  );

/** A port that is free at this moment. */
export const freePort = (): Promise<number> => tryPort(0);

/** The preferred port, or a free one when somebody has it. */
export const preferPort = async (port: number): Promise<number> => ((await isFree(port)) ? port : freePort());

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
