import type { CallState, Peer, Reason } from '../../src/contract/sockets/call.ts';
import type { Profile } from '../../src/contract/sockets/inbox.ts';
import { EMPTY_OUTBOX, type KeptOutbox, type Outbox } from '../outbox.ts';
import type { CarriedSignal } from '../wire/messages.ts';

/** Somebody in a call. */
export interface Member {
  readonly profile: Profile;
  readonly role: 'caller' | 'callee';
  /** Where they are; `away` is what a joined one without a socket is called to others. */
  readonly state: 'ringing' | 'joined' | 'left';
  /** The device that has the call. */
  readonly device: string | undefined;
  /** Whether that device speaks the old dialect: it has no socket here, the inbox speaks for it. */
  readonly old: boolean;
  /** Their place in the order of joining: the later one of two is polite. */
  readonly place: number;
  /** Goes up whenever they come without memory. */
  readonly epoch: number;
  /** Whether their device was here since it has the call: the first time is no coming back. */
  readonly greeted: boolean;
  /** Whether they were in the call at some time. */
  readonly joined: boolean;
  /** Whether a device of theirs has come while it rang. */
  readonly here: boolean;
  /** Whether they missed it: they are told later. */
  readonly missed: boolean;
  readonly unreachable: boolean;
  /** Since when they have no socket, in milliseconds since 1970. */
  readonly awayAt: number | undefined;
  /** Whether old devices ring, which want the signals so far. */
  readonly listening: boolean;
  /** Which of them were handed what was said so far; none in what was written before there was this. */
  readonly listened?: readonly string[];
  /** Whether the inbox has said what comes of ringing. */
  readonly rung: boolean;
  /** For how many seconds the caller may not ring them, who has rung in vain too often. */
  readonly pausedForSeconds?: number | undefined;
}

/** A socket of a client of this protocol. */
export interface CallSocket {
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly hello: boolean;
  /** When it came, and when its session ends, in milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/** A signal that waits: for those before it, for its recipient to have seen it, or for a description that has to come first. */
export interface Waiting {
  readonly seq: number;
  readonly to: string;
  readonly signal: CarriedSignal;
  /** In characters. */
  readonly size: number;
  /** In a group, when its recipient was sent it last, in milliseconds since 1970; undefined when they could not be, or as part of something later. */
  readonly sentAt: number | undefined;
}

/** The signals of one sender. Never written: after a restart the clients say where they were. */
export interface Stream {
  readonly user: string;
  /** False until the sender has said where they are, in a room that lost its memory. */
  readonly known: boolean;
  /** The last that came without a gap. */
  readonly received: number;
  /** The last of those that all have arrived, as the sender was told. */
  readonly acked: number;
  /** The number of a signal that was refused for good: its sender numbers all behind it anew. */
  readonly refused?: number | undefined;
  /** Those that came before others that are still missing. */
  readonly early: readonly Waiting[];
  /** Those not acked by their recipients, in order. */
  readonly log: readonly Waiting[];
  /** Recipient → the last that they have seen: since the first that they see is a description, they have one. */
  readonly seen: Readonly<Record<string, number>>;
}

/** A call that exists. */
export interface Call {
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
  /** TURN credentials that were given for it, to be revoked at its end. */
  readonly turn: readonly { readonly name: string; readonly user: string }[];
  readonly outbox: Outbox;
  /** When the inboxes are told again who is busy; a room that has lost its host is woken by it. */
  readonly leaseAt: number | undefined;
  readonly sockets: readonly CallSocket[];
  readonly streams: readonly Stream[];
  /** Requests to create it that wait for an answer. */
  readonly creating: readonly string[];
  /** When silent sockets are looked for. */
  readonly lookAt: number | undefined;
}

/** What a `call` room knows: its id, and its call, if there is one. */
export interface CallRoomState {
  readonly id: string;
  readonly call: Call | undefined;
}

/** A stream that begins; `known` is false where the beginning was lost. */
export const newStream = (user: string, known = true): Stream => ({
  user,
  known,
  received: 0,
  acked: 0,
  early: [],
  log: [],
  seen: {},
});

/** What of a call does not outlive its host. */
export const UNWRITTEN = ['sockets', 'streams', 'creating', 'lookAt'] as const;

/** What outlives the host of a call: everything but sockets, signals, and who waits for an answer. */
export type KeptCall = Omit<Call, (typeof UNWRITTEN)[number] | 'outbox'> & {
  readonly outbox: KeptOutbox;
};

/** A call as it was kept, without what was lost; what it was to tell is put in again by who restores it. */
export const restored = (kept: KeptCall): Call => ({
  ...kept,
  outbox: EMPTY_OUTBOX,
  sockets: [],
  streams: [],
  creating: [],
  lookAt: undefined,
});

/** An own property, since the names are those of users, devices and connections. */
export const own = <Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined => (Object.hasOwn(record, name) ? record[name] : undefined);

/** Somebody in a call. */
export const memberOf = (call: Call, user: string): Member | undefined =>
  call.members.find(({ profile }) => profile.user === user);

/** Where somebody stands in the order of joining; whoever has not joined comes last. */
const rank = ({ state, place }: Member) => (state === 'joined' ? place : Number.POSITIVE_INFINITY);

/** A member as another one sees them. */
export const peerOf = (member: Member, viewer: Member): Peer => ({
  ...member.profile,
  state: member.state === 'joined' && member.awayAt !== undefined ? 'away' : member.state,
  ...(member.unreachable && { unreachable: true }),
  epoch: member.epoch,
  polite: rank(viewer) > rank(member),
});

/** A room where nobody calls. */
export const emptyRoom = (id: string): CallRoomState => ({ id, call: undefined });
