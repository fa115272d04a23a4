import {
  type CallServerFrame,
  RING_MS,
  type Seen,
  type Signal,
} from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import { isFull } from '../outbox.ts';
import type { CarriedSignal, ToInbox } from '../wire/messages.ts';
import { newStream, own, type Stream, type Waiting } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * How many signals of a sender wait at most, for those before them or for their recipients; and how many characters. What may be sent within the five seconds that an ack may take
 * has room.
 */
const EARLY_LIMIT = 64;
const EARLY_CHARACTERS = 262_144;
const LOG_LIMIT = 512;
const LOG_CHARACTERS = 1_048_576;

/** How many signals an old device is handed at once that comes late, and how many characters. */
const TOGETHER = 128;
const TOGETHER_CHARACTERS = 262_144;

/** How long a signal is tried to be handed to an old client, in milliseconds: then that one is gone. */
const OLD_SIGNAL_MS = 10_000;

/** What clients of this protocol get: nothing that came from an old one beside the signal itself. */
const plain = (signal: CarriedSignal): Signal => {
  if (signal.raw === undefined) return signal;
  const { raw: _, ...rest } = signal;
  return rest;
};

/** How much of memory a signal takes, in characters: those of its texts, and of what an old client sent with it. */
export const sizeOf = (signal: CarriedSignal): number => {
  if (signal.raw !== undefined) return JSON.stringify(signal).length;
  if (signal.kind !== 'candidate') return signal.sdp.length;
  const { candidate = '', sdpMid, usernameFragment } = signal.candidate ?? {};
  return candidate.length + (sdpMid?.length ?? 0) + (usernameFragment?.length ?? 0);
};

/** What goes to a recipient at once: a signal, or the first description with the candidates that came before it. */
interface Entry {
  readonly seq: number;
  readonly signals: readonly CarriedSignal[];
}

/** A signal of somebody who is in the call: in the order of its number, once, to whom it is for. Answers why it is refused, if so. */
export const receive = (
  turn: Turn,
  user: string,
  { seq, to, signal }: { seq: number; to?: string | undefined; signal: CarriedSignal },
): FrameError | undefined => {
  const recipient = recipientOf(turn, user, to);
  if (!recipient) return markRefused(turn, user, seq) ? 'no_such_peer' : undefined;
  const stream = turn.stream(user);
  const { received, early, acked, log, refused } = stream;
  const waiting: Waiting = { seq, to: recipient, signal, size: sizeOf(signal), sentAt: undefined };
  if (seq <= received) {
    if (acked > 0) turn.sendTo(user, { type: 'acked', seq: acked });
  } else if (
    log.length >= LOG_LIMIT ||
    charactersOf(log) > LOG_CHARACTERS ||
    isFullFor(turn, recipient)
  ) {
    turn.sendTo(user, { type: 'resend', seq: received + 1 });
    return 'too_much';
  } else if (seq > received + 1) {
    const isFull = early.length >= EARLY_LIMIT || charactersOf(early) > EARLY_CHARACTERS;
    const isOfUse =
      !isFull && !isOutdated(stream, seq) && !early.some((other) => other.seq === seq);
    if (isOfUse)
      turn.putStream({ ...stream, ...clearRefused(refused, seq), early: [...early, waiting] });
    turn.sendTo(user, { type: 'resend', seq: received + 1 });
  } else {
    turn.putStream({ ...stream, ...clearRefused(refused, seq) });
    accept(turn, user, waiting);
    followUp(turn, user);
  }
  return undefined;
};

/** Whether a signal was numbered before its sender heard that one before it was refused. */
const isOutdated = ({ refused }: Stream, seq: number): boolean =>
  refused !== undefined && seq > refused;

/** The number that was refused is used again: its sender has heard of it, and numbers anew. */
const clearRefused = (refused: number | undefined, seq: number) =>
  refused === seq ? { refused: undefined } : {};

/**
 * Notes that a signal is refused for good. Its number is free, so those behind it get others: what
 * has come of them, and what is under way, is of no use, and is sent again.
 *
 * @returns false when it is such a one itself, and its sender need not hear of it by this number
 */
