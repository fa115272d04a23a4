import { GRACE_MS, RING_MS } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import type { RoomEvent, Step } from '../definition.ts';
import { answered, due, durable, isEmpty, type Outcome, restart, retry } from '../outbox.ts';
import { Entered, LATER, type ToCall, type ToInbox } from '../wire/messages.ts';
import type { CallFrame } from './decode.ts';
import { accept, created, decline, dropDeaf, end, hangUp, leave, tick } from './lifecycle.ts';
import { gone, hello, join, look, reached, refuse } from './presence.ts';
import { create, createAgain, dialled, listen, permit, RUNG_MS, rung } from './ringing.ts';
import { ack, ackAll, markRefused, receive } from './signals.ts';
import { type CallRoomState, emptyRoom, type KeptCall, newStream, restored } from './state.ts';
import { CallStep } from './step.ts';

/** What happens to a room of a call. */
export type CallEvent = RoomEvent<CallFrame, ToCall>;

/** How long the end of a call is told to those who come late, in milliseconds. */
const LINGER_MS = 60_000;

const done = { outcome: 'done' } as const;

/** The one authority on a call: who is in it, in which state, and what they signal to one another (calls.md). */
export const step = (room: CallRoomState, event: CallEvent, now: number): Step<CallRoomState> => {
  if (!room.call) return withoutCall(room, event, now);
  const step = new CallStep(room.call, now);
  switch (event.type) {
    case 'join':
      if (event.who) join(step, event.id, event.who);
      else step.close(event.id, 'unauthorized');
      break;
    case 'frame':
      frame(step, event.id, event.frame);
      break;
    case 'leave':
      gone(step, event.id);
      break;
    case 'message':
      message(step, event.request, event.message);
      break;
    case 'answered':
      settled(step, event.n, event.answer);
      break;
    case 'alarm':
      step.takeOver(retry(step.call.outbox, now));
      if (step.call.state !== 'ended') {
        if ((step.call.lookAt ?? now + 1) <= now) look(step, event.present);
        tick(step);
        if (step.call.state === 'ringing' && step.call.createdAt + RUNG_MS <= now) created(step);
      }
      break;
  }
  const { endedAt, outbox } = step.call;
  const isOver = endedAt !== undefined && endedAt + LINGER_MS <= now && isEmpty(outbox);
  if (isOver) step.forget();
  const { state: call, effects } = step.result;
  return { state: isOver ? emptyRoom(room.id) : { id: room.id, call }, effects };
};

const withoutCall = (room: CallRoomState, event: CallEvent, now: number): Step<CallRoomState> => {
  if (event.type === 'join')
    return {
      state: room,
      effects: [{ type: 'close', id: event.id, why: 'noSuchCall' }, { type: 'forget' }],
    };
  if (event.type !== 'message') return { state: room, effects: [] };
  const { request, message } = event;
  if (message.type === 'create') {
    const { state: call, effects } = create(room.id, message, request, now).result;
    return { state: { ...room, call }, effects };
  }
  // A host may have written down the name of a room that never was, or is over.
  const answer = message.type === 'permit' ? { outcome: 'no_such_call' } : done;
  return { state: room, effects: [{ type: 'reply', request, answer }, { type: 'forget' }] };
};

const frame = (step: CallStep, id: string, said: CallFrame) => {
  const socket = step.socket(id);
  if (!socket) return;
  if (said.type === 'hello') return hello(step, id, said);
  const error = socket.hello ? act(step, id, socket, said) : 'hello_first';
  if (error) refuse(step, id, error, 'seq' in said ? said.seq : undefined);
};

const act = (
  step: CallStep,
  id: string,
  { user, device }: { user: string; device: string },
  said: Exclude<CallFrame, { type: 'hello' }>,
): FrameError | undefined => {
  switch (said.type) {
    case 'accept':
      return accept(step, user, device, false);
    case 'decline':
      return decline(step, user);
    case 'hangup':
      return hangUp(step, user);
    case 'signal': {
      if (step.member(user)?.state !== 'joined') return 'not_now';
      const error = receive(step, user, said);
      if (error === 'too_much') dropDeaf(step, user);
      return error;
    }
    case 'refused':
      if (step.member(user)?.state === 'joined' && !markRefused(step, user, said.seq))
        return undefined;
      return said.code;
    case 'ack':
      if (step.member(user)?.state !== 'joined') return 'not_now';
      ackAll(step, user, said.seen);
      return undefined;
    case 'ping':
      step.send(id, { type: 'pong' });
      return undefined;
  }
};

const message = (step: CallStep, request: string, said: ToCall) => {
  if (said.type === 'create') return createAgain(step, request);
  if (said.type === 'permit') return step.reply(request, permit(step, said));
  const error = step.call.state === 'ended' ? undefined : actFor(step, said);
  step.reply(request, error === 'too_much' ? LATER : done);
};

