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
import type { CallStep } from './step.ts';

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
  step: CallStep,
  user: string,
  { seq, to, signal }: { seq: number; to?: string | undefined; signal: CarriedSignal },
): FrameError | undefined => {
  const recipient = recipientOf(step, user, to);
  if (!recipient) return markRefused(step, user, seq) ? 'no_such_peer' : undefined;
  const stream = step.stream(user);
  const { received, early, acked, log, refused } = stream;
  const waiting: Waiting = { seq, to: recipient, signal, size: sizeOf(signal), sentAt: undefined };
  if (seq <= received) {
    if (acked > 0) step.sendToUser(user, { type: 'acked', seq: acked });
  } else if (
    log.length >= LOG_LIMIT ||
    charactersOf(log) > LOG_CHARACTERS ||
    isFullFor(step, recipient)
  ) {
    step.sendToUser(user, { type: 'resend', seq: received + 1 });
    return 'too_much';
  } else if (seq > received + 1) {
    const isFull = early.length >= EARLY_LIMIT || charactersOf(early) > EARLY_CHARACTERS;
    const isOfUse =
      !isFull && !isOutdated(stream, seq) && !early.some((other) => other.seq === seq);
    if (isOfUse)
      step.putStream({ ...stream, ...clearRefused(refused, seq), early: [...early, waiting] });
    step.sendToUser(user, { type: 'resend', seq: received + 1 });
  } else {
    step.putStream({ ...stream, ...clearRefused(refused, seq) });
    accept(step, user, waiting);
    followUp(step, user);
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
export const markRefused = (step: CallStep, user: string, seq: number): boolean => {
  const stream = step.stream(user);
  const { received, early } = stream;
  if (seq <= received) return true;
  if (isOutdated(stream, seq)) {
    step.sendToUser(user, { type: 'resend', seq: received + 1 });
    return false;
  }
  step.putStream({ ...stream, refused: seq, early: early.filter((waiting) => waiting.seq < seq) });
  return true;
};

/** Whether too much is on its way to the old devices of somebody. */
const isFullFor = (step: CallStep, user: string): boolean =>
  isFull(step.call.outbox, { party: 'inbox', id: user });

const charactersOf = (waiting: readonly Waiting[]): number => {
  let characters = 0;
  for (const { size } of waiting) characters += size;
  return characters;
};

/** The other one of two; of several the one who is named, if they have ever joined: who has just left may not be known to have. */
const recipientOf = (step: CallStep, user: string, to: string | undefined): string | undefined => {
  if (step.call.group)
    return to !== undefined && to !== user && step.member(to)?.joined ? to : undefined;
  const other = step.members.find(({ profile }) => profile.user !== user)?.profile.user;
  return to === undefined || to === other ? other : undefined;
};

/** Those that waited for the one that has just come. */
const followUp = (step: CallStep, user: string) => {
  for (;;) {
    const stream = step.stream(user);
    const { received, early } = stream;
    const next = early.find(({ seq }) => seq === received + 1);
    if (!next) return;
    step.putStream({ ...stream, early: early.filter((waiting) => waiting !== next) });
    accept(step, user, next);
  }
};

const accept = (step: CallStep, user: string, waiting: Waiting) => {
  const { seq, to, signal } = waiting;
  const stream = step.stream(user);
  const seenUpTo = own(stream.seen, to);
  // In a room that has lost its memory it may have been sent again although it has come.
  if (step.member(to)?.state === 'left' || seq <= (seenUpTo ?? 0)) {
    step.putStream({ ...stream, received: seq });
    return settle(step, user);
  }
  step.putStream({ ...stream, received: seq, log: [...stream.log, waiting] });
  // Of all that was sent since the first description nothing waits any more.
  const last =
    seenUpTo === undefined ? entriesFor(step, user, to).at(-1) : { seq, signals: [signal] };
  if (last?.seq !== seq) return;
  deliver(step, user, to, last);
  noteSent(step, user, to, seq);
};

/** Notes that somebody who is here was sent signals of somebody, from a number on. */
const noteSent = (step: CallStep, from: string, to: string, first: number) => {
  const { state, old, awayAt } = step.member(to) ?? {};
  if (!step.call.group || state !== 'joined' || old || awayAt !== undefined) return;
  const stream = step.stream(from);
  const sent = (each: Waiting) =>
    each.to === to && each.seq >= first ? { ...each, sentAt: step.now } : each;
  step.putStream({ ...stream, log: stream.log.map(sent) });
};

/** What somebody has to get of a sender. Candidates that came before the first description stand behind it; without one they wait. */
const entriesFor = (step: CallStep, from: string, to: string): readonly Entry[] => {
  const { log, seen } = step.stream(from);
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

const deliver = (step: CallStep, from: string, to: string, entry: Entry) => {
  const member = step.member(to);
  if (!member) return;
  if (member.state === 'joined' && !member.old) step.sendToUser(to, frameOf(step, from, entry));
  else if (member.listening || member.state === 'joined')
    deliverOld(step, from, to, entry, member.device);
};

const epochOf = (step: CallStep, user: string): number => step.member(user)?.epoch ?? 1;

const frameOf = (step: CallStep, from: string, { seq, signals }: Entry): CallServerFrame => ({
  type: 'signal',
  from,
  epoch: epochOf(step, from),
  seq,
  signals: signals.map(plain),
});

const deliverOld = (
  step: CallStep,
  from: string,
  to: string,
  { seq, signals }: Entry,
  device: string | undefined,
) => {
  const { id: call, video } = step.call;
  const message: Extract<ToInbox, { type: 'signal' }> = {
    type: 'signal',
    call,
    from,
    video,
    ...(device !== undefined && { device }),
    epoch: epochOf(step, from),
    seq,
    signals: [...signals],
  };
  step.post({
    to: { party: 'inbox', id: to },
    message,
    durable: false,
    // As long as it rings, there is no other way for it to be heard.
    until:
      step.member(to)?.state === 'ringing'
        ? step.call.createdAt + RING_MS
        : step.now + OLD_SIGNAL_MS,
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
export const replay = (step: CallStep, user: string, oldDevice?: string) => {
  for (const { user: from } of step.call.streams) {
    const entries = entriesFor(step, from, user);
    if (oldDevice !== undefined) {
      for (const entry of together(entries)) deliverOld(step, from, user, entry, oldDevice);
    } else if (step.member(user)?.listening) {
      for (const entry of together(entries)) deliver(step, from, user, entry);
    } else for (const entry of entries) deliver(step, from, user, entry);
    if (entries[0]) noteSent(step, from, user, entries[0].seq);
  }
};

/** Somebody has seen the signals of another one, up to a number. */
export const ack = (step: CallStep, user: string, from: string, seq: number) => {
  const stream = step.stream(from);
  const { log, seen } = stream;
  if (seq <= (own(seen, user) ?? 0)) return;
  step.putStream({
    ...stream,
    seen: { ...seen, [user]: seq },
    log: log.filter((entry) => entry.to !== user || entry.seq > seq),
  });
  settle(step, from);
};

/** Takes what somebody says that they have seen; of others, and of times that are over, nothing. */
export const ackAll = (step: CallStep, user: string, seen: Seen) => {
  for (const [from, { epoch, seq }] of Object.entries(seen)) {
    const member = from === user ? undefined : step.member(from);
    if (member?.epoch !== epoch) continue;
    // Nobody has seen what has not come, unless it came before the room lost its memory.
    const { known, received } = step.stream(from);
    ack(step, user, from, known ? Math.min(seq, received) : seq);
  }
};

/** Tells a sender up to where all has arrived. */
const settle = (step: CallStep, user: string) => {
  const stream = step.stream(user);
  const { known, received, acked, log } = stream;
  if (!known) return;
  const upTo = Math.min(received, ...log.map(({ seq }) => seq - 1));
  if (upTo <= acked) return;
  step.putStream({ ...stream, acked: upTo });
  step.sendToUser(user, { type: 'acked', seq: upTo });
};

/** Somebody has left, or forgotten what came before: what was on the way to and from them is of no use. */
export const beginAnew = (step: CallStep, user: string) => {
  drop(step, user);
  step.putStream(newStream(user));
};

/** Nothing more for somebody. */
const drop = (step: CallStep, user: string) => {
  for (const stream of step.call.streams) {
    const { user: from, log, seen } = stream;
    if (from === user) continue;
    const { [user]: _, ...others } = seen;
    step.putStream({ ...stream, log: log.filter(({ to }) => to !== user), seen: others });
    settle(step, from);
  }
};
