import type { CallFrame } from '../../party/call/decode.ts';
import type { CallRoomState } from '../../party/call/state.ts';
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

/** What the devices need of their world. */
export interface Around {
  readonly clock: Clock;
  readonly worker: SimulatedWorker;
  readonly ledger: Ledger;
  /** Those who broke the protocol. */
  readonly hostile: ReadonlySet<string>;
  call(id: string): CallRoom;
  inbox(user: string): InboxRoom;
  /** Opens a connection to a room. */
  link(room: CallRoom | InboxRoom, who: Entrant, client: ClientEnd, latency: () => number): Link;
  /** A device comes, and hears of a call of which it has not heard before. */
  hearsOf(name: string, call: string): void;
  /** Notes what somebody has done, so that the reason of the end of a call can be held against it. */
  note(what: string): void;
}
