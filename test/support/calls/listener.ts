import type * as z from 'zod';
import { PING } from '../../../src/contract/sockets/protocol.ts';
import { PATIENCE_MS } from '../patience.ts';
import type { Closed } from './web-socket.ts';
import { openSocket } from './web-socket.ts';

/**
 * How soon "at once" is, in milliseconds, on a busy machine too: before anybody is closed for
 * silence.
 */
export const AT_ONCE_MS = 15_000;

/** What was heard. */
export interface Heard<Frame> {
  readonly frame: Frame;
  /** The text as it came. */
  readonly text: string;
  /** In milliseconds of the process's clock. */
  readonly at: number;
}

/** The fields that a frame must have; a Set names several values for one field. */
type Like = Readonly<Record<string, unknown>>;

const isLike = (value: unknown, like: unknown): boolean => {
  if (like instanceof Set) return like.has(value);
  if (typeof like !== 'object' || like === null) return value === like;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(like).every(([name, part]) => isLike(Reflect.get(value, name), part));
};

/** Keeps all frames of a connection in order, checked by their schema, with their times. */
export class Listener<Frame extends object> {
  /** All frames so far. */
  readonly heard: Heard<Frame>[] = [];
  readonly #waiting = new Set<() => void>();
  #read = 0;
  #closed: Closed | undefined;
  #unknown: string | undefined;
  readonly #schema: z.ZodType<Frame>;
  readonly #onFrame: (frame: Frame) => void;

  constructor(schema: z.ZodType<Frame>, onFrame: (frame: Frame) => void = () => undefined) {
    this.#schema = schema;
    this.#onFrame = onFrame;
  }

  /** A frame has come. */
  take(text: string, at: number): void {
    const { data, error } = this.#schema.safeParse(
      text === PING[1] ? { type: 'pong' } : JSON.parse(text),
    );
    if (data) {
      this.heard.push({ frame: data, text, at });
      this.#onFrame(data);
    } else this.#unknown = `${text} is no frame that a room sends: ${error?.message}`;
    this.#wake();
  }

  /** Nothing more comes. */
  end(closed: Closed): void {
    this.#closed = closed;
    this.#wake();
  }

  /** The frames so far, without the times. */
  get frames(): readonly Frame[] {
    return this.heard.map(({ frame }) => frame);
  }

  /**
   * Waits for a frame that comes after the last one waited for.
   *
   * @param like the fields that matter
   * @throws when none comes in time, or the connection ends before; the message tells what came
   *   instead
   */
  async next(like: Like = {}, patience: number = PATIENCE_MS): Promise<Heard<Frame>> {
    for (const deadline = performance.now() + patience; ; ) {
      const index = this.heard.findIndex(
        ({ frame }, at) => at >= this.#read && isLike(frame, like),
      );
      const found = this.heard[index];
      if (found) {
        this.#read = index + 1;
        return found;
      }
      const left = deadline - performance.now();
      if (left <= 0 || this.#closed || this.#unknown)
        throw new Error(this.#unknown ?? this.#complaint(like));
      await this.#change(left);
    }
  }

  #change(patience: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake() {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  #complaint(like: Like): string {
    const rest = this.heard.slice(this.#read).map(({ text }) => text.slice(0, 300));
    const end = this.#closed
      ? `the end with ${this.#closed.code} ${this.#closed.reason}`
      : 'nothing more';
    return `No ${JSON.stringify(like)}, but:\n${[...rest, end].join('\n')}`;
  }
}

/** A connection to a room. */
export interface Line<Frame extends object>
  extends Pick<Listener<Frame>, 'heard' | 'frames' | 'next'> {
  readonly closed: Promise<Closed>;
  /** Sends a frame; texts and bytes as they are. */
  say(frame: object | string | Buffer): void;
  /** Sends bytes that need be no frame. */
  write(bytes: Buffer): void;
  /** Closes the connection in order. */
  close(): void;
  /** Sends a close frame, without a code an empty one, and waits for the answer to it. */
  requestClose(code?: number): Promise<Closed>;
  /** Drops the connection without a close frame. */
  drop(): void;
  /** Drops the connection by a reset. */
  reset(): void;
  /** Stops answering closes; resolves when the connection has ended all the same. */
  holdOpen(): Promise<void>;
  /** Stops reading and answering. */
  freeze(): void;
}

const open = new Set<{ drop(): void }>();

/**
 * Opens a connection and listens. It ends with the test file, see {@link dropAll}.
 *
 * @param schema what may come
 * @param onFrame hears each frame at once
 */
export const openLine = async <Frame extends object>(
  url: string,
  schema: z.ZodType<Frame>,
  onFrame?: (frame: Frame) => void,
  headers?: Record<string, string>,
): Promise<Line<Frame>> => {
  const socket = await openSocket(url, headers);
  const listener = new Listener(schema, onFrame);
  socket.onText = (text, at) => listener.take(text, at);
  const line: Line<Frame> = {
    closed: socket.closed,
    heard: listener.heard,
    get frames() {
      return listener.frames;
    },
    next: (like, patience) => listener.next(like, patience),
    say: (frame) =>
      socket.send(
        typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame),
      ),
    write: (bytes) => socket.write(bytes),
    close: () => socket.close(),
    requestClose: (code) => socket.requestClose(code),
    drop: () => socket.drop(),
    reset: () => socket.reset(),
    holdOpen: () => socket.holdOpen(),
    freeze: () => socket.freeze(),
  };
  open.add(line);
  socket.closed.then((closed) => {
    listener.end(closed);
    open.delete(line);
  });
  return line;
};

/** Drops all connections that are still open. */
export const dropAll = (): void => {
  for (const line of open) line.drop();
};
