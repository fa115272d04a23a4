import type {
  CallClientFrame,
  CallState,
  Peer,
  Reason,
  Seen,
} from '../../src/contract/sockets/call.ts';
import type { Profile } from '../../src/contract/sockets/inbox.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import type { Outbox } from '../outbox.ts';
import type { CarriedSignal } from '../wire/messages.ts';
import type { Invitation } from './invited.ts';

/*
 * Words of a call room. A member is a user in the call; clients hear of the others as peers. A
 * member has joined once they are in the call, also while their device is away. A device is a
 * session, or a socket of a legacy client, which is `old` in what is stored and sent between rooms.
 * A signal is what two clients negotiate by; it has a number of its sender and waits for its ack.
 */

/** A signal that cannot be read but for its number. */
export interface RefusedSignal {
  readonly type: 'refused';
  readonly seq: number;
  readonly code: Extract<FrameError, 'invalid' | 'too_long'>;
}

/** A frame of a client, as the machine gets it. */
export type CallFrame = CallClientFrame | RefusedSignal;

/** What is known of a member of a call in every state. */
interface MemberBase {
  readonly profile: Profile;
  readonly role: 'caller' | 'callee';
  /** The place in the order of joining: the later one of two is polite [C14]. */
  readonly place: number;
  /** Grows whenever a member comes without memory of its signals. */
  readonly epoch: number;
  /** For how many seconds the caller may not ring this member [C29]. */
  readonly pausedForSeconds?: number | undefined;
  /** Whether this callee has blocked the caller, and hears nothing of the call [M42]. */
  readonly unheard?: boolean | undefined;
  /** When devices of this member took the call over lately, in milliseconds since 1970 [C54]. */
  readonly moves?: readonly number[] | undefined;
  /** Whether this callee has subscribed to pushes [P4]. */
  readonly push?: boolean | undefined;
  /** Who invited this member into the running call last, if somebody did [C58]. */
  readonly invited?: Invitation | undefined;
}

/** A callee who has not answered yet, also in a call that has ended meanwhile. */
export interface RingingMember extends MemberBase {
  readonly state: 'ringing';
  /** Whether a device has come since the call rings. */
  readonly here: boolean;
  /** Whether no device is connected [C5]. */
  readonly unreachable: boolean;
  /** Whether legacy devices ring, which are sent the signals so far. */
  readonly listening: boolean;
  /** The legacy devices that were sent the signals so far. */
  readonly listened: readonly string[];
  /** Whether the inbox has answered the `ring`. */
  readonly rung: boolean;
  /** Whether the member hears later that the call was missed [C6]. */
  readonly missed: boolean;
}

/** A member who is in the call; to others one without a socket is `away`. */
export interface JoinedMember extends MemberBase {
  readonly state: 'joined';
  /** The device that has the call. */
  readonly device: string;
  /** Whether that device is a legacy one: it has no socket here, its inbox speaks for it. */
  readonly legacy: boolean;
  /** Whether that device has said hello before, so that the next hello is a return. */
  readonly greeted: boolean;
  /** Since when the device has no socket, in milliseconds since 1970. */
  readonly awayAt: number | undefined;
}

/** A member of a group who has left, refused, or not answered. */
export interface LeftMember extends MemberBase {
  readonly state: 'left';
  readonly hasJoined: boolean;
  readonly unreachable: boolean;
  readonly missed: boolean;
}

export type Member = RingingMember | JoinedMember | LeftMember;

export const isRinging = (member: Member): member is RingingMember => member.state === 'ringing';
export const isJoined = (member: Member): member is JoinedMember => member.state === 'joined';

/** Whether a legacy device has the call for this member. */
export const isOnLegacyDevice = (member: Member | undefined): member is JoinedMember =>
  member !== undefined && isJoined(member) && member.legacy;

/** Whether a member is in the call or was in it, also when it rings for them once more. */
export const hasJoined = (member: Member): boolean =>
  isJoined(member) || (member.state === 'left' ? member.hasJoined : member.epoch > 0);

export const hasMissed = (member: Member): boolean => !isJoined(member) && member.missed;

/** Whether a callee has blocked the caller, and is not to hear that there was a call [M42]. */
export const isUnheard = (member: Member): boolean =>
  member.unheard === true && !hasJoined(member) && !member.invited?.before;

const baseOf = (member: Member): MemberBase => {
  const { profile, role, place, epoch, pausedForSeconds, unheard, moves, push, invited } = member;
  return { profile, role, place, epoch, pausedForSeconds, unheard, moves, push, invited };
};

/** A member for whom the call begins to ring. */
export const newRingingMember = (
  profile: Profile,
  role: Member['role'],
  place: number,
): RingingMember => ({
  profile,
  role,
  place,
  epoch: 0,
  state: 'ringing',
  here: false,
  unreachable: false,
  listening: false,
  listened: [],
  rung: false,
  missed: false,
});

/** The member after taking the call on a device, in the next epoch. */
export const joinedMember = (
  member: Member,
  joining: Pick<JoinedMember, 'place' | 'device' | 'legacy'>,
): JoinedMember => ({
  ...baseOf(member),
  ...joining,
  epoch: member.epoch + 1,
  state: 'joined',
  greeted: true,
  awayAt: undefined,
});

/** The member after leaving the call. */
export const leftMember = (member: Member): LeftMember => ({
  ...baseOf(member),
  state: 'left',
  hasJoined: hasJoined(member),
  unreachable: isUnreachable(member),
  missed: hasMissed(member),
});

const isUnreachable = (member: Member) => !isJoined(member) && member.unreachable;

/** The place of a member in the order of joining; whoever has not joined comes last. */
const rankOf = (member: Member) => (isJoined(member) ? member.place : Number.POSITIVE_INFINITY);

/** A member as another one sees them. */
export const peerOf = (member: Member, viewer: Member): Peer => ({
  ...member.profile,
  state: isJoined(member) && member.awayAt !== undefined ? 'away' : member.state,
  ...(isUnreachable(member) && { unreachable: true }),
  epoch: member.epoch,
  polite: rankOf(viewer) > rankOf(member),
});

/** The device that has the call for a member, if one has it. */
export const deviceOf = (member: Member | undefined): string | undefined =>
  member && isJoined(member) ? member.device : undefined;

/**
 * Whether a member's other devices may take the call over [C51]: not from an unanswered call, which
 * a ticket moves [C34], nor from one with a legacy client, which cannot begin anew with another
 * device [C53].
 */
export const isMovable = ({ state, members }: RoomCall, member: Member): member is JoinedMember =>
  state === 'accepted' &&
  isJoined(member) &&
  !members.some((other) => other !== member && isOnLegacyDevice(other));

/** Since when a joined member has no socket, in milliseconds since 1970. */
export const awayAtOf = (member: Member | undefined): number | undefined =>
  member && isJoined(member) ? member.awayAt : undefined;

/** A socket of a client that is no legacy client. */
export interface CallSocket {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly hello: boolean;
  /** When the socket was opened and when its session ends, in milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
  /** Of an early device: what it has said that it saw, which counts when it accepts [C49]. */
  readonly early?: Seen | undefined;
}

/** A signal that waits for those before it, for its recipient's ack, or for a description. */
export interface PendingSignal {
  readonly seq: number;
  readonly to: string;
  /** The epoch of the recipient that it is for, if its sender says so [C55]. */
  readonly epoch?: number | undefined;
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
  /** Whether it was made for two, who come first among the members, and somebody was invited. */
  readonly grown?: boolean | undefined;
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
