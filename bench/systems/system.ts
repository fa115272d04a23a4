/** One side of a call, connected. */
export interface Side {
  /** Sends the other side an ICE candidate. */
  send(candidate: string): void;
  /** Hears the candidates of the other side, in order. */
  heard: (candidate: string) => void;
  /**
   * Does what clients of this system do once in five seconds: gives, or asks for, a sign of life.
   */
  ping(): void;
  /** Ends the call; resolves when this side's connection has ended. */
  end(): Promise<void>;
}

/** Both sides of a call: the caller's first. */
export type Pair = readonly [Side, Side];

/** How a call rang. */
export interface Ring {
  /** The time from the caller's first byte until the callee's device rings, in milliseconds. */
  readonly ms: number;
  /** How many answers the caller waited for before that, and one for the way of the offer. */
  readonly roundTrips: number;
}

/** A way to signal calls. */
export interface System {
  readonly name: string;
  /** Makes one more call whose sides have exchanged offer and answer. */
  connect(): Promise<Pair>;
  /** Calls a user whose device waits, over a new connection; the call is over afterwards. */
  ring(): Promise<Ring>;
}
