import type { Entrant } from '../../party/wire/messages.ts';
import type { Clock } from './clock.ts';

/** The server's end of a connection. */
export interface Connection {
  readonly id: string;
  readonly who: Entrant;
  /** When the client was last heard: always now, while the connection is whole. */
  heardAt(): number;
  send(text: string): void;
  close(code: number): void;
  /** Ends the connection, since the host is gone. */
  broke(): void;
}

/** Takes the answer to a message, or undefined when none came. */
export type OnAnswer = (answer: unknown) => void;

/** How long a message takes between two servers, in milliseconds. */
const HOP_MS = 1;

/** How long a sender waits for an answer, in milliseconds, as in `party/wire/post.ts`. */
const TIMEOUT_MS = 4_500;

/** What can happen to a message between servers; `ms` is in milliseconds. */
export type Fault =
  | { readonly type: 'lose' | 'refuse' | 'deafen' }
  | { readonly type: 'delay' | 'double'; readonly ms: number };

/** Carries messages between the servers of the world, with the faults that were asked for. */
export class Posts {
  readonly #clock: Clock;
  readonly #cuts = new Map<string, number>();
  readonly #faults: { readonly message: string; readonly fault: Fault }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Applies a fault to the next message of a type. */
  fail(message: string, fault: Fault) {
    this.#faults.push({ message, fault });
  }

  /** Cuts a target off from all messages for `ms`. */
  cut(target: string, ms: number) {
    this.#cuts.set(target, this.#clock.now + ms);
  }

  /** Ends all faults. */
  heal() {
    this.#faults.length = 0;
    this.#cuts.clear();
  }

  /**
   * Carries a message to its target, where `deliver` hands it over. The answer comes once;
   * undefined means none came.
   */
  carry(target: string, type: string, deliver: (onAnswer: OnAnswer) => void, onAnswer: OnAnswer) {
    if ((this.#cuts.get(target) ?? 0) > this.#clock.now) {
      this.#clock.in(HOP_MS, () => onAnswer(undefined));
      return;
    }
    const index = this.#faults.findIndex(({ message }) => message === type);
    const [{ fault } = {}] = index < 0 ? [] : this.#faults.splice(index, 1);
    let waiting = true;
    const settle: OnAnswer = (answer) => {
      if (!waiting) return;
      waiting = false;
      onAnswer(answer);
    };
    this.#clock.in(fault?.type === 'refuse' ? HOP_MS : TIMEOUT_MS, () => settle(undefined));
    const back: OnAnswer = (answer) => this.#clock.in(HOP_MS, () => settle(answer));
    const arrive = (ms: number, hear: OnAnswer) => this.#clock.in(HOP_MS + ms, () => deliver(hear));
    if (fault?.type === 'delay') arrive(fault.ms, back);
    else if (fault?.type === 'deafen') arrive(0, () => undefined);
    else if (fault?.type !== 'lose' && fault?.type !== 'refuse') arrive(0, back);
    if (fault?.type === 'double') arrive(fault.ms, () => undefined);
  }
}

/** A room as a connection sees it. */
export interface Entrance {
  connect(connection: Connection): void;
  frame(id: string, text: string): void;
  leave(id: string): void;
}

/** What the client's end of a connection hears. */
export interface ClientEnd {
  opened(): void;
  received(text: string): void;
  /** `code` is that of the close frame, if one came. */
  closed(code: number | undefined): void;
}

/** A WebSocket: keeps the order both ways until it breaks; what is under way then is lost. */
export class Link {
  readonly id: string;
  readonly #clock: Clock;
  readonly #room: Entrance;
  readonly #client: ClientEnd;
  readonly #latency: () => number;
  #whole = true;
  /** Whether the client still holds its end. */
  #held = true;
  #brokenAt: number | undefined;
  #lastUp = 0;
  #lastDown = 0;

  constructor(
    clock: Clock,
    id: string,
    room: Entrance,
    who: Entrant,
    client: ClientEnd,
    latency: () => number,
  ) {
    this.#clock = clock;
    this.id = id;
    this.#room = room;
    this.#client = client;
    this.#latency = latency;
    const connection: Connection = {
      id,
      who,
      heardAt: () => this.#brokenAt ?? clock.now,
      send: (text) => this.#down(() => client.received(text)),
      close: (code) => this.#down(() => this.#lose(code)),
      broke: () => this.cut(undefined, 5),
    };
    this.#up(() => {
      this.#down(() => client.opened());
      room.connect(connection);
    });
  }

  /** Whether the client can send. */
  get open(): boolean {
    return this.#held && this.#whole;
  }

  send(text: string) {
    if (this.#held) this.#up(() => this.#room.frame(this.id, text));
  }

  /** Ends the connection from the client's side: what it has sent arrives first. */
  close() {
    if (!this.#held) return;
    this.#held = false;
    this.#up(() => {
      this.#brokenAt ??= this.#clock.now;
      this.#room.leave(this.id);
    });
  }

  /**
   * Breaks the connection: the server notices after `serverMs`, or never, and the client after
   * `clientMs`.
   */
  cut(serverMs: number | undefined, clientMs: number) {
    if (!this.#whole) return;
    this.#whole = false;
    this.#brokenAt ??= this.#clock.now;
    if (serverMs !== undefined) this.#clock.in(serverMs, () => this.#room.leave(this.id));
    if (this.#held) this.#clock.in(clientMs, () => this.#lose(undefined));
  }

  #lose(code: number | undefined) {
    if (!this.#held) return;
    this.#held = false;
    this.#whole = false;
    this.#client.closed(code);
  }

  #up(run: () => void) {
    this.#lastUp = Math.max(this.#lastUp, this.#clock.now + this.#latency());
    this.#clock.at(this.#lastUp, () => {
      if (this.#whole) run();
    });
  }

  #down(run: () => void) {
    this.#lastDown = Math.max(this.#lastDown, this.#clock.now + this.#latency());
    this.#clock.at(this.#lastDown, () => {
      if (this.#whole && this.#held) run();
    });
  }
}