/** What the inbox of a user says in the name of one of their devices. */
const actFor = (
  step: CallStep,
  { user, device, action }: Extract<ToCall, { type: 'act' }>,
): FrameError | undefined => {
  const member = step.member(user);
  if (!member) return undefined;
  const has = member.state === 'joined' && member.device === device;
  switch (action.type) {
    case 'accept':
      accept(step, user, device, true);
      return undefined;
    case 'decline':
    case 'busy':
      decline(step, user, action.type === 'busy' ? 'busy' : 'declined');
      return undefined;
    case 'hangup':
      if (has) hangUp(step, user);
      return undefined;
    case 'signal':
      return has && member.old ? receive(step, user, action) : undefined;
    case 'listen':
      if (member.state === 'ringing' && !step.call.group)
        listen(step, user, { device, again: action.again });
      return undefined;
    case 'here':
      reached(step, user);
      return undefined;
    case 'revoke':
      for (const { id, device: other } of step.socketsOf(user))
        if (other === device) step.close(id, 'unauthorized');
      if (has) hangUp(step, user);
      return undefined;
  }
};

/** What became of something that was told to another room or the Worker. */
const settled = (step: CallStep, n: number, answer: unknown) => {
  const { outcomes, ...posted } = answered(step.call.outbox, n, answer, step.now);
  step.takeOver(posted);
  for (const [index, outcome] of outcomes.entries()) {
    // Who has got a later one of the same sender has got this one.
    if (!isFollowed(outcome, outcomes[index + 1])) become(step, outcome);
  }
};

const isFollowed = ({ item: { message }, answer }: Outcome, next: Outcome | undefined): boolean => {
  const later = next?.item.message;
  if (answer === undefined) return false;
  if (message.type !== 'signal' || later?.type !== 'signal' || next?.answer === undefined)
    return false;
  return later.from === message.from && later.epoch === message.epoch;
};

const become = (step: CallStep, { item, answer, over }: Outcome) => {
  const { to, message } = item;
  if (to === 'worker' || to.party !== 'inbox') return;
  if (message.type === 'dial') {
    if (over) dialled(step, answer);
  } else if (message.type === 'ring') rung(step, to.id, answer);
  else if (message.type === 'active') {
    if (Entered.safeParse(answer).data?.outcome === 'busy') evict(step, to.id);
  } else if (message.type === 'signal' && over)
    handedOver(step, to.id, message, answer !== undefined);
};

/** Somebody is in another call after all: they took both at once. */
const evict = (step: CallStep, user: string) => {
  if (step.call.state !== 'ended' && step.member(user)?.state === 'joined')
    leave(step, user, 'busy');
};

/** An old device has got a signal, or cannot be reached. */
const handedOver = (
  step: CallStep,
  user: string,
  { from, epoch, seq }: Extract<ToInbox, { type: 'signal' }>,
  heard: boolean,
) => {
  const member = step.member(user);
  if (step.call.state === 'ended' || member?.state !== 'joined' || !member.old) return;
  if (!heard) leave(step, user, 'lost');
  else if (step.member(from)?.epoch === epoch) ack(step, user, from, seq);
};

/** A room as it begins, or begins again on another host. Clients come back with their memory; an old one cannot (calls.md), and the call ends. */
export const start = (id: string, kept: unknown, now: number): Step<CallRoomState> => {
  if (kept === undefined) return { state: emptyRoom(id), effects: [] };
  const step = new CallStep(restored(kept as KeptCall), now);
  step.takeOver(restart((kept as KeptCall).outbox));
  if (step.call.state !== 'ended') {
    for (const { profile, state, old, awayAt } of step.members) {
      step.putStream(newStream(profile.user, false));
      if (state === 'joined' && !old && awayAt === undefined) {
        step.setMember(profile.user, { awayAt: now });
      }
    }
    if (step.members.some(({ old, state }) => old && state === 'joined')) end(step, 'lost');
  }
  const { state: call, effects } = step.result;
  return { state: { id, call }, effects };
};

/** What outlives the host. */
export const kept = ({ call }: CallRoomState): KeptCall | undefined => {
  if (!call) return undefined;
  const { sockets: _, streams: __, creating: ___, lookAt: ____, ...rest } = call;
  return { ...rest, outbox: durable(call.outbox) };
};

/** When silent sockets are looked for, of which none outlives the host. */
export const reminder = ({ call }: CallRoomState): number | undefined => call?.lookAt;

/** When time brings something next that has to happen. */
export const deadline = ({ call }: CallRoomState): number | undefined => {
  if (!call) return undefined;
  let at = due(call.outbox);
  const by = (time: number | undefined) => {
    if (time !== undefined && (at === undefined || time < at)) at = time;
  };
  // With something still to be told the room waits for that: it would be woken again and again.
  if (call.endedAt !== undefined) by(isEmpty(call.outbox) ? call.endedAt + LINGER_MS : undefined);
  else {
    by(call.leaseAt);
    // Where somebody has no socket, alarms alone keep the host.
    if (call.members.some(({ old }) => old)) by(call.lookAt);
    if (call.state === 'ringing' && call.creating.length > 0) by(call.createdAt + RUNG_MS);
    for (const { state, awayAt } of call.members) {
      if (state === 'ringing') by(call.createdAt + RING_MS);
      if (call.state === 'accepted') by(awayAt && awayAt + GRACE_MS);
    }
  }
  return at;
};
