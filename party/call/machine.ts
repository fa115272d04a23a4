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
import { Turn } from './turn.ts';

/** What happens to a room of a call. */
export type CallEvent = RoomEvent<CallFrame, ToCall>;

/** How long the end of a call is told to those who come late, in milliseconds. */
const LINGER_MS = 60_000;

const done = { outcome: 'done' } as const;

/** The one authority on a call: who is in it, in which state, and what they signal to one another (calls.md). */
export const step = (room: CallRoomState, event: CallEvent, now: number): Step<CallRoomState> => {
  if (!room.call) return withoutCall(room, event, now);
  const turn = new Turn(room.call, now);
  switch (event.type) {
    case 'join':
      if (event.who) join(turn, event.id, event.who);
      else turn.close(event.id, 'unauthorized');
      break;
    case 'frame':
      frame(turn, event.id, event.frame);
      break;
    case 'leave':
      gone(turn, event.id);
      break;
    case 'message':
      message(turn, event.request, event.message);
      break;
    case 'answered':
      settled(turn, event.n, event.answer);
      break;
    case 'alarm':
      turn.posted(retry(turn.call.outbox, now));
      if (turn.call.state !== 'ended') {
        if ((turn.call.lookAt ?? now + 1) <= now) look(turn, event.present);
        tick(turn);
        if (turn.call.state === 'ringing' && turn.call.createdAt + RUNG_MS <= now) created(turn);
      }
      break;
  }
  const { call } = turn;
  if (call.endedAt !== undefined && call.endedAt + LINGER_MS <= now && isEmpty(call.outbox)) {
    turn.forget();
    return { state: emptyRoom(room.id), effects: turn.effects };
  }
  return { state: { id: room.id, call }, effects: turn.effects };
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
    const { call, effects } = create(room.id, message, request, now);
    return { state: { ...room, call }, effects };
  }
  // A host may have written down the name of a room that never was, or is over.
  const answer = message.type === 'permit' ? { outcome: 'no_such_call' } : done;
  return { state: room, effects: [{ type: 'reply', request, answer }, { type: 'forget' }] };
};

const frame = (turn: Turn, id: string, said: CallFrame) => {
  const socket = turn.socket(id);
  if (!socket) return;
  if (said.type === 'hello') return hello(turn, id, said);
  const error = socket.hello ? act(turn, id, socket, said) : 'hello_first';
  if (error) refuse(turn, id, error, 'seq' in said ? said.seq : undefined);
};

const act = (
  turn: Turn,
  id: string,
  { user, device }: { user: string; device: string },
  said: Exclude<CallFrame, { type: 'hello' }>,
): FrameError | undefined => {
  switch (said.type) {
    case 'accept':
      return accept(turn, user, device, false);
    case 'decline':
      return decline(turn, user);
    case 'hangup':
      return hangUp(turn, user);
    case 'signal': {
      if (turn.member(user)?.state !== 'joined') return 'not_now';
      const error = receive(turn, user, said);
      if (error === 'too_much') dropDeaf(turn, user);
      return error;
    }
    case 'refused':
      if (turn.member(user)?.state === 'joined' && !markRefused(turn, user, said.seq))
        return undefined;
      return said.code;
    case 'ack':
      if (turn.member(user)?.state !== 'joined') return 'not_now';
      ackAll(turn, user, said.seen);
      return undefined;
    case 'ping':
      turn.send(id, { type: 'pong' });
      return undefined;
  }
};

const message = (turn: Turn, request: string, said: ToCall) => {
  if (said.type === 'create') return createAgain(turn, request);
  if (said.type === 'permit') return turn.reply(request, permit(turn, said));
  const error = turn.call.state === 'ended' ? undefined : actFor(turn, said);
  turn.reply(request, error === 'too_much' ? LATER : done);
};

