import { type CallClientFrame, type Reason, RING_MS } from '../../src/contract/sockets/call.ts';
import {
  type CloseReason,
  DEVICE_LIMIT,
  errorFrame,
  type FrameError,
  SILENCE_MS,
  VERSION,
} from '../../src/contract/sockets/protocol.ts';
import type { Present } from '../definition.ts';
import type { Entrant } from '../wire/messages.ts';
import { ackAll, beginAnew, replay } from './signals.ts';
import { type CallSocket, type Member, peerOf } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * How often a room is woken in whose call an old device is, in milliseconds. Such a device has no socket here; a Durable Object to which nobody is connected loses its
 * memory after ten seconds, and old devices cannot say again what they said.
 */
const AWAKE_MS = 5_000;

/** How many tickets of one user are remembered; each for a minute at most. */
const TICKET_LIMIT = 64;

/** How long somebody who has left a group call may look at it before they join again, in milliseconds: their inbox, which hears when a session ends, no longer knows the call. */
const LOOK_MS = 60_000;

/** Why somebody with a ticket is not let in, if so; where the answer is not just the code, they have been told. */
const refusal = (turn: Turn, id: string, who: Entrant): CloseReason | undefined => {
  const { call } = turn;
  const member = turn.member(who.user);
  if (!member || member.role !== who.role) return 'notInCall';
  if (call.state === 'ended') {
    turn.send(id, { type: 'state', state: 'ended', ...(call.reason && { reason: call.reason }) });
    return 'done';
  }
  if (member.state === 'joined' && member.device !== who.device) {
    turn.send(id, { type: 'answered_elsewhere' });
    return 'notInCall';
  }
  return turn.socketsOf(who.user).length >= DEVICE_LIMIT ? 'full' : undefined;
};

/** Somebody comes whom the Worker has let in. Their ticket is of use once; the newest socket of a device wins. */
export const join = (turn: Turn, id: string, who: Entrant) => {
  const { call, now } = turn;
  const { ticket, user, device, until } = who;
  const used = call.used.filter((other) => other.until > now);
  if (!ticket || ticket.until <= now || used.some((other) => other.id === ticket.id))
    return turn.close(id, 'unauthorized');
  if (used.filter((other) => other.user === user).length >= TICKET_LIMIT)
    return turn.close(id, 'full');
  turn.set({ used: [...used, { ...ticket, user }] });
  turn.keep();
  for (const other of turn.socketsOf(user))
    if (other.device === device) turn.close(other.id, 'replaced');
  const why = refusal(turn, id, who);
  if (why) turn.close(id, why);
  else {
    turn.setSocket({ id, user, device, hello: false, since: now, until });
    if (call.lookAt === undefined) turn.set({ lookAt: now + SILENCE_MS });
  }
  missing(turn, user);
};

/** The first frame of a socket. */
export const hello = (
  turn: Turn,
  id: string,
  frame: Extract<CallClientFrame, { type: 'hello' }>,
) => {
  const socket = turn.socket(id);
  if (!socket) return;
  if (socket.hello) return refuse(turn, id, 'not_now');
  if (frame.version !== VERSION) {
    turn.close(id, 'version');
    return missing(turn, socket.user);
  }
  turn.setSocket({ ...socket, hello: true });
  const member = turn.member(socket.user);
  if (member?.state === 'joined') comeBack(turn, socket.user, member, frame.resume);
  else reached(turn, socket.user);
  welcome(turn, id, socket.user);
  if (member?.state !== 'joined') return;
  // What was said of it while they were gone did not reach them.
  const { acked } = turn.stream(socket.user);
  if (acked > (frame.resume?.acked ?? 0)) turn.send(id, { type: 'acked', seq: acked });
  announce(turn, socket.user);
  replay(turn, socket.user);
};

type Resume = Extract<CallClientFrame, { type: 'hello' }>['resume'];

