import type { Ring } from '../../src/contract/sockets/inbox.ts';
import { due, durable, EMPTY_OUTBOX, type KeptOutbox, type Outbox } from '../outbox.ts';
import type { CarriedSignal, Entrant, Held, Rung } from '../wire/messages.ts';
import type { Pause } from './pauses.ts';

/**
 * What is known of a call of this user, until a time in milliseconds since 1970, so that no call blocks them for ever. One that is `over` is remembered for what is
 * still on its way to say of it.
 */
export type Entry = { readonly call: string; readonly until: number } & (
  | {
      readonly state: 'dialling';
      readonly device: string;
      readonly to: readonly string[];
      /** In which the caller is since another device has it. */
      readonly epoch?: number | undefined;
    }
  | {
      readonly state: 'ringing';
      readonly ring: Ring;
      /** The others of the call, the caller among them, as far as its room has told. */
      readonly peers?: readonly string[] | undefined;
      readonly answer: Rung;
      readonly declined: boolean;
      /** Old devices, as often as it has begun to ring there; none in what was written before there was this. */
      readonly rang?: readonly string[];
      /** The devices that were there, if an old device calls: later it rings on no others. */
      readonly here?: readonly string[] | undefined;
    }
  /** `epoch` is the one in which they are in the call, or were when its room said that it is over. */
  | {
      readonly state: 'active';
      readonly device: string;
      readonly epoch?: number | undefined;
      /** None in what was written before there was this. */
      readonly role?: Held['role'];
      readonly peers: readonly string[];
      /** Whether they called, from an old device, which may have left without a word. */
      readonly calledByOld?: boolean | undefined;
      /** When the other one called, from an old device; in milliseconds since 1970. */
      readonly oldCalledAt?: number | undefined;
    }
  | { readonly state: 'over'; readonly epoch?: number | undefined }
);

/** An {@link Entry} in one of its states. */
export type EntryIn<State extends Entry['state']> = Extract<Entry, { readonly state: State }>;

/** What ties an old device to the one call that its frames are about. */
export interface Line {
  readonly call: string;
  /** How many signals it has sent: none as long as it only rings. */
  readonly sent: number;
  /** The last signal that it was sent of each sender. */
  readonly seen: readonly { readonly from: string; readonly epoch: number; readonly seq: number }[];
}

/** A connected device. `line`, `dial` and `waiting` are those of old ones. */
export interface Socket {
  readonly id: string;
  readonly who: Entrant;
  /** Whether a new device has said hello. */
  readonly hello: boolean;
  readonly line: Line | undefined;
  /** Its call on the way to the Worker: the number in the outbox. */
  readonly dial: number | undefined;
  /** What it said before it could be passed on. */
  readonly waiting: readonly CarriedSignal[];
}

/** An old device that is in no call. */
export const IDLE = { line: undefined, dial: undefined, waiting: [] } as const;

/** What an inbox knows. Lists, since ids may be any text, and none of them is long. */
export interface InboxState {
  /** Whose inbox it is. */
  readonly id: string;
  readonly calls: readonly Entry[];
  /** Tickets that were used. */
  readonly tickets: readonly { readonly id: string; readonly until: number }[];
  /** Sessions that have just ended, which isolates of the Worker may still take for alive. */
  readonly ended: readonly { readonly sid: string; readonly until: number }[];
  /** When the calls made so far would have been made at the rate that is allowed, in milliseconds since 1970. */
  readonly dials: number;
  /** The same for TURN credentials. */
  readonly turns: number;
  /** Who may not ring for a while. */
  readonly pauses: readonly Pause[];
  readonly sockets: readonly Socket[];
  readonly outbox: Outbox;
  /** When it is written what lines have counted, in milliseconds since 1970; undefined = it is. */
  readonly linesAt: number | undefined;
  /**
   * When the Worker was last asked which sessions have ended, in milliseconds since 1970; undefined
   * where it has not answered, or this host has not asked yet.
   */
  readonly sessionsCheckedAt: number | undefined;
}

/** What outlives the host; of the signals of old devices only how many there were. */
export type Kept = Omit<
  InboxState,
  'id' | 'sockets' | 'outbox' | 'linesAt' | 'sessionsCheckedAt'
> & {
  readonly outbox: KeptOutbox;
  readonly lines: readonly (Line & { readonly device: string })[];
};

/** What is kept of an inbox where nothing has happened. */
export const NOTHING: Kept = {
  calls: [],
  tickets: [],
  ended: [],
  dials: 0,
  turns: 0,
  pauses: [],
  outbox: durable(EMPTY_OUTBOX),
  lines: [],
};

/** What outlives the host. */
export const kept = ({
  id: _,
  linesAt: __,
  sessionsCheckedAt: ___,
  sockets,
  outbox,
  ...rest
}: InboxState): Kept => ({
  ...rest,
  outbox: durable(outbox),
  lines: sockets.flatMap(({ who, line }) => (line ? [{ ...line, device: who.device }] : [])),
});

const same = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((each, index) => each === b[index]);

/**
 * How long it may take until it is written what lines have counted, in milliseconds. A write for each
 * signal would be slow and dear. An inbox that loses its host loses these sockets as well, and one
 * that sleeps does so ten seconds after the last event.
 */
export const LINES_MS = 2_000;

const lines = ({ sockets }: InboxState) =>
  sockets.map(({ line }) => line).filter((line) => line !== undefined);
const calls = (state: InboxState) => lines(state).map(({ call }) => call);

/** Whether lines have counted something. */
export const linesDiffer = (a: InboxState, b: InboxState): boolean =>
  a.sockets !== b.sockets && !same(lines(a), lines(b));

/** Whether two states differ in what outlives the host, but for what lines have counted. */
export const keptDiffers = (a: InboxState, b: InboxState): boolean =>
  a.calls !== b.calls ||
  a.tickets !== b.tickets ||
  a.ended !== b.ended ||
  a.dials !== b.dials ||
  a.turns !== b.turns ||
  a.pauses !== b.pauses ||
  a.outbox.changes !== b.outbox.changes ||
  (a.sockets !== b.sockets && !same(calls(a), calls(b)));

/** When it writes what lines have counted. */
export const reminder = ({ linesAt }: InboxState): number | undefined => linesAt;

/** When an inbox has to be woken: for the next call that runs out, or the next try to tell something. Never while nothing happens. */
export const deadline = ({ calls, outbox }: InboxState): number | undefined => {
  const times = calls.flatMap(({ state, until }) => (state === 'over' ? [] : [until]));
  const next = Math.min(due(outbox) ?? Number.POSITIVE_INFINITY, ...times);
  return Number.isFinite(next) ? next : undefined;
};

/** A new session's id has 22 characters, and may begin like anything. */
const SID_LENGTH = 22;

/** Whether a device is a socket of an old client, which has no session of its own: gone when it is not connected. */
export const isOldDevice = (device: string): boolean =>
  device.startsWith('ws-') && device.length !== SID_LENGTH;
