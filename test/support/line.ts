import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A line to a server: it can be cut, and has a length. */
export interface Line {
  readonly url: string;
  /** Nothing goes either way any more, and nobody is told: what is sent waits. */
  cut(): void;
  /** Everything goes again, what waits first. */
  mend(): void;
  /** Ends every connection, as a server does that starts anew. */
  drop(): void;
  close(): Promise<void>;
}

/**
 * Starts a line on loopback to an HTTP server.
 *
 * @param target the address of the server
 * @param delayMs how long everything takes, each way
 */
export const startLine = async (target: string, delayMs = 0): Promise<Line> => {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isCut = false;

  /** Carries what comes from one to the other, in its order. */
  const carry = (from: Socket, to: Socket) => {
    const pass = (work: () => void) => {
      if (delayMs > 0) setTimeout(work, delayMs);
      else work();
    };
    from.setNoDelay(true);
    from.on('data', (chunk) => pass(() => to.write(chunk)));
    from.on('end', () => pass(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      pass(() => to.destroy());
    });
    sockets.add(from);
    if (isCut) from.pause();
  };

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    carry(near, far);
    carry(far, near);
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', resolve),
  );
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The line has no port');
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    drop,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        drop();
      }),
  };
};
