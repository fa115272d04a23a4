import { createServer } from 'node:http';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';

/**
 * A bare relay to compare the rooms with: the first two sockets at a path hear each other. It looks
 * into no message and keeps nothing. The argument is the port to listen at, on loopback.
 */

const waiting = new Map<string, WebSocket>();
const http = createServer((_, response) => response.end());
const server = new WebSocketServer({ server: http });

const forward = (one: WebSocket, other: WebSocket) => {
  one.on('message', (data, isBinary) => other.send(data, { binary: isBinary }));
  one.on('close', () => other.close());
};

server.on('connection', (socket, { url = '' }) => {
  const other = waiting.get(url);
  waiting.delete(url);
  if (!other) {
    waiting.set(url, socket);
    socket.on('close', () => waiting.get(url) === socket && waiting.delete(url));
    return;
  }
  forward(socket, other);
  forward(other, socket);
});

http.listen(Number(process.argv[2]), '127.0.0.1');
