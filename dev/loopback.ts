import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server } from 'node:net';

/**
 * Whether a request's Host header names this machine by loopback. A page in the developer's browser can point a name of
 * its own at 127.0.0.1 (DNS rebinding), but it cannot forge Host.
 */
export const isLoopbackHost = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host ?? '');

/** The whole body, or undefined past `limit` bytes. It is read to its end even so, or the client would not get an answer. */
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

/** Lets a server listen on 127.0.0.1 and returns its port; 0 takes a free one. Rejects with EADDRINUSE where it is taken. */
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
 * Ends a server: no new connections, and those that are busy may finish.
 *
 * @param graceMs after so many milliseconds what is still open is cut off; 0, the default, does so at once
 */
export const closeServer = async (server: HttpServer, graceMs = 0): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  if (graceMs === 0) server.closeAllConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
};