/** What the inbox of a user says in the name of one of their devices. */
const actFor = (
  turn: Turn,
  { user, device, action }: Extract<ToCall, { type: 'act' }>,
): FrameError | undefined => {
  const member = turn.member(user);
  if (!member) return undefined;
  const has = member.state === 'joined' && member.device === device;
  switch (action.type) {
    case 'accept':
      accept(turn, user, device, true);
      return undefined;
    case 'decline':
    case 'busy':
      decline(turn, user, action.type === 'busy' ? 'busy' : 'declined');
      return undefined;
    case 'hangup':
      if (has) hangUp(turn, user);
      return undefined;
    case 'signal':
      return has && member.old ? receive(turn, user, action) : undefined;
    case 'listen':
      if (member.state === 'ringing' && !turn.call.group)
        listen(turn, user, { device, again: action.again });
      return undefined;
    case 'here':
      reached(turn, user);
      return undefined;
    case 'revoke':
      for (const { id, device: other } of turn.socketsOf(user))
        if (other === device) turn.close(id, 'unauthorized');
      if (has) hangUp(turn, user);
      return undefined;
  }
};

/** What became of something that was told to another room or the Worker. */
const settled = (turn: Turn, n: number, answer: unknown) => {
  const { outcomes, ...posted } = answered(turn.call.outbox, n, answer, turn.now);
  turn.posted(posted);
  for (const [index, outcome] of outcomes.entries()) {
    // Who has got a later one of the same sender has got this one.
    if (!isFollowed(outcome, outcomes[index + 1])) become(turn, outcome);
  }
};

const isFollowed = ({ item: { message }, answer }: Outcome, next: Outcome | undefined): boolean => {
  const later = next?.item.message;
  if (answer === undefined) return false;
  if (message.type !== 'signal' || later?.type !== 'signal' || next?.answer === undefined)
    return false;
  return later.from === message.from && later.epoch === message.epoch;
};

const become = (turn: Turn, { item, answer, over }: Outcome) => {
  if (item.durable && over) turn.keep();
  const { to, message } = item;
  if (to === 'worker' || to.party !== 'inbox') return;
  if (message.type === 'dial') {
    if (over) dialled(turn, answer);
  } else if (message.type === 'ring') rung(turn, to.id, answer);
  else if (message.type === 'active') {
    if (Entered.safeParse(answer).data?.outcome === 'busy') evict(turn, to.id);
  } else if (message.type === 'signal' && over)
    handedOver(turn, to.id, message, answer !== undefined);
};

/** Somebody is in another call after all: they took both at once. */
const evict = (turn: Turn, user: string) => {
  if (turn.call.state !== 'ended' && turn.member(user)?.state === 'joined')
    leave(turn, user, 'busy');
};

/** An old device has got a signal, or cannot be reached. */
const handedOver = (
  turn: Turn,
  user: string,
  { from, epoch, seq }: Extract<ToInbox, { type: 'signal' }>,
  heard: boolean,
) => {
  const member = turn.member(user);
  if (turn.call.state === 'ended' || member?.state !== 'joined' || !member.old) return;
  if (!heard) leave(turn, user, 'lost');
  else if (turn.member(from)?.epoch === epoch) ack(turn, user, from, seq);
};

/** A room as it begins, or begins again on another host. Clients come back with their memory; an old one cannot (calls.md), and the call ends. */
export const start = (id: string, kept: unknown, now: number): Step<CallRoomState> => {
  if (kept === undefined) return { state: emptyRoom(id), effects: [] };
  const turn = new Turn(restored(kept as KeptCall), now);
  turn.posted(restart((kept as KeptCall).outbox));
  if (turn.call.state !== 'ended') {
    for (const { profile, state, old, awayAt } of turn.members) {
      turn.putStream(newStream(profile.user, false));
      if (state === 'joined' && !old && awayAt === undefined) {
        turn.setMember(profile.user, { awayAt: now });
        turn.keep();
      }
    }
    if (turn.members.some(({ old, state }) => old && state === 'joined')) end(turn, 'lost');
  }
  return { state: { id, call: turn.call }, effects: turn.effects };
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
