import type { Ring } from '../../src/contract/sockets/inbox.ts';
import type { KeptOutbox, Outbox } from '../outbox.ts';
import { due, durable, EMPTY_OUTBOX } from '../outbox.ts';
import type { HeldCall } from '../wire/fields.ts';
import type { CarriedSignal, Entrant, RingAnswer } from '../wire/messages.ts';
import type { Pause } from './pauses.ts';

/**
 * A call of this user. `until` is when it is forgotten, in milliseconds since 1970, so that no call
 * blocks the user for ever. One that is `over` is remembered to recognise late messages about it.
 */
export type Entry = {
  readonly call: string;
  readonly until: number;
  /** How often this user was invited into the call while it went on, if they were [C62]. */
  readonly invitation?: number | undefined;
  /**
   * This user's epoch in the call, or the last one before they left it. It is known of a call that
   * they make once another device took it over, and of one that is over if its room has said so.
   */
  readonly epoch?: number | undefined;
} & (
  | {
      readonly state: 'dialling';
      readonly device: string;
      readonly to: readonly string[];
      /** Those who do not hear of it, since they have blocked this user [M42]. */
      readonly unheard?: readonly string[] | undefined;
    }
  | {
      readonly state: 'ringing';
      readonly ring: Ring;
      /** The other members of the call with its caller, if its room has named them. */
      readonly peers?: readonly string[] | undefined;
      /** What the room was answered: a repeated `ring` gets the same. */
      readonly answer: RingAnswer;
      readonly declined: boolean;
      /**
       * The legacy devices that ring, one item each time that one began to; absent in states that
       * were stored before this field existed.
       */
      readonly rang?: readonly string[];
      /**
       * If a legacy device calls: the devices that were connected then. Others ring at first only.
       */
      readonly here?: readonly string[] | undefined;
      /** Whether the Worker was asked to push that it rings, since it did on no device [P5]. */
      readonly pushed?: boolean | undefined;
    }
  | {
      readonly state: 'active';
      readonly device: string;
      /** Absent in states that were stored before this field existed. */
      readonly role?: HeldCall['role'];
      readonly peers: readonly string[];
      /** Whether this user called from a legacy device, which may have left without a word. */
      readonly calledByOld?: boolean | undefined;
      /** When the other user called from a legacy device, in milliseconds since 1970. */
      readonly oldCalledAt?: number | undefined;
    }
  /** A call by somebody whom this user has blocked: no device is told, and nothing asked [M42]. */
  | { readonly state: 'unheard'; readonly from: string }
  | { readonly state: 'over' }
);

/** An {@link Entry} in one of its states. */
export type EntryIn<State extends Entry['state']> = Extract<Entry, { readonly state: State }>;

/** Ties a legacy device to the one call that its frames are about. */
export interface LegacyLine {
  readonly call: string;
  /** How many signals the device has sent; 0 while it only rings. */
  readonly sent: number;
  /** The last signal of each sender that the device was sent. */
  readonly seen: readonly { readonly from: string; readonly epoch: number; readonly seq: number }[];
  /** The legacy device that signals are handed to without the call's room [C47]. */
  readonly direct?: Direct | undefined;
}

/** Where the signals of a legacy device go, and what the call's room would say of them. */
export interface Direct {
  readonly to: { readonly user: string; readonly device: string };
  readonly epoch: number;
  readonly video: boolean;
}

/** A connected device. Only legacy devices use `line`, `dial` and `waiting`. */
export interface InboxSocket {
  readonly id: string;
  readonly who: Entrant;
  /** Whether a new device has said hello. */
  readonly hello: boolean;
  readonly line: LegacyLine | undefined;
  /** The number in the outbox of its request to the Worker for a call. */
  readonly dial: number | undefined;
  /** Its candidates that cannot be passed on yet. */
  readonly waiting: readonly CarriedSignal[];
  /** A new device that waits for its welcome, which is to say how far the feed has come [M22]. */
  readonly welcome?: AwaitedWelcome | undefined;
  /** The chats that a new device was typing in lately [M28]. */
  readonly typing?: readonly { readonly chat: string; readonly at: number }[];
}

/** A welcome that waits for the Worker: the number of the answer, and until when it waits. */
export interface AwaitedWelcome {
  readonly n: number;
  readonly until: number;
}

/** What a legacy socket has that is in no call. */
export const IDLE = { line: undefined, dial: undefined, waiting: [] } as const;

