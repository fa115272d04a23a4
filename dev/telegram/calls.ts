/** One call of the Bot API, as `GET /_/calls` shows it. */
export interface Call {
  method: string;
  chatId?: number;
  /** The HTTP status that was answered. */
  status: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** The log keeps this many calls, the newest. */
export const CALLS_KEPT = 1_000;

/** A bounded log of calls, oldest first. The token is never part of it. */
export class CallLog {
  readonly #calls: Call[] = [];

  /** Adds a call and forgets the oldest where the log is full. */
  add(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > CALLS_KEPT) this.#calls.shift();
  }

  /** The calls kept, oldest first. */
  list(): readonly Call[] {
    return this.#calls;
  }
}
