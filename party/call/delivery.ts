import type { CallServerFrame, Seen, Signal } from '../../src/contract/sockets/call.ts';
import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { CarriedSignal } from '../wire/messages.ts';
import type { CallSocket, PendingSignal } from './state.ts';
import { isJoined, isRinging, ownValue, sizeOf } from './state.ts';
import type { CallStep } from './step.ts';

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

/** Notes that a present member of a group was sent the signals of a sender from a number on. */
export const noteSent = (step: CallStep, { from, to }: Pair, first: number) => {
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
export const deliveriesFor = (step: CallStep, { from, to }: Pair): readonly Delivery[] => {
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

/** Sends signals to the device that has the call, or to the legacy and early ones that ring. */
export const deliver = (step: CallStep, pair: Pair, delivery: Delivery) => {
  const member = step.member(pair.to);
  if (!member) return;
  if (isJoined(member) && !member.legacy)
    step.sendToDevice(pair.to, frameOf(step, pair.from, delivery));
  else if (isJoined(member)) deliverToLegacy(step, { ...pair, device: member.device }, delivery);
  else if (isRinging(member)) {
    if (member.listening) deliverToLegacy(step, pair, delivery);
    const { from, to } = pair;
    for (const socket of step.socketsOf(to)) deliverEarly(step, socket, { from, ...delivery });
  }
};

/** Sends signals to an early device, unless it has said that it saw them [C48]. */
const deliverEarly = (
  step: CallStep,
  { id, early }: CallSocket,
  { from, ...delivery }: Delivery & Pick<Pair, 'from'>,
) => {
  if (!early) return;
  const seen = ownValue(early, from);
  if (seen?.epoch === epochOf(step, from) && delivery.seq <= seen.seq) return;
  step.send(id, frameOf(step, from, delivery));
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

/** Delivers to the device that has the call what it has not seen. */
export const replaySignals = (step: CallStep, user: string) => {
  for (const { user: from } of step.call.streams) {
    const pair = { from, to: user };
    const deliveries = deliveriesFor(step, pair);
    for (const delivery of deliveries) deliver(step, pair, delivery);
    if (deliveries[0]) noteSent(step, pair, deliveries[0].seq);
  }
};

/** Hands all signals so far to one legacy device that rings, or to all of them. */
export const replayToLegacy = (step: CallStep, user: string, device?: string) => {
  for (const { user: from } of step.call.streams) {
    const pair = { from, to: user };
    for (const delivery of mergeDeliveries(deliveriesFor(step, pair)))
      deliverToLegacy(step, { ...pair, device }, delivery);
  }
};

/** Sends an early device all signals so far that it has not seen [C48]. */
export const replayEarly = (step: CallStep, socket: CallSocket) => {
  for (const { user: from } of step.call.streams)
    for (const delivery of deliveriesFor(step, { from, to: socket.user }))
      deliverEarly(step, socket, { from, ...delivery });
};

/** Notes what an early device says it has seen; entries of other epochs are ignored [C49]. */
export const noteSeenEarly = (step: CallStep, socket: CallSocket, said: Seen): CallSocket => {
  const entries = step.members.flatMap(({ profile: { user }, epoch }) => {
    const both = [ownValue(socket.early ?? {}, user), ownValue(said, user)];
    const seqs = both.flatMap((seen) => (seen?.epoch === epoch ? [seen.seq] : []));
    return seqs.length > 0 ? [[user, { epoch, seq: Math.max(...seqs) }] as const] : [];
  });
  const noted = { ...socket, early: Object.fromEntries(entries) };
  step.setSocket(noted);
  return noted;
};
