import type { LegacyFrame } from '../../src/contract/sockets/legacy.ts';
import { Called, type CarriedSignal, type ToInbox, type ToWorker } from '../wire/messages.ts';
import { calledAt, isCallBack } from './crossing.ts';
import { calleeOf, candidate, description, encodeOld, isVideo } from './dialect.ts';
import { decline, hangUp, listen, release, ringIdle } from './ending.ts';
import { takeOne } from './rates.ts';
import { type Entry, IDLE, type Socket } from './state.ts';
import type { Turn } from './turn.ts';

type Payload = Extract<LegacyFrame, { event: 'call:offer' }>['payload'];

/** How many candidates wait until they can be passed on. */
const WAITING_LIMIT = 64;

/** What an old client says: the inbox takes part in calls in its name. What does not fit is ignored. */
export const hear = (turn: Turn, socket: Socket, frame: LegacyFrame): void => {
  const isHangup = frame.event === 'call:hangup';
  if (!isHangup && socket.line && turn.isFull(socket.line.call)) return;
  switch (frame.event) {
    case 'call:offer':
      offer(turn, socket, frame.payload);
      break;
    case 'call:answer':
      answer(turn, socket, frame.payload);
      break;
    case 'call:ice':
      ice(turn, socket, candidate(frame.payload));
      break;
    case 'call:hangup':
      hangup(turn, socket);
      break;
  }
};

/** The one whom a call is with that has been answered, or wants to be. */
const peerOf = (entry: Entry | undefined): string | undefined => {
  if (entry?.state === 'ringing') return entry.ring.from.user;
  return entry?.state === 'active' && entry.peers.length === 1 ? entry.peers[0] : undefined;
};

/** A call, which ends whatever the device was in; or in a call with the same one, what they negotiate anew. */
const offer = (turn: Turn, socket: Socket, payload: Payload): void => {
  const to = calleeOf(payload);
  if (to === undefined) return;
  const { line } = socket;
  const entry = line && turn.entry(line.call);
  const isTheirs = line !== undefined && peerOf(entry) === to;
  if (isTheirs && line.sent > 0) say(turn, socket, description('offer', payload));
  // Both call each other, and theirs was first: the client drops its own call and rings.
  else if (isTheirs && !isLeft(entry, turn.now)) ringAgain(turn, socket, line.call);
  // A call too many is refused before it costs anything.
  else if (takeOne(turn, 'dials') > 0) giveUp(turn, socket);
  else askForCall(turn, socket, { to, payload });
};

/** Has the Worker make a call in the name of an old device, which leaves whatever it was in. */
const askForCall = (turn: Turn, socket: Socket, call: { to: string; payload: Payload }): void => {
  const { to, payload } = call;
  const { device } = socket.who;
  const offer = description('offer', payload);
  const video = isVideo(payload);
  const dial = turn.dial({ type: 'call', from: turn.state.id, device, to, offer, video });
  turn.update(socket, { ...IDLE, dial });
  release(turn, socket);
};

/** Whether a call that rings is one of an old client that may have left it: it is called back. */
const isLeft = (entry: Entry | undefined, now: number): boolean =>
  entry?.state === 'ringing' && entry.here !== undefined && isCallBack(calledAt(entry.ring), now);

const ringAgain = (turn: Turn, socket: Socket, call: string): void => {
  turn.dismiss(socket);
  listen(turn, socket, call);
};

/** Takes the call that rings, with all that was said before; in a call, what it was asked to negotiate. */
const answer = (turn: Turn, socket: Socket, payload: Payload): void => {
  const { line, who, waiting } = socket;
  const state = line && turn.entry(line.call)?.state;
  const isFirst = line?.sent === 0;
  if (!line || (state !== 'ringing' && (state !== 'active' || isFirst))) return;
  if (isFirst) turn.act(line.call, who.device, { type: 'accept' });
  turn.update(socket, { waiting: [] });
  const signal = description('answer', payload);
  for (const each of isFirst ? [signal, ...waiting] : [...waiting, signal]) say(turn, socket, each);
};

const ice = (turn: Turn, socket: Socket, signal: CarriedSignal | undefined): void => {
  const { line, dial, waiting } = socket;
  if (!signal) return;
  if (dial === undefined && line && line.sent > 0) say(turn, socket, signal);
  else if ((line || dial !== undefined) && waiting.length < WAITING_LIMIT) {
    turn.update(socket, { waiting: [...waiting, signal] });
  }
};

/** About how long a signal is, in characters: a description says it twice. */
const lengthOf = (signal: CarriedSignal): number =>
  signal.kind === 'candidate' ? (signal.candidate?.candidate.length ?? 0) : 2 * signal.sdp.length;

/** Says something in the call of a device, under the next number. */
const say = (turn: Turn, { id }: Socket, signal: CarriedSignal): void => {
  const socket = turn.socket(id);
  if (!socket?.line) return;
  const line = { ...socket.line, sent: socket.line.sent + 1 };
  turn.update(socket, { line });
  turn.act(
    line.call,
    socket.who.device,
    { type: 'signal', seq: line.sent, signal },
    lengthOf(signal),
  );
};

const hangup = (turn: Turn, socket: Socket): void => {
  const { line, who } = socket;
  turn.update(socket, IDLE);
  const entry = line && turn.entry(line.call);
  if (line?.sent === 0 && entry?.state === 'ringing') decline(turn, entry, who.device);
  else release(turn, socket);
  ringIdle(turn);
};

/** What became of the call that an old device makes. */
export const called = (
  turn: Turn,
  n: number,
  { device }: Extract<ToWorker, { type: 'call' }>,
  answer: unknown,
): void => {
  const { data } = Called.safeParse(answer);
  const entry = data?.outcome === 'ok' ? turn.entry(data.call) : undefined;
  const own = entry && 'device' in entry && entry.device === device ? entry : undefined;
  const socket = turn.state.sockets.find(({ dial }) => dial === n);
  const isConnected = own !== undefined && socket?.line?.call === own.call;
  // It was given up while it was not known which call it is.
  if (own && !isConnected) hangUp(turn, own);
  if (!socket) return;
  if (isConnected) {
    turn.update(socket, { dial: undefined, waiting: [] });
    for (const signal of socket.waiting) say(turn, socket, signal);
  } else if (entry?.state === 'ringing') ringAgain(turn, socket, entry.call);
  else giveUp(turn, socket);
};

/** Ends what an old device is in, and tells it so. */
export const giveUp = (turn: Turn, socket: Socket): void => {
  turn.dismiss(socket);
  release(turn, socket);
  ringIdle(turn);
};

/** Signals of a call, for the old devices that are in it or ring: each once. */
export const signal = (turn: Turn, message: Extract<ToInbox, { type: 'signal' }>): void => {
  const { call, from, video, device, epoch = 1, seq, signals } = message;
  for (const socket of turn.state.sockets) {
    const { line, who } = socket;
    if (line?.call !== call || (device !== undefined && device !== who.device)) continue;
    const last = line.seen.find((seen) => seen.from === from);
    if (last && (epoch < last.epoch || (epoch === last.epoch && seq <= last.seq))) continue;
    // Still on its way from when the device rang before: all of it comes once more, with the description at the beginning.
    if (epoch !== last?.epoch && signals[0]?.kind === 'candidate') continue;
    const seen = [...line.seen.filter((other) => other !== last), { from, epoch, seq }];
    turn.update(socket, { line: { ...line, seen } });
    for (const each of signals) {
      const frame = encodeOld(each, from, video);
      if (frame) turn.send(socket, frame);
    }
  }
};
