import type { CallFrame, CallRoomState } from '../../party/call/state.ts';
import type { InboxFrame } from '../../party/inbox/machine.ts';
import type { InboxState } from '../../party/inbox/state.ts';
import type { Entrant, ToCall, ToInbox } from '../../party/wire/messages.ts';
import type { Clock } from './clock.ts';
import type { SimulatedRoom } from './host.ts';
import type { Ledger } from './ledger.ts';
import type { ClientEnd, Link } from './network.ts';
import type { SimulatedWorker } from './worker.ts';

/** A `call` room of the world. */
export type CallRoom = SimulatedRoom<CallRoomState, CallFrame, ToCall>;

/** An `inbox` room of the world. */
export type InboxRoom = SimulatedRoom<InboxState, InboxFrame, ToInbox>;

/** What devices need of their world. */
export interface DeviceWorld {
  readonly clock: Clock;
  readonly worker: SimulatedWorker;
  readonly ledger: Ledger;
  /** The users who broke the protocol. */
  readonly hostile: ReadonlySet<string>;
  call(id: string): CallRoom;
  inbox(user: string): InboxRoom;
  /** Opens a connection to a room. */
  link(room: CallRoom | InboxRoom, who: Entrant, client: ClientEnd, latency: () => number): Link;
  /** Reports that a device which has just connected sees a ring for the first time. */
  checkFirstRing(name: string, call: string): void;
  /** The accepted call that a device of a user is in, as its person sees. */
  runningCallOf(user: string): string | undefined;
  /** Notes what a user did; the reason for the end of a call is checked against it. */
  note(what: string): void;
}