export const markRefused = (turn: Turn, user: string, seq: number): boolean => {
  const stream = turn.stream(user);
  const { received, early } = stream;
  if (seq <= received) return true;
  if (isOutdated(stream, seq)) {
    turn.sendTo(user, { type: 'resend', seq: received + 1 });
    return false;
  }
  turn.putStream({ ...stream, refused: seq, early: early.filter((waiting) => waiting.seq < seq) });
  return true;
};

/** Whether too much is on its way to the old devices of somebody. */
const isFullFor = (turn: Turn, user: string): boolean =>
  isFull(turn.call.outbox, { party: 'inbox', id: user });

const charactersOf = (waiting: readonly Waiting[]): number => {
  let characters = 0;
  for (const { size } of waiting) characters += size;
  return characters;
};

/** The other one of two; of several the one who is named, if they have ever joined: who has just left may not be known to have. */
const recipientOf = (turn: Turn, user: string, to: string | undefined): string | undefined => {
  if (turn.call.group)
    return to !== undefined && to !== user && turn.member(to)?.joined ? to : undefined;
  const other = turn.members.find(({ profile }) => profile.user !== user)?.profile.user;
  return to === undefined || to === other ? other : undefined;
};

/** Those that waited for the one that has just come. */
const followUp = (turn: Turn, user: string) => {
  for (;;) {
    const stream = turn.stream(user);
    const { received, early } = stream;
    const next = early.find(({ seq }) => seq === received + 1);
    if (!next) return;
    turn.putStream({ ...stream, early: early.filter((waiting) => waiting !== next) });
    accept(turn, user, next);
  }
};

const accept = (turn: Turn, user: string, waiting: Waiting) => {
  const { seq, to, signal } = waiting;
  const stream = turn.stream(user);
  const seenUpTo = own(stream.seen, to);
  // In a room that has lost its memory it may have been sent again although it has come.
  if (turn.member(to)?.state === 'left' || seq <= (seenUpTo ?? 0)) {
    turn.putStream({ ...stream, received: seq });
    return settle(turn, user);
  }
  turn.putStream({ ...stream, received: seq, log: [...stream.log, waiting] });
  // Of all that was sent since the first description nothing waits any more.
  const last =
    seenUpTo === undefined ? entriesFor(turn, user, to).at(-1) : { seq, signals: [signal] };
  if (last?.seq !== seq) return;
  deliver(turn, user, to, last);
  noteSent(turn, user, to, seq);
};

/** Notes that somebody who is here was sent signals of somebody, from a number on. */
const noteSent = (turn: Turn, from: string, to: string, first: number) => {
  const { state, old, awayAt } = turn.member(to) ?? {};
  if (!turn.call.group || state !== 'joined' || old || awayAt !== undefined) return;
  const stream = turn.stream(from);
  const sent = (each: Waiting) =>
    each.to === to && each.seq >= first ? { ...each, sentAt: turn.now } : each;
  turn.putStream({ ...stream, log: stream.log.map(sent) });
};

/** What somebody has to get of a sender. Candidates that came before the first description stand behind it; without one they wait. */
const entriesFor = (turn: Turn, from: string, to: string): readonly Entry[] => {
  const { log, seen } = turn.stream(from);
  const waiting = log.filter((each) => each.to === to);
  const isDescribed = own(seen, to) !== undefined;
  const first = isDescribed ? 0 : waiting.findIndex(({ signal }) => signal.kind !== 'candidate');
  if (first < 0) return [];
  const before = waiting.slice(0, first).map(({ signal }) => signal);
  return waiting.slice(first).map(({ seq, signal }, index) => ({
    seq,
    signals: index === 0 ? [signal, ...before] : [signal],
  }));
};

const deliver = (turn: Turn, from: string, to: string, entry: Entry) => {
  const member = turn.member(to);
  if (!member) return;
  if (member.state === 'joined' && !member.old) turn.sendTo(to, frameOf(turn, from, entry));
  else if (member.listening || member.state === 'joined')
    deliverOld(turn, from, to, entry, member.device);
};

const epochOf = (turn: Turn, user: string): number => turn.member(user)?.epoch ?? 1;

const frameOf = (turn: Turn, from: string, { seq, signals }: Entry): CallServerFrame => ({
  type: 'signal',
  from,
  epoch: epochOf(turn, from),
  seq,
  signals: signals.map(plain),
});

