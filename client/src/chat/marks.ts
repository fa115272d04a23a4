import type { Client } from '../client.ts';
import { isAistError } from '../error.ts';
import { isPassing } from './outbox.ts';

/** How long to wait before another mark of the same chat is sent, in milliseconds. */
const GAP_MS = 1_000;

/** Read marks that the server does not have yet: one request at a time and chat. */
export class Marks {
  readonly #client: Client;
  readonly #signal: AbortSignal;
  /** The highest mark of each chat that has to be sent. */
  readonly #marks = new Map<string, number>();
  /** Chats of which a mark is being sent, or was just now: then with a timer. */
  readonly #busy = new Map<string, unknown>();

  constructor(client: Client, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** Sends a mark: at once, or with those that follow soon. */
  send(id: string, seq: number): void {
    this.#marks.set(id, Math.max(seq, this.#marks.get(id) ?? 0));
    if (!this.#busy.has(id)) void this.#go(id);
  }

  stop(): void {
    for (const timer of this.#busy.values()) this.#client.clock.clearTimeout(timer);
  }

  async #go(id: string): Promise<void> {
    const seq = this.#marks.get(id);
    if (seq === undefined) return;
    this.#marks.delete(id);
    this.#busy.set(id, undefined);
    let pause = GAP_MS;
    try {
      await this.#client.request('markRead', { id, seq }, { signal: this.#signal });
    } catch (error) {
      // What the server could not do now is asked for again, unless a higher mark came meanwhile.
      if (isAistError(error) && isPassing(error.status)) {
        this.#marks.set(id, Math.max(seq, this.#marks.get(id) ?? 0));
        pause = Math.max((error.retryAt ?? 0) - this.#client.clock.now(), 5 * GAP_MS);
      }
    }
    if (this.#signal.aborted) return;
    const again = () => {
      this.#busy.delete(id);
      void this.#go(id);
    };
    this.#busy.set(id, this.#client.clock.setTimeout(again, pause));
  }
}
