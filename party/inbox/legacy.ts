import type { LegacyCallFrame } from '../../src/contract/sockets/legacy.ts';
import type { CarriedSignal, ToInbox } from '../wire/messages.ts';
import type { ToWorker } from '../wire/to-worker.ts';
import { CallAnswer } from '../wire/to-worker.ts';
import { isCallBack, ringTimeOf } from './crossing.ts';
import { calleeOf, encodeLegacy, isVideo, toCandidate, toDescription } from './dialect.ts';
import { isLineFull, sendDirectly } from './direct.ts';
import {
  declineCall,
  hangUpCall,
  releaseLegacyDevice,
  ringIdleLegacyDevices,
  ringLegacyDevice,
} from './ending.ts';
import { countUse } from './rates.ts';
import type { Entry, InboxSocket } from './state.ts';
import { IDLE } from './state.ts';
import type { InboxStep } from './step.ts';
import { soleUserOf } from './users.ts';

type Payload = Extract<LegacyCallFrame, { event: 'call:offer' }>['payload'];

/** How many candidates of a device wait until they can be passed on. */
const WAITING_LIMIT = 64;

/**
 * A legacy device has said something of a call: the inbox takes part in its name. A frame that
 * makes no sense at the moment is ignored [C38].
 */
export const onLegacyFrame = (
  step: InboxStep,
  socket: InboxSocket,
  frame: LegacyCallFrame,
): void => {
  const isHangup = frame.event === 'call:hangup';
  if (!isHangup && socket.line && isLineFull(step, socket.line)) return;
  switch (frame.event) {
    case 'call:offer':
      onOffer(step, socket, frame.payload);
      break;
    case 'call:answer':
      onAnswer(step, socket, frame.payload);
      break;
    case 'call:ice':
      onCandidate(step, socket, toCandidate(frame.payload));
      break;
    case 'call:hangup':
      onHangup(step, socket);
      break;
  }
};

/** The other user of a call of two that was answered, or that rings. */
const peerOf = (entry: Entry | undefined): string | undefined => {
  if (entry?.state === 'ringing') return entry.ring.from.user;
  return entry?.state === 'active' ? soleUserOf(entry.peers) : undefined;
};

/**
 * An offer begins a call, which ends whatever the device was in; within a call with the same user
 * it negotiates anew.
 */
const onOffer = (step: InboxStep, socket: InboxSocket, payload: Payload): void => {
  const to = calleeOf(payload);
  if (to === undefined) return;
  const { line } = socket;
  const entry = line && step.entry(line.call);
  const isForPeer = line !== undefined && peerOf(entry) === to;
  if (isForPeer && line.sent > 0) sendSignal(step, socket, toDescription('offer', payload));
  // The two call each other, and theirs was first: the client drops its own call and rings.
  else if (isForPeer && !mayBeLeft(entry, step.now)) ringAgain(step, socket, line.call);
  // A dial beyond the limit is refused before anything is spent [C28].
  else if (countUse(step, 'dials') > 0) endLegacyCall(step, socket);
  else dialForLegacy(step, socket, { to, payload });
};

/** Asks the Worker for a call in the name of a legacy device, which leaves what it was in [C41]. */
const dialForLegacy = (
  step: InboxStep,
  socket: InboxSocket,
  { to, payload }: { readonly to: string; readonly payload: Payload },
): void => {
  const { device } = socket.who;
  const offer = toDescription('offer', payload);
  const video = isVideo(payload);
  const dial = step.requestCall({ type: 'call', from: step.state.id, device, to, offer, video });
  step.updateSocket(socket, { ...IDLE, dial });
  releaseLegacyDevice(step, socket);
};

/** Whether a legacy caller may have left a call that rings: whoever dials now calls back [C44]. */
const mayBeLeft = (entry: Entry | undefined, now: number): boolean =>
  entry?.state === 'ringing' && entry.here !== undefined && isCallBack(ringTimeOf(entry.ring), now);

const ringAgain = (step: InboxStep, socket: InboxSocket, call: string): void => {
  step.dismissLegacy(socket);
  ringLegacyDevice(step, socket, call);
};

