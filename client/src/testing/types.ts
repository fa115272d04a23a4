import type { Clock, SessionStorage } from '../options.ts';

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  /**
   * Moves the time on, from timer to timer. What a timer begins has been done before the next one
   * goes off, as far as it waits for nothing but this server and this clock.
   */
  pass(ms: number): Promise<void>;
  /** How many timers are set. */
  readonly timers: number;
}

/** Somebody who is signed in on one device. */
export interface TestPerson {
  /** For `createClient`: it has the session. */
  readonly storage: SessionStorage;
  readonly userId: string;
  readonly username: string;
}

/** How to create a test server. */
export interface TestServerOptions {
  /** The time of the server; that of the machine when absent. */
  readonly clock?: Clock;
}

/** The rooms and the parts of the API that sign-in, inbox and calls need, in memory. */
export interface TestServer {
  /** For `createClient`, as `fetch`, `WebSocket` and `clock` are. Nothing listens there. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  readonly WebSocket: typeof globalThis.WebSocket;
  readonly clock: Clock;
  /** Signs somebody in on another device of theirs; whoever is not known yet is new. */
  signIn(name: string): Promise<TestPerson>;
  /** The code that was sent to a number last, if it can still be used. */
  code(phone: string): string | undefined;
  /** Restarts the room of a call: what it has not written is lost, and all connections break. */
  restartRoom(call: string): void;
  /** Takes the network from somebody, on all of their devices: nothing gets through. */
  cut(userId: string): void;
  /** Gives the network back. */
  mend(userId: string): void;
  /** Ends everything; later requests fail as those without a network do. */
  dispose(): void;
}

/** Creates a clock that stands still until it is moved; it begins at a time of its own. */
export type CreateTestClock = () => TestClock;

/**
 * Creates a server in memory. It has no limits on how often something may be asked.
 *
 * @example
 * const { url, fetch, WebSocket, signIn } = createTestServer();
 * const { storage } = await signIn('Anna');
 * const client = createClient({ url, fetch, WebSocket, storage });
 */
export type CreateTestServer = (options?: TestServerOptions) => TestServer;
