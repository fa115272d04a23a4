import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server } from 'node:net';

/**
 * Whether a request's Host header names this machine by loopback. A web page can point a name of
 * its own at 127.0.0.1 (DNS rebinding), but it cannot forge the Host header.
 */
export const isLoopbackHost = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host ?? '');

/**
 * Reads a body, or returns undefined past `limit` bytes. A larger body is read to its end as well:
 * otherwise the client would not get the answer.
 */
export const readBody = async (
  message: IncomingMessage,
  limit: number,
): Promise<Buffer<ArrayBuffer> | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
};

/**
 * Lets a server listen on 127.0.0.1 and returns its port; 0 takes a free port. Rejects with
 * EADDRINUSE where the port is taken.
 */
export const listenOnLoopback = (server: Server, port = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') resolve(address.port);
      else reject(new Error('The server has no TCP address'));
    });
  });

/**
 * Ends a server: it takes no new connections, and busy ones may finish.
 *
 * @param graceMs the time after which open connections are cut; 0, the default, cuts them at once
 */
export const closeServer = async (server: HttpServer, graceMs = 0): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if (graceMs === 0) server.closeAllConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
};