/** An answer takes a ringing call, with the candidates that came before it; later it negotiates. */
const onAnswer = (step: InboxStep, socket: InboxSocket, payload: Payload): void => {
  const { line, who, waiting } = socket;
  const state = line && step.entry(line.call)?.state;
  const isFirst = line?.sent === 0;
  if (!line || (state !== 'ringing' && (state !== 'active' || isFirst))) return;
  if (isFirst) step.act(line.call, who.device, { type: 'accept' });
  step.updateSocket(socket, { waiting: [] });
  const answer = toDescription('answer', payload);
  // Candidates wait for the first answer [C45].
  const signals = isFirst ? [answer, ...waiting] : [...waiting, answer];
  for (const signal of signals) sendSignal(step, socket, signal);
};

const onCandidate = (
  step: InboxStep,
  socket: InboxSocket,
  signal: CarriedSignal | undefined,
): void => {
  const { line, dial, waiting } = socket;
  if (!signal) return;
  if (dial === undefined && line && line.sent > 0) sendSignal(step, socket, signal);
  else if ((line || dial !== undefined) && waiting.length < WAITING_LIMIT) {
    step.updateSocket(socket, { waiting: [...waiting, signal] });
  }
};

/** Sends a signal in the call of a device, with the next number. */
const sendSignal = (step: InboxStep, { id }: InboxSocket, signal: CarriedSignal): void => {
  const socket = step.socket(id);
  if (!socket?.line) return;
  const line = { ...socket.line, sent: socket.line.sent + 1 };
  step.updateSocket(socket, { line });
  if (line.direct) sendDirectly(step, { ...line, direct: line.direct }, signal);
  else step.act(line.call, socket.who.device, { type: 'signal', seq: line.sent, signal });
};

const onHangup = (step: InboxStep, socket: InboxSocket): void => {
  const { line, who } = socket;
  step.updateSocket(socket, IDLE);
  const entry = line && step.entry(line.call);
  if (line?.sent === 0 && entry?.state === 'ringing') declineCall(step, entry, who.device);
  else releaseLegacyDevice(step, socket);
  ringIdleLegacyDevices(step);
};

/** The Worker has said what became of the call that a legacy device asked for. */
export const onCallReply = (
  step: InboxStep,
  { request, device }: Extract<ToWorker, { type: 'call' }>,
  answer: unknown,
): void => {
  const { data } = CallAnswer.safeParse(answer);
  const entry = data?.outcome === 'ok' ? step.entry(data.call) : undefined;
  const own = entry && 'device' in entry && entry.device === device ? entry : undefined;
  const socket = step.state.sockets.find(({ dial }) => dial !== undefined && dial === request);
  const isConnected = own !== undefined && socket?.line?.call === own.call;
  // The device gave the call up before it was known which one it is.
  if (own && !isConnected) hangUpCall(step, own);
  if (!socket) return;
  if (isConnected) {
    step.updateSocket(socket, { dial: undefined, waiting: [] });
    for (const signal of socket.waiting) sendSignal(step, socket, signal);
  } else if (entry?.state === 'ringing') ringAgain(step, socket, entry.call);
  else endLegacyCall(step, socket);
};

/** Ends what a legacy device is in, and tells it so. */
export const endLegacyCall = (step: InboxStep, socket: InboxSocket): void => {
  step.dismissLegacy(socket);
  releaseLegacyDevice(step, socket);
  ringIdleLegacyDevices(step);
};

/** Delivers signals of a call to the legacy devices that are in it or ring, each once. */
export const deliverSignals = (
  step: InboxStep,
  message: Extract<ToInbox, { type: 'signal' }>,
): void => {
  const { call, from, video, device, epoch = 1, seq, signals } = message;
  for (const socket of step.state.sockets) {
    const { line, who } = socket;
    if (line?.call !== call || (device !== undefined && device !== who.device)) continue;
    const last = line.seen.find((seen) => seen.from === from);
    if (last && (epoch < last.epoch || (epoch === last.epoch && seq <= last.seq))) continue;
    // Signals from when the device rang before: they come again, after their description.
    if (epoch !== last?.epoch && signals[0]?.kind === 'candidate') continue;
    const seen = [...line.seen.filter((other) => other !== last), { from, epoch, seq }];
    step.updateSocket(socket, { line: { ...line, seen } });
    for (const signal of signals) {
      const frame = encodeLegacy(signal, from, video);
      if (frame) step.send(socket.id, frame);
    }
  }
};