/** Somebody who is in the call has a socket again, or for the first time. */
const comeBack = (turn: Turn, user: string, member: Member, resume: Resume) => {
  turn.setMember(user, { awayAt: undefined, greeted: true });
  if (resume) {
    const stream = turn.stream(user);
    if (!stream.known)
      turn.putStream({ ...stream, known: true, received: resume.acked, acked: resume.acked });
    ackAll(turn, user, resume.seen);
  } else if (member.greeted || !turn.stream(user).known) {
    turn.setMember(user, { epoch: member.epoch + 1 });
    beginAnew(turn, user);
  }
  if (!member.greeted || !resume || member.awayAt !== undefined) turn.keep();
};

/** Where the call is, and who is in it. */
const welcome = (turn: Turn, id: string, user: string) => {
  const { id: call, state, video, group, caller, createdAt } = turn.call;
  const viewer = turn.member(user);
  if (!viewer) return;
  turn.send(id, {
    type: 'welcome',
    version: VERSION,
    call,
    state,
    video,
    group,
    caller,
    you: user,
    joined: viewer.state === 'joined',
    received: turn.stream(user).received,
    ...(turn.members.some(({ state }) => state === 'ringing') && {
      ringsForMs: Math.max(0, createdAt + RING_MS - turn.now),
    }),
    peers: turn.members
      .filter(({ profile }) => profile.user !== user)
      .map((member) => peerOf(member, viewer)),
  });
};

/** Tells all others where somebody is now. */
export const announce = (turn: Turn, user: string, reason?: Reason) => {
  const member = turn.member(user);
  if (!member) return;
  for (const viewer of turn.members) {
    if (viewer.profile.user === user) continue;
    turn.sendTo(viewer.profile.user, {
      type: 'peer',
      peer: peerOf(member, viewer),
      ...(reason && { reason }),
    });
  }
};

/** A device of somebody has come for whom it rings where nobody heard it. */
export const reached = (turn: Turn, user: string) => {
  const member = turn.member(user);
  if (member?.state !== 'ringing' || (member.here && !member.unreachable)) return;
  // It can overtake what the inbox has answered before.
  turn.setMember(user, { here: true, unreachable: false });
  turn.keep();
  if (member.unreachable) announce(turn, user);
};

/** A connection has ended. */
export const gone = (turn: Turn, id: string) => {
  const socket = turn.socket(id);
  if (!socket) return;
  turn.dropSocket(id);
  missing(turn, socket.user);
};

/** Notes since when somebody who is in the call has no socket, if so. */
const missing = (turn: Turn, user: string) => {
  const member = turn.member(user);
  if (member?.state !== 'joined' || member.old || member.awayAt !== undefined) return;
  if (turn.socketsOf(user).some(({ hello }) => hello)) return;
  turn.setMember(user, { awayAt: turn.now });
  // A room without anybody may lose its memory before the grace is over.
  turn.keep();
  announce(turn, user);
};

/** When a connection ends by itself: with its session. */
const endOf = (turn: Turn, { user, since, until }: CallSocket): number =>
  turn.member(user)?.state === 'left' ? Math.min(until, since + LOOK_MS) : until;

/** Ends the connections that have been silent for too long, or whose session is over. */
export const look = (turn: Turn, present: readonly Present[]) => {
  const { now } = turn;
  const heard = new Map(present.map(({ id, heardAt }) => [id, heardAt]));
  for (const socket of turn.call.sockets) {
    const { id, user } = socket;
    const silent = (heard.get(id) ?? 0) + SILENCE_MS <= now;
    if (!silent && endOf(turn, socket) > now) continue;
    turn.close(id, silent ? 'silent' : 'unauthorized');
    missing(turn, user);
  }
  const times = turn.call.sockets.map((socket) =>
    Math.min((heard.get(socket.id) ?? 0) + SILENCE_MS, endOf(turn, socket)),
  );
  turn.set({ lookAt: times.length > 0 ? Math.min(...times) : undefined });
  if (turn.members.some(({ old }) => old)) stayAwake(turn);
};

/** Has the room woken before its host lets it forget. */
export const stayAwake = (turn: Turn) => {
  const { now, call } = turn;
  turn.set({ lookAt: Math.min(now + AWAKE_MS, call.lookAt ?? Number.POSITIVE_INFINITY) });
};

/** Tells a client that a frame was refused. */
export const refuse = (turn: Turn, id: string, error: FrameError, seq?: number) =>
  turn.send(id, errorFrame(error, seq));
