import type { CallServerFrame, Signal } from '../../src/contract/sockets/call.ts';
import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import { isFull } from '../outbox.ts';
import type { CarriedSignal } from '../wire/messages.ts';
import { advanceAck } from './acks.ts';
import type { PendingSignal, Stream } from './state.ts';
import { hasJoined, isJoined, isRinging, ownValue, sizeOf } from './state.ts';
import type { CallStep } from './step.ts';

/**
 * How many signals of a sender wait at most, out of order and unacknowledged, and how many
 * characters they have. The log holds what a client may send in the 5 s that an ack may take.
 */
const OUT_OF_ORDER_LIMIT = 64;
const OUT_OF_ORDER_CHARACTERS = 262_144;
const LOG_LIMIT = 512;
const LOG_CHARACTERS = 1_048_576;

/** How many signals go in one message to a legacy device, and how many characters. */
const MERGE_LIMIT = 128;
const MERGE_CHARACTERS = 262_144;

/** How long a signal is tried to be handed to a legacy device, in milliseconds [C39]. */
const LEGACY_SIGNAL_MS = 10_000;

/** The signal without the payload of a legacy client, which only other legacy clients get. */
const withoutRaw = (signal: CarriedSignal): Signal => {
  if (signal.raw === undefined) return signal;
  const { raw: _, ...rest } = signal;
  return rest;
};

/** What is delivered at once: a signal, or the first description with the candidates before it. */
interface Delivery {
  readonly seq: number;
  readonly signals: readonly CarriedSignal[];
}

/** The sender and the recipient of signals. */
interface Pair {
  readonly from: string;
  readonly to: string;
}

interface NumberedSignal {
  readonly seq: number;
  readonly to?: string | undefined;
  readonly signal: CarriedSignal;
}

/**
 * Takes a signal of a joined member in the order of its number, once, and delivers it [C11].
 *
 * @returns why it is refused, if it is
 */
export const receiveSignal = (
  step: CallStep,
  user: string,
  { seq, to, signal }: NumberedSignal,
): FrameError | undefined => {
  const recipient = recipientOf(step, user, to);
  if (!recipient) return markRefused(step, user, seq) ? 'no_such_peer' : undefined;
  const stream = step.stream(user);
  const { received, outOfOrder, acked, refused } = stream;
  const pending = { seq, to: recipient, signal, size: sizeOf(signal), sentAt: undefined };
  if (seq <= received) {
    if (acked > 0) step.sendToUser(user, { type: 'acked', seq: acked });
  } else if (isLogFull(stream) || isOutboxFullFor(step, recipient)) {
    step.sendToUser(user, { type: 'resend', seq: received + 1 });
    return 'too_much';
  } else if (seq > received + 1) {
    if (canWait(stream, seq))
      step.putStream({
        ...stream,
        ...clearRefused(refused, seq),
        outOfOrder: [...outOfOrder, pending],
      });
    step.sendToUser(user, { type: 'resend', seq: received + 1 });
  } else {
    step.putStream({ ...stream, ...clearRefused(refused, seq) });
    acceptSignal(step, user, pending);
    acceptFollowing(step, user);
  }
  return undefined;
};

const isLogFull = ({ log }: Stream): boolean =>
  log.length >= LOG_LIMIT || charactersOf(log) > LOG_CHARACTERS;

/** Whether too much is on its way to the legacy devices of a user. */
const isOutboxFullFor = (step: CallStep, user: string): boolean =>
  isFull(step.call.outbox, { party: 'inbox', id: user });

/** Whether a signal that came before others is worth keeping until they come. */
const canWait = (stream: Stream, seq: number): boolean => {
  const { outOfOrder } = stream;
  return (
    outOfOrder.length < OUT_OF_ORDER_LIMIT &&
    charactersOf(outOfOrder) <= OUT_OF_ORDER_CHARACTERS &&
    !isOutdated(stream, seq) &&
    !outOfOrder.some((other) => other.seq === seq)
  );
};

