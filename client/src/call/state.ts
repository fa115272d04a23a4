import type { Peer } from '../contract.ts';
import { createLink } from '../link/machine.ts';
import type { Link } from '../link/types.ts';
import { CALL_LINK } from '../link/types.ts';
import type { CallStart, Ending, MediaState, Refusal } from './events.ts';
import type { Signals } from './signals.ts';
import { newSignals } from './signals.ts';

/** The times of a call, in milliseconds. Each state that waits has one of them. */
export const CALL_MS = {
  /** How long the first offer may take before the call is made without. */
  offer: 3_000,
  /** How long it is tried to make a call. */
  dial: 30_000,
  /** The pause before POST is repeated; it doubles. */
  dialPause: 500,
  /** How long a call rings (docs/rules/calls.md, C4). */
  ring: 45_000,
  /** How long the room may take to say that it rings no more. */
  slack: 5_000,
  /** How long somebody may be without a connection (C12). */
  grace: 20_000,
  /** How long what moves a call here may take to be ready; the browser asks for permission. */
  move: 60_000,
  /** How long it is tried to tell the room of a hang-up. */
  leave: 10_000,
  /** How long a trouble lasts before people are told of it. */
  show: 1_000,
  /** How long media may be disconnected before ICE is restarted. */
  disconnected: 2_000,
  /** How much longer the polite side waits for the other one to restart ICE. */
  polite: 3_000,
  /** How long a restart of ICE may take before the next one; it doubles three times. */
  restart: 10_000,
  /** How long a call of two waits for media. */
  media: 60_000,
} as const;

/** A connection to somebody. */
export interface Connection {
  id: number;
  /** The epoch of the other side that it belongs to. */
  epoch: number;
  polite: boolean;
  held: boolean;
  media: MediaState;
  /** Since when media do not flow. */
  since: number;
  /** When ICE is restarted, if media do not flow by then. */
  restartAt: number;
  restarts: number;
}

/** Somebody else in the call. The callee of a call that is being made has no name yet. */
export interface Somebody extends Peer {
  awaySince: number | undefined;
  connection: Connection | undefined;
}

/** A trouble that people are told of. */
export interface Trouble {
  readonly since: number;
  readonly until: number | undefined;
  readonly cause: 'my_network' | 'their_network' | 'room' | 'media';
}

/** A call on this device, as plain data. */
export interface CallMachine {
  readonly start: CallStart;
  /** `offering`: waits for the first offer; `pausing`: before POST is repeated. */
  readonly phase: 'offering' | 'posting' | 'pausing' | 'in' | 'over';
  /** When the phase, or what is wanted of the room, is given up or tried again. */
  readonly until: number;
  readonly dialUntil: number;
  readonly dials: number;
  readonly call: string | undefined;
  readonly role: 'caller' | 'callee';
  readonly video: boolean;
  readonly group: boolean;
  /** What the person wants and the room has not confirmed. */
  readonly wants: 'accept' | 'move' | undefined;
  /** What was said to the room over the present socket. */
  readonly said: 'accept' | 'move' | 'hangup' | undefined;
  readonly link: Link;
  /** The address with the ticket that came with the call, for the first attempt. */
  readonly url: string | undefined;
  /** Whether the room has answered the hello on the present socket. */
  readonly welcomed: boolean;
  /** Since when the room cannot be reached. */
  readonly lostAt: number | undefined;
  /** Whether there is anything to resume. */
  readonly remembers: boolean;
  readonly joined: boolean;
  readonly movable: boolean;
  readonly accepted: boolean;
  readonly ringsUntil: number;
  readonly people: readonly Somebody[];
  readonly connections: number;
  readonly signals: Signals;
  readonly actions: readonly number[];
  readonly talkingSince: number | undefined;
  readonly trouble: Trouble | undefined;
  /** How it ended; while the phase is not `over` the room has not confirmed it. */
  readonly ending: (Ending & { readonly at: number }) | undefined;
  readonly error: Refusal | undefined;
}

/** A copy of a call, which a step changes. */
export type ChangingCall = {
  -readonly [Key in keyof Omit<CallMachine, 'people'>]: CallMachine[Key];
} & { people: Somebody[] };

/** Copies all of a call that a step may change. */
export const copyCall = (call: CallMachine): ChangingCall => ({
  ...call,
  signals: { ...call.signals },
  people: call.people.map((one) => ({
    ...one,
    connection: one.connection && { ...one.connection },
  })),
});

/** Creates a call before its first effect. */
export const newMachine = (
  start: CallStart,
  { now, seed }: { readonly now: number; readonly seed: number },
): CallMachine => {
  const isDial = start.type === 'dial';
  const isRing = start.type === 'ring';
  return {
    start,
    phase: isDial ? 'offering' : 'in',
    until: now + (start.type === 'move' ? CALL_MS.move : CALL_MS.grace),
    dialUntil: now + CALL_MS.dial,
    dials: 0,
    call: isDial ? undefined : start.call,
    role: isDial ? 'caller' : 'callee',
    video: (isDial || isRing) && start.video,
    group: isDial ? typeof start.to !== 'string' && start.to.length > 1 : isRing && start.group,
    wants: start.type === 'comeBack' ? 'accept' : undefined,
    said: undefined,
    link: createLink(CALL_LINK, seed),
    url: undefined,
    welcomed: false,
    lostAt: undefined,
    remembers: false,
    joined: false,
    movable: false,
    accepted: false,
    ringsUntil: isRing ? start.until : now + CALL_MS.ring,
    people: [],
    connections: 0,
    signals: newSignals(),
    actions: [],
    talkingSince: undefined,
    trouble: undefined,
    ending: undefined,
    error: undefined,
  };
};

/** Whether the person is out of the call already, and the room is only to be told. */
export const isLeaving = ({ ending }: CallMachine): boolean => ending !== undefined;
