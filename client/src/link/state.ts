/** Why there is no connection at the moment. */
export type LinkCause =
  /** The browser says that it has no network. */
  | 'offline'
  /** Nothing came back: no answer, no pong, or the connection broke. */
  | 'no_answer'
  /** The server closed the connection, and lets one come back. */
  | 'closed'
  /** The API refused a ticket for now: too many requests, or out of order. */
  | 'refused';

/** The connection to a room, as people are told of it. */
export type LinkState =
  /** It is not wanted, or will not come back by itself: `why` says which. */
  | { readonly state: 'off'; readonly why?: 'signed_out' | 'replaced' | 'over' }
  /** For the first time: nothing has failed yet. */
  | { readonly state: 'connecting' }
  /** The room has answered. */
  | { readonly state: 'online' }
  /** From the first failure until the room answers again. */
  | {
      readonly state: 'retrying';
      /** Since when there is no connection, in milliseconds by this device's clock. */
      readonly since: number;
      /** When it is tried again, by this device's clock; in the past while it is being tried. */
      readonly nextAt: number;
      readonly cause: LinkCause;
    };