/** Whether a signal was numbered before its sender heard that one before it was refused. */
const isOutdated = ({ refused }: Stream, seq: number): boolean =>
  refused !== undefined && seq > refused;

/** A sender that uses a refused number again has heard of it and numbers anew. */
const clearRefused = (refused: number | undefined, seq: number) =>
  refused === seq ? { refused: undefined } : {};

/**
 * Notes that a signal is refused for good. Its number becomes free and those behind it change, so
 * signals with higher numbers are dropped and sent again.
 *
 * @returns false when the signal was numbered before an earlier refusal and will come again
 */
export const markRefused = (step: CallStep, user: string, seq: number): boolean => {
  const stream = step.stream(user);
  const { received, outOfOrder } = stream;
  if (seq <= received) return true;
  if (isOutdated(stream, seq)) {
    step.sendToUser(user, { type: 'resend', seq: received + 1 });
    return false;
  }
  const before = outOfOrder.filter((pending) => pending.seq < seq);
  step.putStream({ ...stream, refused: seq, outOfOrder: before });
  return true;
};

const charactersOf = (pending: readonly PendingSignal[]): number =>
  pending.reduce((sum, { size }) => sum + size, 0);

/**
 * Whom a signal is for: the other one of two; in a group the one it names, if they have ever
 * joined, since its sender may not know yet that they have left.
 */
const recipientOf = (step: CallStep, user: string, to: string | undefined): string | undefined => {
  if (step.call.group) {
    const member = to === undefined || to === user ? undefined : step.member(to);
    return member && hasJoined(member) ? to : undefined;
  }
  const other = step.members.find(({ profile }) => profile.user !== user)?.profile.user;
  return to === undefined || to === other ? other : undefined;
};

/** Accepts the signals that waited for the one that has just come. */
const acceptFollowing = (step: CallStep, user: string) => {
  for (;;) {
    const stream = step.stream(user);
    const { received, outOfOrder } = stream;
    const next = outOfOrder.find(({ seq }) => seq === received + 1);
    if (!next) return;
    step.putStream({ ...stream, outOfOrder: outOfOrder.filter((pending) => pending !== next) });
    acceptSignal(step, user, next);
  }
};

/** Logs the next signal of a sender until it is acknowledged, and delivers it. */
const acceptSignal = (step: CallStep, from: string, pending: PendingSignal) => {
  const { seq, to, signal } = pending;
  const stream = step.stream(from);
  const seenUpTo = ownValue(stream.seen, to);
  // After a restart a sender may send again what its recipient has seen.
  if (step.member(to)?.state === 'left' || seq <= (seenUpTo ?? 0)) {
    step.putStream({ ...stream, received: seq });
    return advanceAck(step, from);
  }
  step.putStream({ ...stream, received: seq, log: [...stream.log, pending] });
  const pair = { from, to };
  // Once a description was seen, nothing in the log waits for one.
  const last =
    seenUpTo === undefined ? deliveriesFor(step, pair).at(-1) : { seq, signals: [signal] };
  if (last?.seq !== seq) return;
  deliver(step, pair, last);
  noteSent(step, pair, seq);
};

/** Notes that a present member of a group was sent the signals of a sender from a number on. */
const noteSent = (step: CallStep, { from, to }: Pair, first: number) => {
  const member = step.member(to);
  if (!step.call.group || !member || !isJoined(member)) return;
  if (member.legacy || member.awayAt !== undefined) return;
  const stream = step.stream(from);
  const noted = (each: PendingSignal) =>
    each.to === to && each.seq >= first ? { ...each, sentAt: step.now } : each;
  step.putStream({ ...stream, log: stream.log.map(noted) });
};

/**
 * The signals of a sender that a recipient has not seen. Candidates that came before the first
 * description go with it; without a description they wait [C13].
 */
