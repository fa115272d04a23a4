import type { Room } from '../../src/contract/sockets/protocol.ts';

/** How many messages to one room are told by other means before a channel to it is opened. */
export const BEFORE_CHANNEL = 4;

/** How long nothing may have been told by a channel before it is closed, in milliseconds. */
export const IDLE_MS = 5_000;

/**
 * Whether a message may go by a channel. What is told of chats goes to many rooms at once: a
 * channel to each would keep all of them awake [M27].
 */
export const wantsChannel = (message: object): boolean => Reflect.get(message, 'type') !== 'chat';

/** A WebSocket to another room, as the host opens it. */
export interface ChannelSocket {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close' | 'error', listener: () => void): void;
}

/** Opens a WebSocket to a room, which answers each text that it is sent with one text. */
export type OpenChannel = (to: Room) => Promise<ChannelSocket>;

/** A WebSocket to a room, by which one thing at a time is told. */
class Channel {
  readonly #socket: ChannelSocket;
  #waiting: PromiseWithResolvers<string> | undefined;
  isOpen = true;

  constructor(socket: ChannelSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(String(data));
    });
    for (const type of ['close', 'error'] as const)
      socket.addEventListener(type, () => this.close());
  }

  get isBusy(): boolean {
    return this.#waiting !== undefined;
  }

  ask(text: string): Promise<string> {
    this.#waiting = Promise.withResolvers<string>();
    this.#socket.send(text);
    return this.#waiting.promise;
  }

  /** Ends it; what waits for an answer fails. */
  close(): void {
    this.#waiting?.reject(new Error('The channel has ended'));
    this.#waiting = undefined;
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#socket.close();
  }
}

/** What is known of the messages to one room. */
interface Talk {
  channel: Channel | undefined;
  isOpening: boolean;
  told: number;
  /** Whether something was told since idle talks were looked for. */
  isFresh: boolean;
}

/**
 * Tells rooms something by WebSockets, which cost half of what the call of a method costs, as long
 * as there is much to tell. A room does not sleep while it has one, so it is closed soon after.
 */
export class Channels {
  readonly #open: OpenChannel;
  readonly #talks = new Map<string, Talk>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(open: OpenChannel) {
    this.#open = open;
  }

  /** Asks by a channel; undefined where there is none, or where it waits for an answer. */
  ask(to: Room, text: string): Promise<string> | undefined {
    const talk = this.#talkWith(to);
    talk.told += 1;
    talk.isFresh = true;
    const { channel } = talk;
    if (channel?.isOpen) return channel.isBusy ? undefined : channel.ask(text);
    if (talk.told > BEFORE_CHANNEL && !talk.isOpening) void this.#openTo(to, talk);
    return undefined;
  }

  /** Closes the channel to a room that has not answered in time. */
  close({ party, id }: Room): void {
    this.#talks.get(`${party}/${id}`)?.channel?.close();
  }

  #talkWith({ party, id }: Room): Talk {
    const key = `${party}/${id}`;
    const known = this.#talks.get(key);
    if (known) return known;
    const talk = { channel: undefined, isOpening: false, told: 0, isFresh: true };
    this.#talks.set(key, talk);
    this.#timer ??= setTimeout(() => this.#endIdle(), IDLE_MS);
    return talk;
  }

  async #openTo(to: Room, talk: Talk): Promise<void> {
    talk.isOpening = true;
    talk.told = 0;
    try {
      talk.channel = new Channel(await this.#open(to));
    } catch {
      // What is to be told goes on by other means, and a channel is tried again later.
    } finally {
      talk.isOpening = false;
    }
  }

  #endIdle(): void {
    for (const [key, talk] of this.#talks) {
      if (talk.isFresh || talk.isOpening) {
        talk.isFresh = false;
        continue;
      }
      talk.channel?.close();
      this.#talks.delete(key);
    }
    this.#timer = this.#talks.size > 0 ? setTimeout(() => this.#endIdle(), IDLE_MS) : undefined;
  }
}
