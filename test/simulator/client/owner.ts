import type { CallEvent } from '../../../client/src/call/events.ts';

/** The device that a call is on. */
export interface Owner {
  readonly name: string;
  readonly user: string;
  readonly sid: string;
  readonly latency: number;
  readonly reachable: boolean;
  /** Whether the browser knows that there is no network. */
  readonly knowsOffline: boolean;
  /** The network that media go over; undefined without one. */
  readonly path: string | undefined;
  /** Runs something on the device: later, if it sleeps. */
  hear(run: () => void): void;
}

/** Takes what happened to a call. */
export type Tell = (event: CallEvent) => void;
