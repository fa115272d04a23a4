import type { Client } from '../../../client/src/client.ts';
import type { Inbox, InboxEvents } from '../../../client/src/inbox/types.ts';
import type { LinkState } from '../../../client/src/link/state.ts';
import { createStore } from '../../../client/src/store.ts';

/** An inbox that connects when it is told to, and loses frames when it is told to. */
export class PlainInbox implements Inbox {
  readonly link = createStore<LinkState>({ state: 'off' });
  readonly rings = createStore([]);
  readonly inCall = createStore(undefined);
  /** Whether frames are lost on their way. */
  deaf = false;
  /** How many were. */
  lost = 0;
  readonly #client: Client;
  readonly #listeners = new Map<string, Set<(event: never) => void>>();
  #n: number | undefined;
  #socket: WebSocket | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Connects, unless it is connected; resolves once it was welcomed. */
  async connect(): Promise<void> {
    if (this.#socket) return;
    this.link.set({ state: 'connecting' });
    const { url, ticket } = await this.#ticket();
    const socket = new WebSocket(
      `${this.#client.url.replace('http', 'ws')}${url}?ticket=${ticket}`,
    );
    this.#socket = socket;
    const hello = { type: 'hello', version: 1, since: this.#n };
    socket.onopen = () => socket.send(JSON.stringify(hello));
    await new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => {
        const frame = JSON.parse(data);
        if (this.#socket !== socket) return;
        if (this.deaf && frame.type !== 'welcome') {
          this.lost += 1;
          return;
        }
        if (frame.type === 'welcome') this.link.set({ state: 'online' });
        this.tell(frame.type, frame);
        if (frame.type === 'welcome') resolve();
      };
    });
  }

  /** Asks for a ticket until there is one, as a link does that comes back. */
  async #ticket() {
    for (;;) {
      const asked = await this.#client.attempt('inboxTicket');
      if (asked.ok) return asked.answer;
      if (asked.error.status !== 503) throw asked.error;
    }
  }

  /** Loses its connection without a word. */
  drop(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.link.set({ state: 'retrying', since: 0, nextAt: 0, cause: 'offline' });
  }

  /** Tells what a room might. */
  tell<Name extends keyof InboxEvents>(name: Name, event: InboxEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(event as never);
  }

  /** How many listen. */
  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  on<Name extends keyof InboxEvents>(
    name: Name,
    listener: (event: InboxEvents[Name]) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  typing(chat: string): void {
    this.#socket?.send(JSON.stringify({ type: 'typing', chat }));
  }

  readUpTo(n: number): void {
    this.#n = n;
  }

  taken(): void {}

  async decline(): Promise<void> {}

  async hangUp(): Promise<void> {}

  dispose(): void {
    this.drop();
  }
}
