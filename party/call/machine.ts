import { GRACE_MS } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import type { RoomEvent, RoomStart, Step } from '../definition.ts';
import type { Outcome } from '../outbox.ts';
import { due, isEmpty, restart, retry, takeAnswer } from '../outbox.ts';
import { LATER } from '../wire/batch.ts';
import type { ToCall, ToInbox } from '../wire/messages.ts';
import { ActiveAnswer } from '../wire/messages.ts';
import { acknowledge, acknowledgeAll } from './acks.ts';
import { noteSeenEarly } from './delivery.ts';
import { letTalkDirectly } from './directly.ts';
import { ringsUntil } from './invited.ts';
import { inviteToCall } from './inviting.ts';
import type { KeptCall } from './kept.ts';
import { readCall, writeCall } from './kept.ts';
import * as lifecycle from './lifecycle.ts';
import { moveRunningCall } from './moving.ts';
import * as presence from './presence.ts';
import * as ringing from './ringing.ts';
import { markRefused, receiveSignal } from './signals.ts';
import type { CallFrame, CallRoomState, CallSocket } from './state.ts';
import { emptyRoom, isJoined, isOnLegacyDevice, newStream } from './state.ts';
import { CallStep } from './step.ts';

/** What happens to the room of a call. */
export type CallEvent = RoomEvent<CallFrame, ToCall>;

/** How long the end of a call is told to those who come late, in milliseconds. */
const LINGER_MS = 60_000;

const DONE = { outcome: 'done' } as const;

/** One step of the only authority on a call: who is in it, its state, and its signals. */
export const stepCall = (
  room: CallRoomState,
  event: CallEvent,
  now: number,
): Step<CallRoomState> => {
  if (!room.call) return stepWithoutCall(room, event, now);
  const step = new CallStep(room.call, now);
  onEvent(step, event);
  const { endedAt, outbox } = step.call;
  const isOver = endedAt !== undefined && endedAt + LINGER_MS <= now && isEmpty(outbox);
  if (isOver) step.forget();
  const { state: call, effects } = step.result;
  return { state: isOver ? emptyRoom(room.id) : { id: room.id, call }, effects };
};

const onEvent = (step: CallStep, event: CallEvent) => {
  switch (event.type) {
    case 'join':
      if (event.who) presence.onConnect(step, event.id, event.who);
      else step.close(event.id, 'unauthorized');
      return;
    case 'frame':
      return onFrame(step, event.id, event.frame);
    case 'leave':
      return presence.onSocketClosed(step, event.id);
    case 'message':
      return onMessage(step, event.request, event.message);
    case 'answered':
      return onReply(step, event.n, event.answer);
    case 'alarm':
      return onAlarm(step, event);
  }
};

const stepWithoutCall = (
  room: CallRoomState,
  event: CallEvent,
  now: number,
): Step<CallRoomState> => {
  if (event.type === 'join')
    return {
      state: room,
      effects: [{ type: 'close', id: event.id, why: 'noSuchCall' }, { type: 'forget' }],
    };
  if (event.type !== 'message') return { state: room, effects: [] };
  const { request, message } = event;
  if (message.type === 'create') {
    const step = ringing.createCall(room.id, message, { request, now });
    const { state: call, effects } = step.result;
    return { state: { ...room, call }, effects };
  }
  // A host may know the name of a room that has never had a call, or whose call is over.
  const answer = message.type === 'act' ? DONE : { outcome: 'no_such_call' };
  return { state: room, effects: [{ type: 'reply', request, answer }, { type: 'forget' }] };
};

const onAlarm = (step: CallStep, { present }: Extract<CallEvent, { type: 'alarm' }>) => {
  const { now } = step;
  step.takeOver(retry(step.call.outbox, now));
  if (step.call.state === 'ended') return;
  if ((step.call.socketCheckAt ?? now + 1) <= now) presence.closeSilentSockets(step, present);
  lifecycle.onTimePassed(step);
  const { state, createdAt } = step.call;
  if (state === 'ringing' && createdAt + ringing.RUNG_MS <= now) lifecycle.replyCreated(step);
};