const deliveriesFor = (step: CallStep, { from, to }: Pair): readonly Delivery[] => {
  const { log, seen } = step.stream(from);
  const pending = log.filter((each) => each.to === to);
  const isDescribed = ownValue(seen, to) !== undefined;
  const first = isDescribed ? 0 : pending.findIndex(({ signal }) => signal.kind !== 'candidate');
  if (first < 0) return [];
  const before = pending.slice(0, first).map(({ signal }) => signal);
  return pending.slice(first).map(({ seq, signal }, index) => ({
    seq,
    signals: index === 0 ? [signal, ...before] : [signal],
  }));
};

/** Sends signals to the device that has the call, or to the legacy devices that ring. */
const deliver = (step: CallStep, pair: Pair, delivery: Delivery) => {
  const member = step.member(pair.to);
  if (!member) return;
  if (isJoined(member) && !member.legacy)
    step.sendToUser(pair.to, frameOf(step, pair.from, delivery));
  else if (isJoined(member)) deliverToLegacy(step, { ...pair, device: member.device }, delivery);
  else if (isRinging(member) && member.listening) deliverToLegacy(step, pair, delivery);
};

const epochOf = (step: CallStep, user: string): number => step.member(user)?.epoch ?? 1;

const frameOf = (step: CallStep, from: string, { seq, signals }: Delivery): CallServerFrame => ({
  type: 'signal',
  from,
  epoch: epochOf(step, from),
  seq,
  signals: signals.map(withoutRaw),
});

/** Hands signals to a user's inbox, for one legacy device or for all that ring. */
const deliverToLegacy = (
  step: CallStep,
  { from, to, device }: Pair & { readonly device?: string | undefined },
  { seq, signals }: Delivery,
) => {
  const { id: call, video, createdAt } = step.call;
  // While a call rings, a legacy device hears of its signals in no other way.
  const isWorthRinging = step.member(to)?.state === 'ringing';
  step.post({
    to: { party: 'inbox', id: to },
    message: {
      type: 'signal',
      call,
      from,
      video,
      ...(device !== undefined && { device }),
      epoch: epochOf(step, from),
      seq,
      signals: [...signals],
    },
    durable: false,
    until: isWorthRinging ? createdAt + RING_MS : step.now + LEGACY_SIGNAL_MS,
    size: sizeOfAll(signals),
  });
};

const sizeOfAll = (signals: readonly CarriedSignal[]): number =>
  signals.reduce((sum, signal) => sum + sizeOf(signal), 0);

/** Merges deliveries into few messages: legacy devices do not use their numbers. */
const mergeDeliveries = (deliveries: readonly Delivery[]): readonly Delivery[] => {
  const merged: Delivery[] = [];
  let characters = 0;
  for (const { seq, signals } of deliveries) {
    const size = sizeOfAll(signals);
    const last = merged.at(-1);
    characters += size;
    if (last && last.signals.length < MERGE_LIMIT && characters <= MERGE_CHARACTERS) {
      merged[merged.length - 1] = { seq, signals: [...last.signals, ...signals] };
    } else {
      merged.push({ seq, signals });
      characters = size;
    }
  }
  return merged;
};

/** Delivers what a member has not seen, or sends it to one legacy device that rings. */
export const replaySignals = (step: CallStep, user: string, legacyDevice?: string) => {
  for (const { user: from } of step.call.streams) {
    const pair = { from, to: user };
    const deliveries = deliveriesFor(step, pair);
    const member = step.member(user);
    const isListening = member !== undefined && isRinging(member) && member.listening;
    if (legacyDevice !== undefined) {
      for (const delivery of mergeDeliveries(deliveries))
        deliverToLegacy(step, { ...pair, device: legacyDevice }, delivery);
    } else {
      for (const delivery of isListening ? mergeDeliveries(deliveries) : deliveries)
        deliver(step, pair, delivery);
    }
    if (deliveries[0]) noteSent(step, pair, deliveries[0].seq);
  }
};
