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

/** One socket that comes back, as plain data. */
export interface Link {
  readonly rules: LinkRules;
  /** `waiting`: for the next attempt; `asking`: for a ticket; `opening`: a socket. */
  readonly phase: 'off' | 'waiting' | 'asking' | 'opening' | 'open';
  /** Why it is off, unless nobody wants it. */
  readonly why?: 'signed_out' | 'replaced' | 'over' | undefined;
  /** When the phase began. */
  readonly since: number;
  /** When it is the time for the next attempt, to give this one up, or, when open, for a ping. */
  readonly until: number;
  /** While waiting: no attempt comes before, since the server said so, or the last was just now. */
  readonly notBefore?: number | undefined;
  /** While open: when something has to have come. */
  readonly answerBy?: number | undefined;
  /** Whether anything came: a room answers the first frame, and a refusal is a close. */
  readonly isHeard: boolean;
  /** The number of the attempt; what is heard of an older one changes nothing. */
  readonly attempt: number;
  /** How many attempts failed since the last good connection. */
  readonly failures: number;
  /** What the chance in the pauses comes from. */
  readonly seed: number;
  /** Whether the browser says that there is no network. */
  readonly isOffline: boolean;
  /** The loss that has not been made good. */
  readonly loss?:
    | { readonly since: number; readonly nextAt: number; readonly cause: LinkCause }
    | undefined;
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
