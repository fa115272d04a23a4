import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import type { Socket } from 'node:net';

/**
 * How a connection ended: with the code and reason of a close frame, or 1006 without one (RFC 6455
 * §7.1.5).
 */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** The kinds of frames that there are (RFC 6455 §5.2). */
const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Masked, as all frames of a client are. */
const encode = (opcode: number, payload: Buffer): Buffer => {
  const { length } = payload;
  const head =
    length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  if (length < 126) head[1] = 0x80 | length;
  else if (length < 65_536) {
    head[1] = 0x80 | 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 0x80 | 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
};

/** The first frame in what has come, and how long it is; undefined when it is not all there. */
const decode = (bytes: Buffer): { opcode: number; payload: Buffer; size: number } | undefined => {
  const [first = 0, second = 0] = bytes;
  const short = second & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < start) return undefined;
  const length =
    short === 126
      ? bytes.readUInt16BE(2)
      : short === 127
        ? Number(bytes.readBigUInt64BE(2))
        : short;
  if (bytes.length < start + length) return undefined;
  if ((first & 0x80) === 0) throw new Error('A frame in pieces: nobody here sends such');
  return {
    opcode: first & 0x0f,
    payload: bytes.subarray(start, start + length),
    size: start + length,
  };
};

/**
 * A WebSocket that can do what a browser's cannot: drop its connection without a close frame, and
 * tell the close code as soon as it has come, since workerd ends the TCP connection only seconds
 * later.
 */
export class RawSocket {
  readonly #socket: Socket;
  /** Gets each text frame, and when it came, in milliseconds of the process's clock. */
  onText: (text: string, at: number) => void = () => undefined;
  /** Settles when the connection has ended, whoever ended it. */
  readonly closed: Promise<Closed>;
  #bytes = Buffer.alloc(0);
  #close: (closed: Closed) => void = () => undefined;
  #ended = false;
  #holds = false;
  #answers = true;

  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    socket.on('error', () => this.#end({ code: 1006, reason: '' }));
    socket.on('close', () => this.#end({ code: 1006, reason: '' }));
    // Frames wait until the opener of the socket can listen.
    setImmediate(() => {
      this.#read(head);
      socket.on('data', (chunk) => this.#read(chunk));
    });
  }

  /** Sends a text frame, or a binary one. */
  send(data: string | Buffer): void {
    if (this.#ended) return;
    this.#socket.write(
      encode(typeof data === 'string' ? OPCODE.text : OPCODE.binary, Buffer.from(data)),
    );
  }

  /** Sends bytes as they are, which need be no frame. */
  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Closes the connection in order. */
  close(code = 1000): void {
    if (this.#ended) return;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#socket.write(encode(OPCODE.close, payload));
    this.#end({ code, reason: '' });
  }

  /** Sends a close frame, without a code an empty one, and waits for the answer to it. */
  requestClose(code?: number): Promise<Closed> {
    const payload = Buffer.alloc(code === undefined ? 0 : 2);
    if (code !== undefined) payload.writeUInt16BE(code);
    this.#socket.write(encode(OPCODE.close, payload));
    this.#answers = false;
    return this.closed;
  }

  /** Drops the connection without a close frame, as a phone in a tunnel does. */
  drop(): void {
    this.#end({ code: 1006, reason: '' });
    this.#socket.destroy();
  }

  /**
   * Resets the connection (TCP's RST): what was not read yet is lost, as when a program crashes.
   */
  reset(): void {
    this.#end({ code: 1006, reason: '' }, () => void this.#socket.resetAndDestroy());
  }

  /** Stops answering closes; resolves when the other side has ended the TCP connection. */
  holdOpen(): Promise<void> {
    this.#holds = true;
    return new Promise((resolve) => this.#socket.on('close', () => resolve()));
  }

  /** Stops reading and answering, and keeps the connection. */
  freeze(): void {
    this.#socket.pause();
  }

  #read(chunk: Buffer) {
    const at = performance.now();
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (let frame = decode(this.#bytes); frame && !this.#ended; frame = decode(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(frame.size);
      this.#take(frame.opcode, frame.payload, at);
    }
  }

  #take(opcode: number, payload: Buffer, at: number) {
    if (opcode === OPCODE.text) this.onText(payload.toString(), at);
    else if (opcode === OPCODE.ping) this.#socket.write(encode(OPCODE.pong, payload));
    else if (opcode === OPCODE.close && !this.#holds) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      if (this.#answers) this.#socket.write(encode(OPCODE.close, payload));
      this.#end({ code, reason: payload.subarray(2).toString() });
    }
  }

  #end(closed: Closed, finish = (): void => void this.#socket.end()) {
    if (this.#ended) return;
    this.#ended = true;
    this.#close(closed);
    finish();
  }
}

/** An upgrade that was refused. */
export class RefusedUpgrade extends Error {
  override name = 'RefusedUpgrade';
  readonly status: number;

  constructor(status: number) {
    super(`The upgrade was answered with ${status}`);
    this.status = status;
  }
}

/**
 * Opens a WebSocket.
 *
 * @param url http://…, as everything else there
 * @throws {RefusedUpgrade} when the answer is no 101
 */
export const openSocket = (url: string, headers: Record<string, string> = {}): Promise<RawSocket> =>
  new Promise((resolve, reject) => {
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    };
    request(url, { headers: { ...upgrade, ...headers } })
      .on('response', (answer: IncomingMessage) => {
        answer.resume();
        reject(new RefusedUpgrade(answer.statusCode ?? 0));
      })
      .on('upgrade', (_, socket: Socket, head) => {
        socket.setNoDelay(true);
        resolve(new RawSocket(socket, head));
      })
      .on('error', reject)
      .end();
  });
