import type { InboxClientFrame } from '../../src/contract/sockets/inbox.ts';
import type { LegacyFrame } from '../../src/contract/sockets/legacy.ts';
import type { Present, RoomEvent, RoomStart, Step } from '../definition.ts';
import type { Item, Outcome } from '../outbox.ts';
import { EMPTY_OUTBOX, restart, retry, takeAnswer } from '../outbox.ts';
import type { ToInbox } from '../wire/messages.ts';
import { onTyping, tellDevices } from './chats.ts';
import { findSilent, onConnect, onSocketClosed } from './devices.ts';
import { onDial } from './dialling.ts';
import { onDirect } from './direct.ts';
import { declineCall, expireCalls, hangUpCall } from './ending.ts';
import { onCallMoved, tellHeldCallAfter } from './held.ts';
import { deliverSignals, endLegacyCall, onCallReply, onLegacyFrame } from './legacy.ts';
import { pushMessage } from './pushing.ts';
import { countUse } from './rates.ts';
import { onRing } from './ringing.ts';
import {
  checkSessions,
  endSessions,
  expireSessions,
  onSessionsReply,
  sessionsOtherThan,
} from './sessions.ts';
import type { Entry, EntryIn, InboxSocket, InboxState, StoredInbox } from './state.ts';
import { EMPTY_INBOX, IDLE, isLegacyDevice } from './state.ts';
import { InboxStep } from './step.ts';
import { enterCall, leaveCall } from './taking-part.ts';
import { expireWelcomes, onFeedReply, onHello } from './welcome.ts';

/** A frame of a new device, or of a legacy one. */
export type InboxFrame = InboxClientFrame | LegacyFrame;

/** What happens to an inbox. */
export type InboxEvent = RoomEvent<InboxFrame, ToInbox>;

const DONE = { outcome: 'done' } as const;

/**
 * Starts an inbox with what was stored, and the devices that were connected while it slept: the new
 * ones have said hello. Legacy devices that are not among them have left their calls.
 */
export const startInbox = (
  id: string,
  { kept: stored, present, now }: RoomStart,
): Step<InboxState> => {
  const { lines, outbox, ...rest } = { ...EMPTY_INBOX, ...(stored as StoredInbox | undefined) };
  const sockets = present.flatMap((connection): InboxSocket[] => {
    const { who } = connection;
    if (!who) return [];
    const { device, ...line } = lines.find((other) => other.device === who.device) ?? {};
    return [{ ...IDLE, id: connection.id, who, hello: !who.old, ...('call' in line && { line }) }];
  });
  const unwritten = { linesAt: undefined, sessionsCheckedAt: undefined, feedAsked: 0 };
  const step = new InboxStep({ id, ...rest, sockets, outbox: EMPTY_OUTBOX, ...unwritten }, now);
  step.takeOver(restart(outbox));
  tellHeldCallAfter(step, () => {
    for (const entry of [...step.entriesIn('dialling'), ...step.entriesIn('active')]) {
      if (isLegacyDevice(entry.device) && !step.socketOf(entry.device)) hangUpCall(step, entry);
    }
  });
  return step.result;
};

/** Takes one step of an inbox: here devices of a user are reached, and it is known who is busy. */
export const stepInbox = (state: InboxState, event: InboxEvent, now: number): Step<InboxState> => {
  const step = new InboxStep(state, now);
  tellHeldCallAfter(step, () => {
    expireCalls(step);
    expireSessions(step);
  });
  expireWelcomes(step);
  tellHeldCallAfter(step, () => dispatch(step, event));
  return step.result;
};

const dispatch = (step: InboxStep, event: InboxEvent): void => {
  switch (event.type) {
    case 'join':
      onConnect(step, event);
      checkSessions(step, event.id);
      break;
    case 'frame':
      onFrame(step, step.socket(event.id), event.frame);
      break;
    case 'leave':
      onSocketClosed(step, step.socket(event.id));
      break;
    case 'message':
      step.reply(event.request, onMessage(step, event.message, event.present));
      if (event.message.type === 'ring' || event.message.type === 'active') checkSessions(step);
      break;
    case 'answered':
      onReply(step, event.n, event.answer);
      break;
    case 'alarm':
      step.takeOver(retry(step.state.outbox, step.now));
      break;
  }
};