const deliverOld = (
  turn: Turn,
  from: string,
  to: string,
  { seq, signals }: Entry,
  device: string | undefined,
) => {
  const { id: call, video } = turn.call;
  const message: Extract<ToInbox, { type: 'signal' }> = {
    type: 'signal',
    call,
    from,
    video,
    ...(device !== undefined && { device }),
    epoch: epochOf(turn, from),
    seq,
    signals: [...signals],
  };
  turn.postLetter({
    to: { party: 'inbox', id: to },
    message,
    durable: false,
    // As long as it rings, there is no other way for it to be heard.
    until:
      turn.member(to)?.state === 'ringing'
        ? turn.call.createdAt + RING_MS
        : turn.now + OLD_SIGNAL_MS,
    size: signals.reduce((sum, signal) => sum + sizeOf(signal), 0),
  });
};

/** Entries in as few messages as may be: old devices have no use for their numbers. */
const together = (entries: readonly Entry[]): readonly Entry[] => {
  const joined: Entry[] = [];
  let characters = 0;
  for (const { seq, signals } of entries) {
    const size = signals.reduce((sum, signal) => sum + sizeOf(signal), 0);
    const last = joined.at(-1);
    characters += size;
    if (last && last.signals.length < TOGETHER && characters <= TOGETHER_CHARACTERS) {
      joined[joined.length - 1] = { seq, signals: [...last.signals, ...signals] };
    } else {
      joined.push({ seq, signals });
      characters = size;
    }
  }
  return joined;
};

/** All that waits for somebody who is (back) in the call; for an old device that rings, to that one. */
export const replay = (turn: Turn, user: string, oldDevice?: string) => {
  for (const { user: from } of turn.call.streams) {
    const entries = entriesFor(turn, from, user);
    if (oldDevice !== undefined) {
      for (const entry of together(entries)) deliverOld(turn, from, user, entry, oldDevice);
    } else if (turn.member(user)?.listening) {
      for (const entry of together(entries)) deliver(turn, from, user, entry);
    } else for (const entry of entries) deliver(turn, from, user, entry);
    if (entries[0]) noteSent(turn, from, user, entries[0].seq);
  }
};

/** Somebody has seen the signals of another one, up to a number. */
export const ack = (turn: Turn, user: string, from: string, seq: number) => {
  const stream = turn.stream(from);
  const { log, seen } = stream;
  if (seq <= (own(seen, user) ?? 0)) return;
  turn.putStream({
    ...stream,
    seen: { ...seen, [user]: seq },
    log: log.filter((entry) => entry.to !== user || entry.seq > seq),
  });
  settle(turn, from);
};

/** Takes what somebody says that they have seen; of others, and of times that are over, nothing. */
export const ackAll = (turn: Turn, user: string, seen: Seen) => {
  for (const [from, { epoch, seq }] of Object.entries(seen)) {
    const member = from === user ? undefined : turn.member(from);
    if (member?.epoch !== epoch) continue;
    // Nobody has seen what has not come, unless it came before the room lost its memory.
    const { known, received } = turn.stream(from);
    ack(turn, user, from, known ? Math.min(seq, received) : seq);
  }
};

/** Tells a sender up to where all has arrived. */
const settle = (turn: Turn, user: string) => {
  const stream = turn.stream(user);
  const { known, received, acked, log } = stream;
  if (!known) return;
  const upTo = Math.min(received, ...log.map(({ seq }) => seq - 1));
  if (upTo <= acked) return;
  turn.putStream({ ...stream, acked: upTo });
  turn.sendTo(user, { type: 'acked', seq: upTo });
};

/** Somebody has left, or forgotten what came before: what was on the way to and from them is of no use. */
export const beginAnew = (turn: Turn, user: string) => {
  drop(turn, user);
  turn.putStream(newStream(user));
};

/** Nothing more for somebody. */
const drop = (turn: Turn, user: string) => {
  for (const stream of turn.call.streams) {
    const { user: from, log, seen } = stream;
    if (from === user) continue;
    const { [user]: _, ...others } = seen;
    turn.putStream({ ...stream, log: log.filter(({ to }) => to !== user), seen: others });
    settle(turn, from);
  }
};
