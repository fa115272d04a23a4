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
import type { CallStep } from './step.ts';

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
const refusal = (step: CallStep, id: string, who: Entrant): CloseReason | undefined => {
  const { call } = step;
  const member = step.member(who.user);
  if (!member || member.role !== who.role) return 'notInCall';
  if (call.state === 'ended') {
    step.send(id, { type: 'state', state: 'ended', ...(call.reason && { reason: call.reason }) });
    return 'done';
  }
  if (member.state === 'joined' && member.device !== who.device) {
    step.send(id, { type: 'answered_elsewhere' });
    return 'notInCall';
  }
  return step.socketsOf(who.user).length >= DEVICE_LIMIT ? 'full' : undefined;
};

/** Somebody comes whom the Worker has let in. Their ticket is of use once; the newest socket of a device wins. */
export const join = (step: CallStep, id: string, who: Entrant) => {
  const { call, now } = step;
  const { ticket, user, device, until } = who;
  const used = call.used.filter((other) => other.until > now);
  if (!ticket || ticket.until <= now || used.some((other) => other.id === ticket.id))
    return step.close(id, 'unauthorized');
  if (used.filter((other) => other.user === user).length >= TICKET_LIMIT)
    return step.close(id, 'full');
  step.set({ used: [...used, { ...ticket, user }] });
  for (const other of step.socketsOf(user))
    if (other.device === device) step.close(other.id, 'replaced');
  const why = refusal(step, id, who);
  if (why) step.close(id, why);
  else {
    step.setSocket({ id, user, device, hello: false, since: now, until });
    if (call.lookAt === undefined) step.set({ lookAt: now + SILENCE_MS });
  }
  missing(step, user);
};

/** The first frame of a socket. */
export const hello = (
  step: CallStep,
  id: string,
  frame: Extract<CallClientFrame, { type: 'hello' }>,
) => {
  const socket = step.socket(id);
  if (!socket) return;
  if (socket.hello) return refuse(step, id, 'not_now');
  if (frame.version !== VERSION) {
    step.close(id, 'version');
    return missing(step, socket.user);
  }
  step.setSocket({ ...socket, hello: true });
  const member = step.member(socket.user);
  if (member?.state === 'joined') comeBack(step, socket.user, member, frame.resume);
  else reached(step, socket.user);
  welcome(step, id, socket.user);
  if (member?.state !== 'joined') return;
  // What was said of it while they were gone did not reach them.
  const { acked } = step.stream(socket.user);
  if (acked > (frame.resume?.acked ?? 0)) step.send(id, { type: 'acked', seq: acked });
  announce(step, socket.user);
  replay(step, socket.user);
};

type Resume = Extract<CallClientFrame, { type: 'hello' }>['resume'];

/** Somebody who is in the call has a socket again, or for the first time. */
const comeBack = (step: CallStep, user: string, member: Member, resume: Resume) => {
  step.setMember(user, { awayAt: undefined, greeted: true });
  if (resume) {
    const stream = step.stream(user);
    if (!stream.known)
      step.putStream({ ...stream, known: true, received: resume.acked, acked: resume.acked });
    ackAll(step, user, resume.seen);
  } else if (member.greeted || !step.stream(user).known) {
    step.setMember(user, { epoch: member.epoch + 1 });
    beginAnew(step, user);
  }
};

/** Where the call is, and who is in it. */
const welcome = (step: CallStep, id: string, user: string) => {
  const { id: call, state, video, group, caller, createdAt } = step.call;
  const viewer = step.member(user);
  if (!viewer) return;
  step.send(id, {
    type: 'welcome',
    version: VERSION,
    call,
    state,
    video,
    group,
    caller,
    you: user,
    joined: viewer.state === 'joined',
    received: step.stream(user).received,
    ...(step.members.some(({ state }) => state === 'ringing') && {
      ringsForMs: Math.max(0, createdAt + RING_MS - step.now),
    }),
    peers: step.members
      .filter(({ profile }) => profile.user !== user)
      .map((member) => peerOf(member, viewer)),
  });
};

/** Tells all others where somebody is now. */
export const announce = (step: CallStep, user: string, reason?: Reason) => {
  const member = step.member(user);
  if (!member) return;
  for (const viewer of step.members) {
    if (viewer.profile.user === user) continue;
    step.sendToUser(viewer.profile.user, {
      type: 'peer',
      peer: peerOf(member, viewer),
      ...(reason && { reason }),
    });
  }
};

/** A device of somebody has come for whom it rings where nobody heard it. */
export const reached = (step: CallStep, user: string) => {
  const member = step.member(user);
  if (member?.state !== 'ringing' || (member.here && !member.unreachable)) return;
  // It can overtake what the inbox has answered before.
  step.setMember(user, { here: true, unreachable: false });
  if (member.unreachable) announce(step, user);
};

/** A connection has ended. */
export const gone = (step: CallStep, id: string) => {
  const socket = step.socket(id);
  if (!socket) return;
  step.dropSocket(id);
  missing(step, socket.user);
};

/** Notes since when somebody who is in the call has no socket, if so. */
const missing = (step: CallStep, user: string) => {
  const member = step.member(user);
  if (member?.state !== 'joined' || member.old || member.awayAt !== undefined) return;
  if (step.socketsOf(user).some(({ hello }) => hello)) return;
  step.setMember(user, { awayAt: step.now });
  // A room without anybody may lose its memory before the grace is over.
  announce(step, user);
};

/** When a connection ends by itself: with its session. */
const endOf = (step: CallStep, { user, since, until }: CallSocket): number =>
  step.member(user)?.state === 'left' ? Math.min(until, since + LOOK_MS) : until;

/** Ends the connections that have been silent for too long, or whose session is over. */
export const look = (step: CallStep, present: readonly Present[]) => {
  const { now } = step;
  const heard = new Map(present.map(({ id, heardAt }) => [id, heardAt]));
  for (const socket of step.call.sockets) {
    const { id, user } = socket;
    const silent = (heard.get(id) ?? 0) + SILENCE_MS <= now;
    if (!silent && endOf(step, socket) > now) continue;
    step.close(id, silent ? 'silent' : 'unauthorized');
    missing(step, user);
  }
  const times = step.call.sockets.map((socket) =>
    Math.min((heard.get(socket.id) ?? 0) + SILENCE_MS, endOf(step, socket)),
  );
  step.set({ lookAt: times.length > 0 ? Math.min(...times) : undefined });
  if (step.members.some(({ old }) => old)) stayAwake(step);
};

/** Has the room woken before its host lets it forget. */
export const stayAwake = (step: CallStep) => {
  const { now, call } = step;
  step.set({ lookAt: Math.min(now + AWAKE_MS, call.lookAt ?? Number.POSITIVE_INFINITY) });
};

/** Tells a client that a frame was refused. */
export const refuse = (step: CallStep, id: string, error: FrameError, seq?: number) =>
  step.send(id, errorFrame(error, seq));