/** What an inbox knows. It has lists and no maps: ids may be any text, and no list is long. */
export interface InboxState {
  /** The user whose inbox it is. */
  readonly id: string;
  readonly calls: readonly Entry[];
  /** The tickets that were used. */
  readonly tickets: readonly { readonly id: string; readonly until: number }[];
  /** Sessions that have just ended: isolates of the Worker may still take them for alive. */
  readonly ended: readonly { readonly sid: string; readonly until: number }[];
  /** GCRA theoretical arrival time of the next dial, in milliseconds since 1970. */
  readonly dials: number;
  /** The same for TURN credentials. */
  readonly turns: number;
  /** Callers who have to wait before they ring again. */
  readonly pauses: readonly Pause[];
  readonly sockets: readonly InboxSocket[];
  readonly outbox: Outbox;
  /**
   * When changed counts of lines are written, in milliseconds since 1970; undefined = none changed.
   */
  readonly linesAt: number | undefined;
  /**
   * When the Worker was last asked which sessions have ended, in milliseconds since 1970; undefined
   * if it did not answer, or if this host has not asked yet.
   */
  readonly sessionsCheckedAt: number | undefined;
  /** GCRA theoretical arrival time of the next question for the feed's newest number. */
  readonly feedAsked: number;
}

/** The fields of a state that are not written as they are. */
export const UNWRITTEN = ['id', 'sockets', 'linesAt', 'sessionsCheckedAt', 'feedAsked'] as const;

/**
 * The part of a state that outlives the host. Of the signals of legacy devices it has the counts.
 */
export type StoredInbox = Omit<InboxState, (typeof UNWRITTEN)[number] | 'outbox'> & {
  readonly outbox: KeptOutbox;
  readonly lines: readonly (LegacyLine & { readonly device: string })[];
};

/** What is stored of an inbox where nothing has happened. */
export const EMPTY_INBOX: StoredInbox = {
  calls: [],
  tickets: [],
  ended: [],
  dials: 0,
  turns: 0,
  pauses: [],
  outbox: durable(EMPTY_OUTBOX),
  lines: [],
};

/** Picks what outlives the host. */
export const toStored = (state: InboxState): StoredInbox => {
  const { id: _, linesAt: __, sessionsCheckedAt: ___, feedAsked: ____, ...written } = state;
  const { sockets, outbox, ...rest } = written;
  return {
    ...rest,
    outbox: durable(outbox),
    lines: sockets.flatMap(({ who, line }) => (line ? [{ ...line, device: who.device }] : [])),
  };
};

/**
 * How late changed counts of lines are written, in milliseconds: a write for each signal would be
 * slow and expensive. An inbox that loses its host loses the sockets of these lines too, and an
 * inbox does not sleep before ten seconds without an event.
 */
export const LINES_MS = 5_000;

const linesOf = ({ sockets }: InboxState) =>
  sockets.map(({ line }) => line).filter((line) => line !== undefined);

const differ = (some: readonly unknown[], others: readonly unknown[]) =>
  some.length !== others.length || some.some((each, index) => each !== others[index]);

/** Whether the counts of lines differ between two states, or their calls. */
export const lineCountsDiffer = (before: InboxState, after: InboxState): boolean =>
  before.sockets !== after.sockets && differ(linesOf(before), linesOf(after));

/** Whether the calls of lines differ between two states. */
export const lineCallsDiffer = (before: InboxState, after: InboxState): boolean => {
  const callsOf = (state: InboxState) => linesOf(state).map(({ call }) => call);
  return before.sockets !== after.sockets && differ(callsOf(before), callsOf(after));
};

/**
 * When changed counts of lines are written, or a welcome waits no longer, in milliseconds since
 * 1970.
 */
export const reminderAt = ({ linesAt, sockets }: InboxState): number | undefined => {
  let first = linesAt;
  for (const { welcome } of sockets)
    if (welcome && (first === undefined || welcome.until < first)) first = welcome.until;
  return first;
};

/**
 * When the inbox has to be woken, in milliseconds since 1970: for the next call that runs out, or
 * for the next try to tell something. An inbox where nothing happens is never woken.
 */
export const alarmAt = ({ calls, outbox }: InboxState): number | undefined => {
  let next = due(outbox) ?? Number.POSITIVE_INFINITY;
  for (const { state, until } of calls) if (state !== 'over' && until < next) next = until;
  return Number.isFinite(next) ? next : undefined;
};

/** The id of a new session has 22 characters, and may begin with any of them. */
const SID_LENGTH = 22;

/**
 * Whether a device is a legacy socket: it has no session's name, and is gone when it disconnects.
 */
export const isLegacyDevice = (device: string): boolean =>
  device.startsWith('ws-') && device.length !== SID_LENGTH;
