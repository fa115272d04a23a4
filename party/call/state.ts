import type { CallState, Reason } from '../../src/contract/sockets/call.ts';
import type { Outbox } from '../outbox.ts';
import type { CarriedSignal } from '../wire/messages.ts';
import type { Member } from './member.ts';

/*
 * Words of a call room. A member is a user in the call; clients hear of the others as peers. A
 * member has joined once they are in the call, also while their device is away. A device is a
 * session, or a socket of a legacy client, which is `old` in what is stored and sent between rooms.
 * A signal is what two clients negotiate by; it has a number of its sender and waits for its ack.
 */

/** A socket of a client that is no legacy client. */
export interface CallSocket {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly hello: boolean;
  /** When the socket was opened and when its session ends, in milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** A signal that waits for those before it, for its recipient's ack, or for a description. */
export interface PendingSignal {
  readonly seq: number;
  readonly to: string;
  readonly signal: CarriedSignal;
  /** In characters. */
  readonly size: number;
  /**
   * In a group, when its recipient was sent it last, in milliseconds since 1970; undefined when the
   * recipient was away, or gets it as part of a later signal.
   */
  readonly sentAt: number | undefined;
}

/** How much memory a signal takes, in characters of its texts and its legacy payload. */
export const sizeOf = (signal: CarriedSignal): number => {
  if (signal.raw !== undefined) return JSON.stringify(signal).length;
  if (signal.kind !== 'candidate') return signal.sdp.length;
  const { candidate = '', sdpMid, usernameFragment } = signal.candidate ?? {};
  return candidate.length + (sdpMid?.length ?? 0) + (usernameFragment?.length ?? 0);
};

/** The signals of one sender, in memory alone [C15]. */
export interface Stream {
  readonly user: string;
  /** False in a restarted room until the sender has said which signals were acknowledged. */
  readonly known: boolean;
  /** The last signal that came without a gap. */
  readonly received: number;
  /** The last signal of which the sender was told that it and all before have arrived. */
  readonly acked: number;
  /** The number of a signal that was refused for good: its sender numbers all behind it anew. */
  readonly refused?: number | undefined;
  /** Signals that came before others that are still missing. */
  readonly outOfOrder: readonly PendingSignal[];
  /** Signals that their recipients have not acknowledged, in order. */
  readonly log: readonly PendingSignal[];
  /** Recipient → the last signal seen; the first one that is seen is a description [C13]. */
  readonly seen: Readonly<Record<string, number>>;
}

/** The call of a room, from the dial until it is forgotten after its end. */
export interface RoomCall {
  readonly id: string;
  readonly state: CallState;
  readonly reason: Reason | undefined;
  readonly video: boolean;
  readonly group: boolean;
  readonly caller: string;
  /** Times are milliseconds since 1970. */
  readonly createdAt: number;
  readonly acceptedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly members: readonly Member[];
  /** Tickets that were used; `until` in milliseconds since 1970. */
  readonly used: readonly { readonly id: string; readonly user: string; readonly until: number }[];
  /** TURN credentials that were handed out for the call, to be revoked at its end [C31]. */
  readonly turnCredentials: readonly { readonly name: string; readonly user: string }[];
  readonly outbox: Outbox;
  /** When the busy leases are renewed, which also wakes a room that has lost its host [C10]. */
  readonly leaseAt: number | undefined;
  readonly sockets: readonly CallSocket[];
  readonly streams: readonly Stream[];
  /** Requests to create the call that have not been answered. */
  readonly creating: readonly string[];
  /** When silent sockets are closed next. */
  readonly socketCheckAt: number | undefined;
}

/** What a `call` room knows: its id, and its call if there is one. */
export interface CallRoomState {
  readonly id: string;
  readonly call: RoomCall | undefined;
}

/** A stream without signals; `known` is false where the sender's position was lost. */
export const newStream = (user: string, known = true): Stream => ({
  user,
  known,
  received: 0,
  acked: 0,
  outOfOrder: [],
  log: [],
  seen: {},
});

/** Reads an own property, since users choose names such as `constructor`. */
export const ownValue = <Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);

export const memberOf = (call: RoomCall, user: string): Member | undefined =>
  call.members.find(({ profile }) => profile.user === user);

/** A room without a call. */
export const emptyRoom = (id: string): CallRoomState => ({ id, call: undefined });
