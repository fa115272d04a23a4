import type { RoomCall } from '../../../party/call/state.ts';
import { awayAtOf, deviceOf, isJoined } from '../../../party/call/state.ts';
import { hold } from '../broken.ts';
import { liveCall } from '../world.ts';
import type { ClientCall } from './client-call.ts';
import type { ClientWorld } from './client-world.ts';
import type { Talk } from './talk.ts';

/** The calls of devices, those of pages that are gone left out. */
const callsOf = (world: ClientWorld): readonly ClientCall[] =>
  [...world.devices.values()].flatMap(({ calls }) => calls.filter(({ gone }) => !gone));

/** The call of the SDK that a member of a room speaks by. */
const speakerOf = (world: ClientWorld, room: RoomCall, user: string): ClientCall | undefined => {
  const member = room.members.find(({ profile }) => profile.user === user);
  if (!member || !isJoined(member) || awayAtOf(member) !== undefined) return undefined;
  const device = [...world.devices.values()].find(({ sid }) => sid === deviceOf(member));
  const call = device?.call;
  return call && !call.gone && call.state.call === room.id ? call : undefined;
};

/** Checks what must hold once nothing has failed for a while. */
export const checkCalm = (world: ClientWorld): void => {
  const rooms = [...world.rooms.calls.values()].flatMap((room) => liveCall(room) ?? []);
  hold(world.errors.length === 0, () => `a connection could not: ${world.errors.join(', ')}`);
  for (const call of callsOf(world)) checkBelief(call, rooms);
  for (const room of rooms) {
    if (room.state !== 'accepted') continue;
    const joined = room.members.filter(isJoined).map(({ profile }) => profile.user);
    for (const one of joined)
      for (const other of joined) if (one < other) checkTalk(world, room, [one, other]);
  }
};

/** Checks that a call of a device is what the room says, and that it waits for nothing for ever. */
const checkBelief = (call: ClientCall, rooms: readonly RoomCall[]) => {
  const { state } = call.view;
  if (call.over) return;
  const room = rooms.find(({ id }) => id === call.state.call);
  hold(room !== undefined, () => `${call.name} is ${state.state} in a call that is no more`);
  const sid = `sid-${call.name.replace(/#.*/, '')}`;
  const has = room.members.some((member) => deviceOf(member) === sid);
  const isRinging = state.state === 'ringing';
  hold(
    has === call.state.joined,
    () => `${call.name} ${has ? 'does not know that it has' : 'thinks that it has'} ${room.id}`,
  );
  hold(
    has || isRinging,
    () => `${call.name} is ${state.state}, and ${room.id} knows nothing of it`,
  );
  hold(call.view.link.state === 'online', () => `${call.name} is not connected to the room`);
  const { pending, waiting } = call.state.signals;
  if (!call.state.joined || room.state !== 'accepted') return;
  const isAlone = !room.members.some((one) => isJoined(one) && deviceOf(one) !== sid);
  hold(
    isAlone || (waiting.length === 0 && pending.length === 0),
    () => `${call.name} keeps ${waiting.length} and ${pending.length} signals`,
  );
  const isTalking = state.state === 'talking' || (room.group && state.state === 'connecting');
  hold(isTalking, () => `${call.name} is ${JSON.stringify(state)} in ${room.id}, which goes on`);
};

/** Checks that two who are in a call hear each other. */
const checkTalk = (world: ClientWorld, room: RoomCall, [one, other]: [string, string]) => {
  const speakers = [speakerOf(world, room, one), speakerOf(world, room, other)] as const;
  const [a, b] = speakers;
  if (!a || !b) return;
  const [there, here] = [talkWith(a, other), talkWith(b, one)];
  const what = () => `${a.name} and ${b.name} in ${room.id}`;
  hold(there !== undefined && here !== undefined, () => `${what()} have no connection`);
  for (const { connection } of [there, here]) {
    hold(
      connection.signalingState === 'stable',
      () => `${what()}: ${connection.id} is ${connection.signalingState}`,
    );
    hold(
      connection.connectionState === 'connected',
      () => `${what()}: ${connection.id} is ${connection.connectionState}`,
    );
  }
  hold(
    there.connection.session === here.connection.session,
    () => `${what()} talk in ${there.connection.session} and ${here.connection.session}`,
  );
  checkSignals(there, here);
  checkSignals(here, there);
};

const talkWith = (call: ClientCall, user: string): Talk | undefined => {
  const id = call.view.people.find((person) => person.user === user)?.connection;
  return id === undefined ? undefined : call.talks.get(id);
};

/** Checks that each signal has come, once and in order. */
const checkSignals = (from: Talk, to: Talk) => {
  const said = from.said.map((signal) => JSON.stringify(signal)).join('\n');
  const heard = to.heard.map((signal) => JSON.stringify(signal)).join('\n');
  const [speaker, hearer] = [from.connection.id, to.connection.id];
  hold(said === heard, () => `${speaker} said\n${said}\n${hearer} heard\n${heard}`);
};

/** Checks what must hold once everybody has left. */
export const checkOver = (world: ClientWorld): void => {
  for (const call of callsOf(world)) {
    hold(call.over, () => `${call.name} is ${JSON.stringify(call.view.state)} for ever`);
    for (const [action, settled] of call.actions)
      hold(settled === 1, () => `${call.name} settles ${action} ${settled} times`);
    hold(call.talks.size === 0, () => `${call.name} keeps ${call.talks.size} connections`);
    checkEnding(world, call);
  }
};

/** Checks that a call ended as the room has recorded it. */
const checkEnding = (world: ClientWorld, call: ClientCall) => {
  const { state, error } = call.view;
  if (state.state !== 'ended' || call.wasLeft) return;
  const { reason, by } = state;
  const record = world.rooms.worker.records.get(call.state.call ?? '');
  const what = () =>
    `${call.name} ended as ${reason} by ${by}, and the room says ${record?.reason}`;
  if (reason === 'failed') {
    const isKnown = error !== undefined || !call.wasWelcomed || record?.reason === 'failed';
    return hold(isKnown, what);
  }
  if (reason === 'answered_elsewhere' || reason === 'moved' || reason === 'replaced') {
    const user = call.name.slice(0, 1);
    const others = [...world.devices.values()].filter((one) => one.user === user);
    return hold(others.length > 1, what);
  }
  if (!record || state.reason === record.reason) return;
  // Of several each ends by themselves.
  if (call.state.group && !call.wasTold) return;
  if (call.state.group) return;
  // What this device could not tell the room, or the room could not tell it.
  hold(!call.wasTold && !call.wasWelcomed, what);
};
