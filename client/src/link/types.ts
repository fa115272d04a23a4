import type { LinkCause } from './state.ts';

/** What differs between kinds of rooms. Times are milliseconds. */
export interface LinkRules {
  /** How often to ping. */
  readonly pingMs: number;
  /** How long nothing may come after a ping before the connection is given up. */
  readonly silentMs: number;
  /** The HTTP statuses of a refused ticket after which it is over: the room is no more. */
  readonly overAfter: readonly number[];
}

/** The rules of a socket to a call room. */
export const CALL_LINK: LinkRules = { pingMs: 5_000, silentMs: 15_000, overAfter: [403, 404, 409] };

/** The rules of a socket to an inbox, which is never over. */
export const INBOX_LINK: LinkRules = { pingMs: 30_000, silentMs: 15_000, overAfter: [] };

/** The times of every link, in milliseconds. */
export const LINK_MS = {
  /** The pause before the second attempt; it doubles with each that fails. */
  firstPause: 300,
  longestPause: 10_000,
  /** How long a ticket may take. */
  ticket: 15_000,
  /** How long a socket may take to open. */
  opening: 10_000,
  /** How long the answer to a ping may take when something happened to the network. */
  probe: 3_000,
  /** A connection that lived for so long was a good one: the pauses begin anew. */
  stable: 5_000,
} as const;

/** What a link is doing. */
export type LinkPhase =
  | { readonly name: 'off'; readonly why?: 'signed_out' | 'replaced' | 'over' }
  | { readonly name: 'asking' | 'opening'; readonly startedAt: number; readonly until: number }
  | {
      readonly name: 'open';
      readonly openedAt: number;
      /** Whether anything came: a room answers the first frame, and a refusal is a close. */
      readonly isHeard: boolean;
      readonly pingAt: number;
      /** Since when an answer is waited for. */
      readonly owedSince?: number;
      /** When it is given up, if the network may have changed. */
      readonly probedUntil?: number;
    }
  | {
      readonly name: 'waiting';
      readonly nextAt: number;
      /** No attempt comes before: the server said so, or the last one was just now. */
      readonly notBefore: number;
    };

/** One socket that comes back, as plain data. */
export interface Link {
  readonly rules: LinkRules;
  readonly phase: LinkPhase;
  /** The number of the attempt; what is heard of an older one changes nothing. */
  readonly attempt: number;
  /** How many attempts failed since the last good connection. */
  readonly failures: number;
  /** What the chance in the pauses comes from. */
  readonly seed: number;
  /** Whether the browser says that there is no network. */
  readonly isOffline: boolean;
  /** The loss that has not been made good. */
  readonly loss?: { readonly since: number; readonly nextAt: number; readonly cause: LinkCause };
}

/** What a link is told. */
export type LinkEvent =
  | { readonly type: 'start' | 'stop' | 'wake' | 'offline' | 'time' }
  /** A ticket came: the whole address of the socket. */
  | { readonly type: 'ticket'; readonly attempt: number; readonly url: string }
  /** No ticket came; status 0 means that nothing was answered. */
  | {
      readonly type: 'refused';
      readonly attempt: number;
      readonly code: string;
      readonly status: number;
      readonly retryAt?: number | undefined;
    }
  | { readonly type: 'opened' | 'heard'; readonly attempt: number }
  | { readonly type: 'closed'; readonly attempt: number; readonly code: number };

/** What a link wants done. */
export type LinkEffect =
  | { readonly type: 'ask'; readonly attempt: number }
  | { readonly type: 'open'; readonly attempt: number; readonly url: string }
  /** Ends whatever the attempt is doing, its request as well as its socket. */
  | { readonly type: 'close'; readonly attempt: number; readonly code: number }
  | { readonly type: 'send'; readonly attempt: number; readonly text: 'ping' };

/** A link after an event, and what it wants done. */
export interface LinkStep {
  readonly state: Link;
  readonly effects: readonly LinkEffect[];
}
