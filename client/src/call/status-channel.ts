import type { SafetyEnds, SafetyExchange, SafetyMessage } from './safety.ts';

/** What somebody has switched on; of pictures the `mid` of the media line that has them. */
export interface Status {
  readonly microphone: boolean;
  readonly camera: string | null;
  readonly screen: string | null;
}

/** What the other side is told over the connection itself, past every server. */
type Message = ({ readonly type: 'status' } & Status) | SafetyMessage;

/** What comes of a channel. */
export interface StatusEvents {
  opened(): void;
  status(status: Status): void;
  /** Four emoji, or none when the other side does not keep to the exchange. */
  safety(emoji: readonly string[]): void;
}

/** Both sides make the channel by this number: it needs no offer of its own. */
const CHANNEL = { negotiated: true, id: 0 } as const;

/** A message has a few hundred characters; more than this in all means harm. */
const LONGEST = 1_000;
const MOST = 10_000;

const readMessage = (text: unknown): Message | undefined => {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Message) : undefined;
  } catch {
    return undefined;
  }
};

/** The data channel beside the media of one connection. */
export class StatusChannel {
  readonly #channel: RTCDataChannel;
  readonly #events: StatusEvents;
  #status: Status | undefined;
  #exchange: Promise<SafetyExchange> | undefined;
  #heard = 0;
  /** Messages of the exchange, one after another; those that come before it can begin wait. */
  #work: Promise<unknown> = Promise.resolve();
  #waiting: SafetyMessage[] = [];

  constructor(connection: Pick<RTCPeerConnection, 'createDataChannel'>, events: StatusEvents) {
    this.#events = events;
    this.#channel = connection.createDataChannel('aist', CHANNEL);
    this.#channel.onopen = () => {
      this.#sendStatus();
      events.opened();
    };
    this.#channel.onmessage = ({ data }) => this.#hear(data);
  }

  get isOpen(): boolean {
    return this.#channel.readyState === 'open';
  }

  /** Tells the other side what is on, now and when the channel opens. */
  tell(status: Status): void {
    const { microphone, camera, screen } = status;
    const before = this.#status;
    this.#status = { microphone, camera, screen };
    if (JSON.stringify(before) !== JSON.stringify(this.#status)) this.#sendStatus();
  }

  /** Begins the exchange of the four emoji: once, when the channel is open. */
  compare(ends: SafetyEnds): void {
    if (this.#exchange || !this.isOpen) return;
    const exchange = this.#loadExchange(ends);
    this.#exchange = exchange;
    this.#enqueue(async () => (await exchange).begin());
    for (const message of this.#waiting.splice(0)) this.#take(exchange, message);
  }

  close(): void {
    this.#channel.onopen = null;
    this.#channel.onmessage = null;
    this.#channel.close();
  }

  #hear(data: unknown): void {
    this.#heard += 1;
    const message = this.#heard > MOST ? undefined : readMessage(data);
    if (!message) return;
    if (message.type === 'status') {
      const { microphone, camera, screen } = message;
      const isMid = (mid: unknown) => mid === null || typeof mid === 'string';
      if (typeof microphone !== 'boolean' || !isMid(camera) || !isMid(screen)) return;
      this.#events.status({ microphone, camera, screen });
      return;
    }
    if (this.#exchange) this.#take(this.#exchange, message);
    else if (this.#waiting.length < 3) this.#waiting.push(message);
  }

  /** Loads what compares: calls of many, and with clients that are not ours, never need it. */
  async #loadExchange(ends: SafetyEnds): Promise<SafetyExchange> {
    const { SafetyExchange } = await import('./safety.ts');
    return new SafetyExchange(ends, (message) => this.#send(message));
  }

  #take(exchange: Promise<SafetyExchange>, message: SafetyMessage): void {
    if (!['commit', 'nonce', 'reveal'].includes(message.type)) return;
    this.#enqueue(async () => {
      const emoji = await (await exchange).hear(message);
      if (emoji) this.#events.safety(emoji);
    });
  }

  #enqueue(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(work).catch(() => undefined);
  }

  #sendStatus(): void {
    if (this.#status) this.#send({ type: 'status', ...this.#status });
  }

  #send(message: Message): void {
    if (this.isOpen) this.#channel.send(JSON.stringify(message));
  }
}