const onFrame = (step: CallStep, id: string, frame: CallFrame) => {
  const socket = step.socket(id);
  if (!socket) return;
  if (frame.type === 'hello') return presence.onHello(step, id, frame);
  const code = socket.hello ? onClientFrame(step, socket, frame) : 'hello_first';
  const seq = 'seq' in frame ? frame.seq : undefined;
  if (code) presence.sendError(step, id, { code, seq });
};

/** Does what a client asks for after its hello; answers why the frame is refused, if it is. */
const onClientFrame = (
  step: CallStep,
  socket: CallSocket,
  frame: Exclude<CallFrame, { type: 'hello' }>,
): FrameError | undefined => {
  const { id, user, device, early } = socket;
  const isIn = presence.hasCall(step, socket);
  switch (frame.type) {
    case 'accept':
      return lifecycle.acceptCall(step, user, { device, legacy: false });
    case 'decline':
      return lifecycle.declineCall(step, user);
    case 'hangup':
      // Whoever has the call on another device hangs up there.
      if (!isIn && step.member(user)?.state === 'joined') return 'not_now';
      return lifecycle.hangUp(step, user);
    case 'move':
      return moveRunningCall(step, socket);
    case 'signal': {
      if (!isIn) return 'not_now';
      const error = receiveSignal(step, user, frame);
      if (error === 'too_much') lifecycle.dropDeafMembers(step, user);
      return error;
    }
    case 'refused':
      return isIn && !markRefused(step, user, frame.seq) ? undefined : frame.code;
    case 'ack':
      if (isIn) acknowledgeAll(step, user, frame.seen);
      else if (early) noteSeenEarly(step, socket, frame.seen);
      else return 'not_now';
      return undefined;
    case 'ping':
      step.send(id, { type: 'pong' });
      return undefined;
  }
};

const onMessage = (step: CallStep, request: string, message: ToCall) => {
  if (message.type === 'create') return ringing.onCreateAgain(step, request);
  if (message.type === 'permit') return step.reply(request, ringing.permitDevice(step, message));
  if (message.type === 'invite') return step.reply(request, inviteToCall(step, message));
  const error = step.call.state === 'ended' ? undefined : onInboxAction(step, message);
  step.reply(request, error === 'too_much' ? LATER : DONE);
};

/** Does what a user's inbox asks for in the name of one of their devices. */
const onInboxAction = (
  step: CallStep,
  { user, device, action }: Extract<ToCall, { type: 'act' }>,
): FrameError | undefined => {
  const member = step.member(user);
  if (!member) return undefined;
  const hasCall = isJoined(member) && member.device === device;
  switch (action.type) {
    case 'accept':
      lifecycle.acceptCall(step, user, { device, legacy: true });
      return undefined;
    case 'decline':
    case 'busy':
      // Since then it rings for them once more.
      if ((action.invitation ?? 0) < (member.invited?.n ?? 0)) return undefined;
      lifecycle.declineCall(step, user, action.type === 'busy' ? 'busy' : 'declined');
      return undefined;
    case 'hangup':
      if (hasCall) lifecycle.hangUp(step, user);
      return undefined;
    case 'signal':
      return hasCall && member.legacy ? receiveSignal(step, user, action) : undefined;
    case 'listen':
      if (!step.call.group) ringing.onLegacyListen(step, user, { device, again: action.again });
      return undefined;
    case 'here':
      presence.markReachable(step, user);
      return undefined;
    case 'revoke':
      for (const socket of step.socketsOf(user))
        if (socket.device === device) step.close(socket.id, 'unauthorized');
      if (hasCall) lifecycle.hangUp(step, user);
      return undefined;
  }
};

/** Another room or the Worker has answered a post, or has not (`undefined`). */
const onReply = (step: CallStep, n: number, answer: unknown) => {
  const { outcomes, ...posted } = takeAnswer(step.call.outbox, { n, answer }, step.now);
  step.takeOver(posted);
  for (const [index, outcome] of outcomes.entries())
    if (!isCovered(outcome, outcomes[index + 1])) onOutcome(step, outcome);
};