/** A device has said something, in its own dialect. */
const onFrame = (step: InboxStep, socket: InboxSocket | undefined, frame: InboxFrame): void => {
  if (!socket) return;
  if ('type' in frame && frame.type === 'ping') {
    step.send(socket.id, { type: 'pong' });
    return;
  }
  if (socket.who.old !== 'event' in frame) return;
  if ('event' in frame) onLegacyFrame(step, socket, frame);
  else if (frame.type === 'hello') onHello(step, socket, frame);
  else if (!socket.hello) step.sendError(socket, 'hello_first');
  else if (frame.type === 'typing') onTyping(step, socket, frame.chat);
  else {
    const entry = step.entry(frame.call);
    if (frame.type === 'hangup') {
      if (entry && mayHangUp(entry, socket)) hangUpCall(step, entry);
      else step.sendError(socket, 'not_now');
    } else if (entry?.state === 'ringing') declineCall(step, entry, socket.who.device);
    else step.sendError(socket, 'not_now');
  }
};

/** Whether a device may end a call: any device if nobody has answered, else the one in it [C34]. */
const mayHangUp = (entry: Entry, { who }: InboxSocket): entry is EntryIn<'dialling' | 'active'> =>
  entry.state === 'dialling' || (entry.state === 'active' && entry.device === who.device);

/** A room or the Worker has said something; returns the answer. */
const onMessage = (step: InboxStep, message: ToInbox, present: readonly Present[] = []): object => {
  switch (message.type) {
    case 'dial':
      return onDial(step, message);
    case 'ring':
      return onRing(step, message, findSilent(step, present));
    case 'active':
      return enterCall(step, message);
    case 'moved':
      onCallMoved(step, message);
      return DONE;
    case 'stop':
      leaveCall(step, message);
      return DONE;
    case 'signal':
      deliverSignals(step, message);
      return DONE;
    case 'direct':
      onDirect(step, message);
      return DONE;
    case 'turn':
    case 'invite': {
      const retryAfterSeconds = countUse(step, message.type === 'turn' ? 'turns' : 'dials');
      return retryAfterSeconds > 0 ? { outcome: 'limited', retryAfterSeconds } : { outcome: 'ok' };
    }
    case 'chat':
      tellDevices(step, message);
      pushMessage(step, message, findSilent(step, present));
      return DONE;
    case 'revoked': {
      const { sids, others } = message;
      endSessions(step, others ? [...sids, ...sessionsOtherThan(step, others)] : sids);
      return DONE;
    }
  }
};

/** A call or the Worker has answered what it was told; or has not, then `answer` is undefined. */
const onReply = (step: InboxStep, n: number, answer: unknown): void => {
  onFeedReply(step, n, answer);
  const { outcomes, ...posted } = takeAnswer(step.state.outbox, { n, answer }, step.now);
  step.takeOver(posted);
  for (const outcome of outcomes) if (outcome.over) onOutcome(step, outcome);
};

/** The legacy device that has said what an item holds, if it is in that call still. */
const findSender = (step: InboxStep, { to, message }: Item): InboxSocket | undefined =>
  step.state.sockets.find(({ who, line }) => {
    if (message.type === 'signal') return line?.call === message.call && line.direct !== undefined;
    const isActOf = message.type === 'act' && message.device === who.device;
    return isActOf && to !== 'worker' && line?.call === to.id;
  });

/** A message has been answered, or is not tried again. */
const onOutcome = (step: InboxStep, { item, answer }: Outcome): void => {
  const { to, message, durable } = item;
  if (message.type === 'call') onCallReply(step, message, answer);
  if (message.type === 'sessions') onSessionsReply(step, answer);
  if (answer !== undefined || durable || to === 'worker') return;
  // Signals did not arrive, and a legacy device cannot say again what is lost.
  const socket = findSender(step, item);
  if (socket) endLegacyCall(step, socket);
};
