/** Where a client keeps its session; what it answers may come later. */
export interface SessionStorage {
  get(key: string): string | null | Promise<string | null>;
  /** Keeps a value, or nothing when it is null. */
  set(key: string, value: string | null): void | Promise<void>;
}

/** The time and its timers; tests move them. */
export interface Clock {
  now(): number;
  setTimeout(work: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Hears what happened inside a client, and what is known of it. */
export type Log = (event: string, details: Readonly<Record<string, unknown>>) => void;

/** How to create a client. */
export interface ClientOptions {
  /** Where the API is: one address, or several, of which the next is tried when one fails. */
  readonly url: string | readonly string[];
  /** `localStorage` where there is one, else memory. */
  readonly storage?: SessionStorage;
  /** The language of messages; Russian when absent. */
  readonly language?: 'ru' | 'en';
  readonly fetch?: typeof globalThis.fetch;
  /** The one of the platform when absent; Node has one from 22. */
  readonly WebSocket?: typeof globalThis.WebSocket;
  readonly clock?: Clock;
  /** Hears what may help to find a fault; nothing in it is secret. */
  readonly log?: Log;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (work, ms) => setTimeout(work, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/**
 * The same clock, never set back: whatever is planned by it would wait for as long as that was.
 */
export const steadyClock = (clock: Clock): Clock => {
  let last = Number.NEGATIVE_INFINITY;
  let shift = 0;
  const now = () => {
    const read = clock.now();
    shift = Math.max(shift, last - read);
    last = read + shift;
    return last;
  };
  return {
    now,
    setTimeout: (work, ms) => clock.setTimeout(work, ms),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
};

/** Keeps values as long as the page lives. */
export const memoryStorage = (): SessionStorage => {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key) ?? null,
    set: (key, value) => {
      if (value === null) values.delete(key);
      else values.set(key, value);
    },
  };
};

/** Keeps values in `localStorage`, or in memory where it is missing or refused. */
export const browserStorage = (): SessionStorage => {
  const memory = memoryStorage();
  const local = (): Storage | undefined => {
    try {
      return globalThis.localStorage;
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => {
      try {
        return local()?.getItem(key) ?? memory.get(key);
      } catch {
        // Node 25 has one that throws unless it is told of a file.
        return memory.get(key);
      }
    },
    set: (key, value) => {
      try {
        if (value === null) local()?.removeItem(key);
        else local()?.setItem(key, value);
      } catch {
        // The storage is full or refused: the session lives as long as the page.
      }
      return memory.set(key, value);
    },
  };
};
