import { WebSocket } from 'ws';

/** How long anything may take, in milliseconds. */
const TIMEOUT_MS = 15_000;

type Frame = Readonly<Record<string, unknown>>;

/** Waits for something, but not for ever. */
export const within = async <Value>(what: string, promise: Promise<Value>): Promise<Value> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${what} did not come in time`)),
    TIMEOUT_MS,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * The WebSocket of all measured clients: the same package, without compression. Frames are JSON
 * objects with a `type` or an `event`.
 */
export class Socket {
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  /** Hears the frames that nobody waits for. */
  heard: (frame: Frame) => void = () => undefined;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<unknown, (frame: Frame) => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
    socket.on('message', (data) => {
      const text = data.toString();
      // A text that is no object is a sign of life.
      if (text.startsWith('{')) this.#message(JSON.parse(text));
    });
  }

  /** Connects. */
  static async open(url: string): Promise<Socket> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    const opened = Promise.withResolvers<void>();
    socket.on('open', opened.resolve);
    socket.on('error', opened.reject);
    const wrapped = new Socket(socket);
    await within('A connection', opened.promise);
    return wrapped;
  }

  send(frame: object): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Sends a text that is no frame. */
  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** Waits for the next frame of a type or an event. */
  next(type: string): Promise<Frame> {
    return within(`A frame "${type}"`, new Promise((resolve) => this.#waiting.set(type, resolve)));
  }

  async close(): Promise<void> {
    this.#socket.close();
    await within('The end of a connection', this.closed);
  }

  #message(frame: Frame) {
    const name = frame.type ?? frame.event;
    const waiting = this.#waiting.size > 0 ? this.#waiting.get(name) : undefined;
    if (!waiting) return this.heard(frame);
    this.#waiting.delete(name);
    waiting(frame);
  }
}