/** Whether a delivered signal is followed by a delivered one of its stream, which says the same. */
const isCovered = ({ item: { message }, answer }: Outcome, next: Outcome | undefined): boolean => {
  const later = next?.item.message;
  if (answer === undefined) return false;
  if (message.type !== 'signal' || later?.type !== 'signal' || next?.answer === undefined)
    return false;
  return later.from === message.from && later.epoch === message.epoch;
};

const onOutcome = (step: CallStep, { item, answer, over }: Outcome) => {
  const { to, message } = item;
  if (to === 'worker' || to.party !== 'inbox') return;
  if (message.type === 'dial' && over) ringing.onDialReply(step, answer);
  if (message.type === 'ring')
    ringing.onRingReply(step, { user: to.id, invitation: message.invitation }, answer);
  if (message.type === 'active' && ActiveAnswer.safeParse(answer).data?.outcome === 'busy')
    leaveForOtherCall(step, to.id);
  if (message.type === 'signal' && over)
    onLegacyDelivery(step, message, { user: to.id, isDelivered: answer !== undefined });
};

/** Takes out a member whose inbox says that they are in another call, which they took as well. */
const leaveForOtherCall = (step: CallStep, user: string) => {
  if (step.call.state !== 'ended' && step.member(user)?.state === 'joined')
    lifecycle.leaveCall(step, user, 'busy');
};

/** A legacy device has got a signal, or could not be reached and is lost [C39]. */
const onLegacyDelivery = (
  step: CallStep,
  { from, epoch, seq }: Extract<ToInbox, { type: 'signal' }>,
  { user, isDelivered }: { readonly user: string; readonly isDelivered: boolean },
) => {
  const member = step.member(user);
  if (step.call.state === 'ended' || !isOnLegacyDevice(member)) return;
  if (!isDelivered) return lifecycle.leaveCall(step, user, 'lost');
  if (step.member(from)?.epoch !== epoch) return;
  acknowledge(step, user, { from, seq });
  letTalkDirectly(step, { from, to: user, seq });
};

/**
 * A room as it begins, or begins again on another host. Clients come back with their memory; legacy
 * clients cannot, so a call with one ends [C39].
 */
export const startCall = (id: string, { kept, now }: RoomStart): Step<CallRoomState> => {
  if (kept === undefined) return { state: emptyRoom(id), effects: [] };
  const written = kept as KeptCall;
  const step = new CallStep(readCall(written), now);
  step.takeOver(restart(written.outbox));
  if (step.call.state !== 'ended') {
    for (const member of step.members) {
      step.putStream(newStream(member.profile.user, false));
      if (isJoined(member) && !member.legacy && member.awayAt === undefined)
        step.putMember({ ...member, awayAt: now });
    }
    if (step.members.some(isOnLegacyDevice)) lifecycle.endCall(step, 'lost');
  }
  const { state: call, effects } = step.result;
  return { state: { id, call }, effects };
};

/** What outlives the host. */
export const writeRoom = ({ call }: CallRoomState): KeptCall | undefined => call && writeCall(call);

/** When sockets are checked, in milliseconds since 1970; none of them outlives the host. */
export const nextReminder = ({ call }: CallRoomState): number | undefined => call?.socketCheckAt;

/** When the room has to be woken next, whatever becomes of its host; milliseconds since 1970. */
export const nextDeadline = ({ call }: CallRoomState): number | undefined => {
  if (!call) return undefined;
  let at = due(call.outbox);
  const by = (time: number | undefined) => {
    if (time !== undefined && (at === undefined || time < at)) at = time;
  };
  // An ended call waits for its outbox alone, or the alarm would go off again and again.
  if (call.endedAt !== undefined) by(isEmpty(call.outbox) ? call.endedAt + LINGER_MS : undefined);
  else {
    by(call.leaseAt);
    // A legacy device has no socket here, so alarms alone keep the host.
    if (call.members.some(isOnLegacyDevice)) by(call.socketCheckAt);
    if (call.state === 'ringing' && call.creating.length > 0) by(call.createdAt + ringing.RUNG_MS);
    for (const member of call.members) {
      if (member.state === 'ringing') by(ringsUntil(call, member));
      if (call.state !== 'accepted' || !isJoined(member)) continue;
      by(member.awayAt && member.awayAt + GRACE_MS);
    }
  }
  return at;
};
