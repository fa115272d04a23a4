import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import { isFull } from '../outbox.ts';
import type { CarriedSignal } from '../wire/messages.ts';
import { advanceAck } from './acks.ts';
import { deliver, deliveriesFor, noteSent } from './delivery.ts';
import type { PendingSignal, Stream } from './state.ts';
import { hasJoined, ownValue, sizeOf } from './state.ts';
import type { CallStep } from './step.ts';

/**
 * How many signals of a sender wait at most, out of order and unacknowledged, and how many
 * characters they have. The log holds what a client may send in the 5 s that an ack may take.
 */
const OUT_OF_ORDER_LIMIT = 64;
const OUT_OF_ORDER_CHARACTERS = 262_144;
const LOG_LIMIT = 512;
const LOG_CHARACTERS = 1_048_576;

interface NumberedSignal {
  readonly seq: number;
  readonly to?: string | undefined;
  readonly epoch?: number | undefined;
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
  { seq, to, epoch, signal }: NumberedSignal,
): FrameError | undefined => {
  const recipient = recipientOf(step, user, to);
  if (!recipient) return markRefused(step, user, seq) ? 'no_such_peer' : undefined;
  const stream = step.stream(user);
  const { received, outOfOrder, acked, refused } = stream;
  const size = sizeOf(signal);
  const pending = { seq, to: recipient, epoch, signal, size, sentAt: undefined };
  if (seq <= received) {
    if (acked > 0) step.sendToDevice(user, { type: 'acked', seq: acked });
  } else if (isLogFull(stream) || isOutboxFullFor(step, recipient)) {
    step.sendToDevice(user, { type: 'resend', seq: received + 1 });
    return 'too_much';
  } else if (seq > received + 1) {
    if (canWait(stream, seq))
      step.putStream({
        ...stream,
        ...clearRefused(refused, seq),
        outOfOrder: [...outOfOrder, pending],
      });
    step.sendToDevice(user, { type: 'resend', seq: received + 1 });
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
    step.sendToDevice(user, { type: 'resend', seq: received + 1 });
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
 * joined, since its sender may not know yet that they have left. Of the two with whom a call began
 * the signals that name nobody go on, since they were made before somebody was invited [C61].
 */
const recipientOf = (step: CallStep, user: string, to: string | undefined): string | undefined => {
  const { group, grown } = step.call;
  if (group && (to !== undefined || !grown)) {
    const member = to === undefined || to === user ? undefined : step.member(to);
    return member && hasJoined(member) ? to : undefined;
  }
  const two = step.members.slice(0, 2).map(({ profile }) => profile.user);
  const other = two.includes(user) ? two.find((one) => one !== user) : undefined;
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
  const { seq, to, epoch, signal } = pending;
  const stream = step.stream(from);
  const seenUpTo = ownValue(stream.seen, to);
  const recipient = step.member(to);
  // What is for a former memory of the recipient would spoil what is negotiated with the new one.
  const isForFormer = epoch !== undefined && epoch < (recipient?.epoch ?? 0);
  const isOut = recipient?.state === 'left' || (step.call.group && recipient?.state === 'ringing');
  // After a restart a sender may send again what its recipient has seen.
  if (isOut || isForFormer || seq <= (seenUpTo ?? 0)) {
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
