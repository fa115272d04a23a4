import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';

/** A line for media between browsers: it can be cut, without a word to either. */
export interface MediaLine {
  /**
   * Returns a candidate that leads to the given one by this line; undefined for one that cannot be
   * reached so: of TCP, of IPv6, or without an address.
   */
  route(candidate: string): Promise<string | undefined>;
  cut(): void;
  mend(): void;
  /** Every so manieth packet is lost from now on, each way. */
  loseEvery(count: number): void;
  /** Everybody gets another address from now on, as after a change of network: what was is dead. */
  forget(): void;
  /** How many packets have come through. */
  readonly packets: number;
  close(): void;
}

const CANDIDATE = /^candidate:(\S+) (\d) udp (\d+) ([\d.]+) (\d+) (.*)$/i;

const bind = async (): Promise<Socket> => {
  const socket = createSocket('udp4');
  // Whoever is not there any more answers with a refusal, which is no fault.
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  return socket;
};

/** Starts a line for media on loopback. */
export const startMediaLine = (): MediaLine => {
  const entries = new Map<string, Promise<Socket>>();
  const sockets = new Set<Socket>();
  let isCut = false;
  let lossy = Number.POSITIVE_INFINITY;
  let packets = 0;
  let carried = 0;

  /** Whether a packet comes through. */
  const passes = (): boolean => {
    carried += 1;
    return !isCut && carried % lossy !== 0;
  };

  const open = async () => {
    const socket = await bind();
    sockets.add(socket);
    return socket;
  };

  /** What comes here goes to the target, and its answers back: each sender has a way of its own. */
  const enter = async (address: string, port: number): Promise<Socket> => {
    const entry = await open();
    const ways = new Map<string, Promise<Socket>>();
    entry.on('message', async (packet, sender) => {
      if (!passes()) return;
      const key = `${sender.address}:${sender.port}`;
      const way =
        ways.get(key) ??
        open().then((socket) =>
          socket.on('message', (answer) => {
            if (passes()) entry.send(answer, sender.port, sender.address);
          }),
        );
      ways.set(key, way);
      packets += 1;
      (await way).send(packet, port, address);
    });
    return entry;
  };

  const closeAll = () => {
    for (const socket of sockets) socket.close();
    sockets.clear();
    entries.clear();
  };

  return {
    route: async (candidate) => {
      const [, foundation, component, priority, address = '', port, rest] =
        CANDIDATE.exec(candidate) ?? [];
      if (!port) return undefined;
      const key = `${address}:${port}`;
      const entry = entries.get(key) ?? enter(address, Number(port));
      entries.set(key, entry);
      const own = (await entry).address();
      const end = `${own.address} ${own.port} ${rest}`;
      return `candidate:${foundation} ${component} udp ${priority} ${end}`;
    },
    cut: () => {
      isCut = true;
    },
    mend: () => {
      isCut = false;
    },
    loseEvery: (count) => {
      lossy = count;
    },
    forget: closeAll,
    get packets() {
      return packets;
    },
    close: closeAll,
  };
};
