import type { CallClientFrame, Seen, Signal } from '../contract.ts';

/** A signal of this device that has not been sent. */
export interface Outgoing {
  readonly connection: number;
  /** Whom it is for, in a group. */
  readonly to: string | undefined;
  /** The epoch of the recipient that it is for. */
  readonly epoch: number;
  readonly signal: Signal;
}

/** A signal of this device that was sent, and is kept until it has arrived. */
interface Numbered extends Outgoing {
  readonly seq: number;
}

/**
 * The numbered signals of this device and what it saw of the others, as plain data. A step changes
 * a copy of it, but no list in it.
 */
export interface Signals {
  /** What has no number yet: descriptions go before candidates of other connections. */
  waiting: readonly Outgoing[];
  pending: readonly Numbered[];
  next: number;
  acked: number;
  /** The last number that went over the present socket. */
  flushed: number;
  /** How many frames may go at once, as it was at `countedAt`. */
  allowance: number;
  countedAt: number;
  /** When sending goes on after a `resend`; each of many frames may have caused one. */
  pausedUntil: number;
  seen: Seen;
  /** How many frames with signals came since the last ack, and since when. */
  owed: number;
  owedSince: number;
}

/** How many frames go at once, and how many in a second after that: less than a room allows. */
const BURST = 100;
const PER_SECOND = 40;

/** A longer frame counts once for each so many characters. */
const FRAME_SIZE = 65_536;

/** How long sending pauses after a `resend`, in milliseconds. */
const PAUSE_MS = 500;

/** An ack is sent when so many frames came, or so many milliseconds after the first. */
const ACK_AFTER = 16;
const ACK_MS = 5_000;

/** Creates what a device has before its first signal. */
export const newSignals = (): Signals => ({
  waiting: [],
  pending: [],
  next: 1,
  acked: 0,
  flushed: 0,
  allowance: BURST,
  countedAt: 0,
  pausedUntil: 0,
  seen: {},
  owed: 0,
  owedSince: 0,
});

/** Takes a signal to be sent. */
export const queueSignal = (signals: Signals, outgoing: Outgoing): void => {
  signals.waiting = [...signals.waiting, outgoing];
};

/** Forgets what was not sent of a connection that is no more. */
export const dropWaiting = (signals: Signals, connection: number): void => {
  signals.waiting = signals.waiting.filter((one) => one.connection !== connection);
};

/** Notes that the first signal went with POST /api/calls, and is number 1. */
export const notePosted = (signals: Signals): void => number(signals, 0);

const number = (signals: Signals, index: number): void => {
  const outgoing = signals.waiting[index];
  if (!outgoing) return;
  signals.waiting = signals.waiting.filter((one) => one !== outgoing);
  signals.pending = [...signals.pending, { ...outgoing, seq: signals.next }];
  signals.next += 1;
};

/** Goes on over a new socket, whose room has the signals up to `received`. */
export const reconnect = (
  signals: Signals,
  { received, remembers, now }: { received: number; remembers: boolean; now: number },
): void => {
  // Without memory all numbers are new, and the room may have some of a former life.
  if (!remembers) {
    signals.next = received + 1;
    signals.acked = received;
  }
  signals.flushed = received;
  signals.allowance = BURST;
  signals.countedAt = now;
  signals.pausedUntil = 0;
};

/** Notes that all signals up to a number have arrived. */
export const noteAcked = (signals: Signals, seq: number): void => {
  signals.acked = Math.max(signals.acked, seq);
  signals.pending = signals.pending.filter((one) => one.seq > seq);
};

/** Sends again from a number on, after a pause. */
export const resendFrom = (signals: Signals, seq: number, now: number): void => {
  signals.flushed = Math.min(signals.flushed, seq - 1);
  signals.pausedUntil = now + PAUSE_MS;
};

/** Takes out a signal that was refused for good; those behind it get new numbers. */
export const takeOut = (signals: Signals, refused: number): void => {
  const left = signals.pending.filter(({ seq }) => seq !== refused);
  if (left.length === signals.pending.length) return;
  signals.pending = left.map((one) => (one.seq > refused ? { ...one, seq: one.seq - 1 } : one));
  signals.next -= 1;
  signals.flushed = Math.min(signals.flushed, refused - 1);
};

/** Takes a frame with signals; says whether it was not seen before. */
export const noteSeen = (
  signals: Signals,
  { from, epoch, seq }: { readonly from: string; readonly epoch: number; readonly seq: number },
  now: number,
): boolean => {
  const last = signals.seen[from];
  const isNew = !last || epoch > last.epoch || (epoch === last.epoch && seq > last.seq);
  if (isNew) signals.seen = { ...signals.seen, [from]: { epoch, seq } };
  // What was seen before is acknowledged again.
  if (signals.owed === 0) signals.owedSince = now;
  signals.owed += 1;
  return isNew;
};

/** When an ack is due. */
const ackAt = ({ owed, owedSince }: Signals): number => {
  if (owed === 0) return Number.POSITIVE_INFINITY;
  return owed >= ACK_AFTER ? 0 : owedSince + ACK_MS;
};

/** Which of the waiting signals goes first: a description whose connection has none before it. */
const firstWaiting = ({ waiting }: Signals): number => {
  const index = waiting.findIndex(
    ({ signal, connection }, at) =>
      signal.kind !== 'candidate' &&
      waiting.findIndex((other) => other.connection === connection) === at,
  );
  return Math.max(0, index);
};

const costOf = ({ signal }: Outgoing): number =>
  1 + (signal.kind === 'candidate' ? 0 : Math.floor(signal.sdp.length / FRAME_SIZE));

const unsent = ({ pending, flushed }: Signals) => pending.find(({ seq }) => seq > flushed);

const upcoming = (signals: Signals): Outgoing | undefined =>
  unsent(signals) ?? signals.waiting[firstWaiting(signals)];

/**
 * The frames that are sent now.
 *
 * @param maySend whether this device is in the call, as the room knows or will know before them
 */
export const flush = (
  signals: Signals,
  { maySend, now }: { readonly maySend: boolean; readonly now: number },
): readonly CallClientFrame[] => {
  const frames: CallClientFrame[] = [];
  if (ackAt(signals) <= now) {
    frames.push({ type: 'ack', seen: signals.seen });
    signals.owed = 0;
  }
  if (!maySend || signals.pausedUntil > now) return frames;
  const regained = ((now - signals.countedAt) * PER_SECOND) / 1_000;
  signals.allowance = Math.min(BURST, signals.allowance + regained);
  signals.countedAt = now;
  for (;;) {
    const coming = upcoming(signals);
    if (!coming || costOf(coming) > signals.allowance) return frames;
    signals.allowance -= costOf(coming);
    if (!unsent(signals)) number(signals, firstWaiting(signals));
    const sent = unsent(signals);
    if (!sent) return frames;
    const { seq, to, epoch, signal } = sent;
    signals.flushed = seq;
    frames.push({ type: 'signal', seq, ...(to !== undefined && { to }), epoch, signal });
  }
};

/** When there is something to send: undefined when nothing is. */
export const signalsDeadline = (signals: Signals, maySend: boolean): number => {
  const coming = maySend ? upcoming(signals) : undefined;
  const { allowance, countedAt, pausedUntil } = signals;
  const missing = coming ? Math.max(0, costOf(coming) - allowance) : Number.POSITIVE_INFINITY;
  const sendAt = countedAt + Math.ceil((missing * 1_000) / PER_SECOND);
  return Math.min(ackAt(signals), Math.max(sendAt, coming ? pausedUntil : sendAt));
};
