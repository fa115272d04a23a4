/** One call of the Bot API, as `GET /_/calls` shows it. */
export interface Call {
  method: string;
  chatId?: number;
  /** The HTTP status that was answered. */
  status: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** How many calls the log keeps: the newest. */
export const CALLS_KEPT = 1_000;

/** A bounded log of calls, oldest first. The token is never part of it. */
export class CallLog {
  readonly #calls: Call[] = [];

  /** Adds a call, and drops the oldest when the log is full. */
  add(call: Call): void {
    this.#calls.push(call);
    if (this.#calls.length > CALLS_KEPT) this.#calls.shift();
  }

  /** Lists the kept calls, the oldest first. */
  list(): readonly Call[] {
    return this.#calls;
  }
}
