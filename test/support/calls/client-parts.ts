import type { CallClientFrame, Reason, Signal } from '../../../src/contract/sockets/call.ts';
import type { FrameError } from '../../../src/contract/sockets/protocol.ts';

/** A signal of another one, as it is handed to the application. */
export interface Delivered {
  readonly from: string;
  readonly epoch: number;
  readonly seq: number;
  readonly signal: Signal;
}

/** One's own signal: numbered, and kept until it has arrived. */
export interface Pending {
  readonly seq: number;
  readonly to: string | undefined;
  readonly signal: Signal;
}

/** Why a client has nothing more to do in a call. */
export type Over = Reason | 'answered_elsewhere' | 'replaced' | 'no_such_call' | 'refused';

/** What a client needs of its surroundings. */
export interface CallClientOptions {
  /** Puts a frame on the wire; called only between `opened` and `closed`. */
  readonly send: (frame: CallClientFrame) => void;
  /** The offer that went with POST /api/calls, which is this client's first signal. */
  readonly offer?: Signal;
  /** Whether signals of others are wanted while it rings here. */
  readonly early?: boolean;
  /** Hears each signal of others, once and in order. */
  readonly onSignal?: (delivered: Delivered) => void;
  /** Hears that the call or somebody in it has changed. */
  readonly onChange?: () => void;
}

/** What the person asks for. */
export type Wish = 'accept' | 'move' | 'decline' | 'hangup';

/** How often a client pings, in milliseconds. */
export const PING_MS = 5_000;

/** How many signals are sent after a reconnect and with each tick: less than [C22] allows. */
export const BURST = 100;
export const PER_TICK = 40;

/** The errors after which a signal is not worth another try. */
export const FOR_GOOD: readonly FrameError[] = ['too_long', 'invalid', 'no_such_peer'];

/** The signals that wait, numbered anew from here on. */
export const numberedFrom = (first: number, pending: readonly Pending[]): Pending[] =>
  pending.map((one, index) => ({ ...one, seq: first + index }));

/** The signals that wait without the refused one: those behind it move up. */
export const without = (refused: number, pending: readonly Pending[]): Pending[] =>
  pending.flatMap((one) => {
    if (one.seq === refused) return [];
    return [one.seq > refused ? { ...one, seq: one.seq - 1 } : one];
  });
