import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** Whether a stream of frames (RFC 6455 §5.2) has had a close frame. */
const watchForClose = (onClose: () => void) => {
  let bytes = Buffer.alloc(0);
  return (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 2) {
      const [first = 0, second = 0] = bytes;
      if ((first & 0x0f) === 8) return onClose();
      const short = second & 0x7f;
      const start = (short === 126 ? 4 : short === 127 ? 10 : 2) + (second & 0x80 ? 4 : 0);
      if (bytes.length < start) return undefined;
      const length =
        short === 126
          ? bytes.readUInt16BE(2)
          : short === 127
            ? Number(bytes.readBigUInt64BE(2))
            : short;
      if (bytes.length < start + length) return undefined;
      bytes = bytes.subarray(start + length);
    }
    return undefined;
  };
};

/** The network between a browser and the server: it counts sockets of inboxes, and can be cut. */
export const startNetwork = async (target: string) => {
  const { hostname, port } = new URL(target);
  const all = new Set<Socket>();
  const inboxes = new Set<Socket>();
  let isCut = false;

  const join = (client: Socket) => {
    if (isCut) return client.destroy();
    const server = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      all.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        all.delete(socket);
        inboxes.delete(client);
        other.destroy();
      });
    }
    /** What is watched for closes; a connection may have had other requests before. */
    let watch: { readonly up: (chunk: Buffer) => void; down: (chunk: Buffer) => void } | undefined;
    let isAsked = false;
    client.on('data', (chunk: Buffer) => {
      if (watch) watch.up(chunk);
      else isAsked = chunk.toString('latin1').startsWith('GET /parties/inbox/');
    });
    server.on('data', (chunk: Buffer) => {
      if (watch) return watch.down(chunk);
      if (!isAsked || !chunk.toString('latin1').startsWith('HTTP/1.1 101')) return undefined;
      inboxes.add(client);
      const end = () => void inboxes.delete(client);
      watch = { up: watchForClose(end), down: watchForClose(end) };
      return watch.down(chunk.subarray(chunk.indexOf('\r\n\r\n') + 4));
    });
    client.pipe(server).pipe(client);
    return undefined;
  };
  const listening = createServer(join);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));

  const cut = () => {
    isCut = true;
    for (const socket of all) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`,
    /** How many sockets of inboxes are open. */
    get inboxes() {
      return inboxes.size;
    },
    get isCut() {
      return isCut;
    },
    cut,
    heal: () => {
      isCut = false;
    },
    close: () => {
      cut();
      listening.close();
    },
  };
};
