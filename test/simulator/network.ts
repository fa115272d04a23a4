import type { Entrant } from '../../party/wire/messages.ts';
import type { Clock } from './clock.ts';
import type { Connection, OnAnswer } from './host.ts';

/** How long a message takes between two of the servers, in milliseconds. */
const HOP_MS = 1;

/** How long anybody waits for an answer, in milliseconds, as `party/wire/post.ts` does. */
const TIMEOUT_MS = 4_500;

/** What can become of a message between servers; `ms` in milliseconds. */
export type Fault =
  | { readonly type: 'lose' | 'refuse' | 'deafen' }
  | { readonly type: 'delay' | 'double'; readonly ms: number };

/** Carries messages between the servers of the world, and has the faults happen that were asked for. */
export class Posts {
  readonly #clock: Clock;
  readonly #cuts = new Map<string, number>();
  readonly #faults: { readonly message: string; readonly fault: Fault }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next message of a type meets with something. */
  fail(message: string, fault: Fault) {
    this.#faults.push({ message, fault });
  }

  /** Nothing reaches somebody for so long. */
  cut(target: string, ms: number) {
    this.#cuts.set(target, this.#clock.now + ms);
  }

  /** Nothing more fails. */
  heal() {
    this.#faults.length = 0;
    this.#cuts.clear();
  }

  /** Brings a message to where it goes; `deliver` hands it over there. The answer comes once, or undefined. */
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

/** A WebSocket: in order both ways, until it breaks; then nothing that is under way arrives. */
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

  /** The client ends it: what it has sent arrives, then its end does. */
  close() {
    if (!this.#held) return;
    this.#held = false;
    this.#up(() => {
      this.#brokenAt ??= this.#clock.now;
      this.#room.leave(this.id);
    });
  }

  /** It breaks: the server notices after so many milliseconds, if it does, and the client too. */
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
