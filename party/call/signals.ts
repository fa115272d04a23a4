import type { CallServerFrame, Seen, Signal } from '../../src/contract/call-room.ts';
import type { CarriedSignal } from '../../src/contract/room-messages.ts';
import type { FrameError } from '../../src/contract/rooms.ts';
import { type Entry, newStream, own, type Waiting } from './state.ts';
import type { Turn } from './turn.ts';

/** How many signals of a sender wait at most, for those before them or for their recipients; and how many characters. */
const EARLY_LIMIT = 64;
const LOG_LIMIT = 512;
const LOG_CHARACTERS = 1_048_576;

/** How long a signal is tried to be handed to an old client, in milliseconds: then that one is gone. */
const OLD_SIGNAL_MS = 10_000;

const sizeOf = (signal: Signal): number =>
  signal.kind === 'candidate' ? (signal.candidate?.candidate.length ?? 0) : signal.sdp.length;

/** What clients of this protocol get: nothing that came from an old one beside the signal itself. */
const plain = (signal: CarriedSignal): Signal =>
  signal.kind === 'candidate'
    ? { kind: signal.kind, candidate: signal.candidate }
    : { kind: signal.kind, sdp: signal.sdp };

/** A signal of somebody who is in the call: in the order of its number, once, to whom it is for. Answers why it is refused, if so. */
export const receive = (
  turn: Turn,
  user: string,
  { seq, to, signal }: { seq: number; to?: string | undefined; signal: CarriedSignal },
): FrameError | undefined => {
  const recipient = recipientOf(turn, user, to);
  if (!recipient) return 'no_such_peer';
  const { received, early, acked, log } = turn.stream(user);
  if (seq <= received) turn.sendTo(user, { type: 'acked', seq: acked });
  else if (isFull(log)) {
    turn.sendTo(user, { type: 'resend', seq: received + 1 });
    return 'too_much';
  } else if (seq > received + 1) {
    const isNew = early.length < EARLY_LIMIT && !early.some((waiting) => waiting.seq === seq);
    if (isNew) turn.setStream(user, { early: [...early, { seq, to: recipient, signal }] });
    turn.sendTo(user, { type: 'resend', seq: received + 1 });
  } else {
    accept(turn, user, { seq, to: recipient, signal });
    followUp(turn, user);
  }
  return undefined;
};

const isFull = (log: readonly Entry[]): boolean => {
  if (log.length >= LOG_LIMIT) return true;
  let characters = 0;
  for (const { signals } of log) for (const signal of signals) characters += sizeOf(signal);
  return characters > LOG_CHARACTERS;
};

/** The other one of two; of several the one who is named, if they have ever joined: who has just left may not be known to have. */
const recipientOf = (turn: Turn, user: string, to: string | undefined): string | undefined => {
  if (turn.call.group) return to !== undefined && to !== user && turn.member(to)?.joined ? to : undefined;
  const other = turn.members.find(({ profile }) => profile.user !== user)?.profile.user;
  return to === undefined || to === other ? other : undefined;
};

/** Those that waited for the one that has just come. */
const followUp = (turn: Turn, user: string) => {
  for (;;) {
    const { received, early } = turn.stream(user);
    const next = early.find(({ seq }) => seq === received + 1);
    if (!next) return;
    turn.setStream(user, { early: early.filter((waiting) => waiting !== next) });
    accept(turn, user, next);
  }
};

const accept = (turn: Turn, user: string, waiting: Waiting) => {
  const { seq, to, signal } = waiting;
  const { held, log, described, seen } = turn.stream(user);
  turn.setStream(user, { received: seq });
  if (turn.member(to)?.state === 'left') return settle(turn, user);
  if (signal.kind === 'candidate' && !described.includes(to)) {
    turn.setStream(user, { held: [...held, waiting] });
    return;
  }
  const before = signal.kind === 'candidate' ? [] : held.filter((other) => other.to === to);
  const entry: Entry = { seq, to, signals: [signal, ...before.map((other) => other.signal)] };
  turn.setStream(user, {
    described: described.includes(to) ? described : [...described, to],
    held: before.length > 0 ? held.filter((other) => other.to !== to) : held,
  });
  // In a room that has lost its memory it may have been sent again although it has come.
  if (seq <= (own(seen, to) ?? 0)) return settle(turn, user);
  turn.setStream(user, { log: [...log, entry] });
  deliver(turn, user, entry);
};

const deliver = (turn: Turn, from: string, entry: Entry) => {
  const member = turn.member(entry.to);
  if (!member) return;
  if (member.state === 'joined' && !member.old) turn.sendTo(entry.to, frameOf(turn, from, entry));
  else if (member.listening || member.state === 'joined') deliverOld(turn, from, entry, member.device);
};

const epochOf = (turn: Turn, user: string): number => turn.member(user)?.epoch ?? 1;

const frameOf = (turn: Turn, from: string, { seq, signals }: Entry): CallServerFrame => ({
  type: 'signal',
  from,
  epoch: epochOf(turn, from),
  seq,
  signals: signals.map(plain),
});

const deliverOld = (turn: Turn, from: string, { seq, to, signals }: Entry, device: string | undefined) => {
  const { id, video } = turn.call;
  const epoch = epochOf(turn, from);
  turn.post(
    { party: 'inbox', id: to },
    { type: 'signal', call: id, from, video, ...(device !== undefined && { device }), epoch, seq, signals: [...signals] },
    false,
    turn.now + OLD_SIGNAL_MS,
  );
};

/** All that waits for somebody who is (back) in the call; for an old device that rings, to that one. */
export const replay = (turn: Turn, user: string, oldDevice?: string) => {
  for (const [from, { log }] of Object.entries(turn.call.streams)) {
    for (const entry of log) {
      if (entry.to !== user) continue;
      if (oldDevice === undefined) deliver(turn, from, entry);
      else deliverOld(turn, from, entry, oldDevice);
    }
  }
};

/** Somebody has seen the signals of another one, up to a number. */
export const ack = (turn: Turn, user: string, from: string, seq: number) => {
  const { log, seen } = turn.stream(from);
  if (seq <= (own(seen, user) ?? 0)) return;
  turn.setStream(from, {
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
    const { known, received, described } = turn.stream(from);
    ack(turn, user, from, known ? Math.min(seq, received) : seq);
    if (!described.includes(user)) turn.setStream(from, { described: [...described, user] });
  }
};

/** Tells a sender up to where all has arrived. */
const settle = (turn: Turn, user: string) => {
  const { known, received, acked, held, log } = turn.stream(user);
  if (!known) return;
  const upTo = Math.min(received, ...[...held, ...log].map(({ seq }) => seq - 1));
  if (upTo <= acked) return;
  turn.setStream(user, { acked: upTo });
  turn.sendTo(user, { type: 'acked', seq: upTo });
};

/** Somebody has left, or forgotten what came before: what was on the way to and from them is of no use. */
export const beginAnew = (turn: Turn, user: string) => {
  drop(turn, user);
  turn.setStream(user, newStream());
};

/** Nothing more for somebody. */
const drop = (turn: Turn, user: string) => {
  for (const [from, { log, held, described, received, seen }] of Object.entries(turn.call.streams)) {
    if (from === user) continue;
    turn.setStream(from, {
      log: log.filter(({ to }) => to !== user),
      held: held.filter(({ to }) => to !== user),
      described: described.filter((to) => to !== user),
      seen: { ...seen, [user]: received },
    });
    settle(turn, from);
  }
};
