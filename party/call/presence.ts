import type { CallClientFrame, Reason } from '../../src/contract/sockets/call.ts';
import type { CloseReason, FrameError } from '../../src/contract/sockets/protocol.ts';
import {
  DEVICE_LIMIT,
  errorFrame,
  SILENCE_MS,
  VERSION,
} from '../../src/contract/sockets/protocol.ts';
import type { Present } from '../definition.ts';
import type { Entrant } from '../wire/messages.ts';
import { acknowledgeAll, resetStream } from './acks.ts';
import { noteSeenEarly, replayEarly, replaySignals } from './delivery.ts';
import { ringsUntil } from './invited.ts';
import type { CallSocket, JoinedMember } from './state.ts';
import { deviceOf, isJoined, isMovable, isOnLegacyDevice, isRinging, peerOf } from './state.ts';
import type { CallStep } from './step.ts';

/**
 * How often a room with a legacy device is woken, in milliseconds. That device has no socket here,
 * a Durable Object without connections loses its memory after ten seconds, and legacy clients
 * cannot send their signals again.
 */
const AWAKE_MS = 5_000;

/** How many tickets of one user are remembered, each for a minute at most. */
const TICKET_LIMIT = 64;

/**
 * How long a device watches a call that it is not in, in milliseconds: before its user joins a
 * group again, or moves the call to it. Their inbox may not pass on that its session ends.
 */
const WATCH_MS = 60_000;

/** Why a connection with a good ticket is closed, if it is; sends what the code does not tell. */
const refuseEntrant = (step: CallStep, id: string, who: Entrant): CloseReason | undefined => {
  const { state, reason } = step.call;
  const member = step.member(who.user);
  if (!member || member.role !== who.role) return 'notInCall';
  if (state === 'ended') {
    step.send(id, { type: 'state', state, ...(reason && { reason }) });
    return 'done';
  }
  if (deviceOf(member) === who.device) return undefined;
  if (isJoined(member) && !(who.takeOver && isMovable(step.call, member))) {
    step.send(id, { type: 'answered_elsewhere' });
    return 'notInCall';
  }
  return step.socketsOf(who.user).length >= DEVICE_LIMIT ? 'full' : undefined;
};

/** Lets a connection in: a ticket is good once [C18], the newest socket of a device wins [C19]. */
export const onConnect = (step: CallStep, id: string, who: Entrant) => {
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
  const why = refuseEntrant(step, id, who);
  if (why) step.close(id, why);
  else {
    step.setSocket({ id, user, device, hello: false, since: now, until });
    if (call.socketCheckAt === undefined) step.set({ socketCheckAt: now + SILENCE_MS });
  }
  markAway(step, user);
};

type Hello = Extract<CallClientFrame, { type: 'hello' }>;

/** The first frame of a socket: answers it with the call and all signals that wait. */
export const onHello = (step: CallStep, id: string, { version, resume, early }: Hello) => {
  const socket = step.socket(id);
  if (!socket) return;
  const { user } = socket;
  if (socket.hello) return sendError(step, id, { code: 'not_now' });
  if (version !== VERSION) {
    step.close(id, 'version');
    return markAway(step, user);
  }
  const greeted = { ...socket, hello: true };
  step.setSocket(greeted);
  const member = step.member(user);
  const joined = member && hasCall(step, socket) && isJoined(member) ? member : undefined;
  if (joined) onReturn(step, joined, resume);
  else markReachable(step, user);
  sendWelcome(step, socket);
  if (early && member && isRinging(member) && !member.unheard)
    replayEarly(step, noteSeenEarly(step, greeted, resume?.seen ?? {}));
  if (!joined) return;
  // Acks that were sent while the client was gone did not reach it.
  const { acked } = step.stream(user);
  if (acked > (resume?.acked ?? 0)) step.send(id, { type: 'acked', seq: acked });
  announcePeer(step, user);
  replaySignals(step, user);
};

/** A joined member has a socket again, or for the first time. */
const onReturn = (step: CallStep, member: JoinedMember, resume: Hello['resume']) => {
  const { user } = member.profile;
  const stream = step.stream(user);
  const isForgetful = !resume && (member.greeted || !stream.known);
  const epoch = isForgetful ? member.epoch + 1 : member.epoch;
  step.putMember({ ...member, awayAt: undefined, greeted: true, epoch });
  if (isForgetful) return resetStream(step, user);
  if (!resume) return;
  const { acked, seen } = resume;
  if (!stream.known) step.putStream({ ...stream, known: true, received: acked, acked });
  acknowledgeAll(step, user, seen);
};

/** Whether a socket is of the device that has the call for its user. */
export const hasCall = (step: CallStep, { user, device }: CallSocket): boolean =>
  deviceOf(step.member(user)) === device;

/** Sends a client the state of the call and its members. */
export const sendWelcome = (step: CallStep, socket: CallSocket) => {
  const { id, user } = socket;
  const joined = hasCall(step, socket);
  const { id: call, state, video, group, caller } = step.call;
  const viewer = step.member(user);
  if (!viewer) return;
  const ringing = isRinging(viewer) ? [viewer] : step.members.filter(isRinging);
  const until = Math.max(...ringing.map((member) => ringsUntil(step.call, member)));
  step.send(id, {
    type: 'welcome',
    version: VERSION,
    call,
    state,
    video,
    group,
    caller,
    you: user,
    joined,
    ...(isJoined(viewer) && !joined && { movable: true }),
    // A device that is not in the call yet will number its signals from 1.
    received: joined ? step.stream(user).received : 0,
    ...(ringing.length > 0 && { ringsForMs: Math.max(0, until - step.now) }),
    peers: step.members
      .filter((member) => member !== viewer)
      .map((member) => peerOf(member, viewer)),
  });
};

/** Tells all others the state of a member. */
export const announcePeer = (step: CallStep, user: string, reason?: Reason) => {
  const member = step.member(user);
  if (!member) return;
  for (const viewer of step.members) {
    if (viewer === member) continue;
    const peer = peerOf(member, viewer);
    step.sendToUser(viewer.profile.user, { type: 'peer', peer, ...(reason && { reason }) });
  }
};

/** Notes that a device of a ringing member has come [C5]. */
export const markReachable = (step: CallStep, user: string) => {
  const member = step.member(user);
  if (!member || !isRinging(member) || (member.here && !member.unreachable)) return;
  // This may overtake an earlier answer of the inbox, which is ignored then.
  step.putMember({ ...member, here: true, unreachable: false });
  if (member.unreachable) announcePeer(step, user);
};

/** A connection has ended. */
export const onSocketClosed = (step: CallStep, id: string) => {
  const socket = step.socket(id);
  if (!socket) return;
  step.dropSocket(id);
  markAway(step, socket.user);
};

/** Marks a joined member as away since now if no socket of their device is left. */
const markAway = (step: CallStep, user: string) => {
  const member = step.member(user);
  if (!member || !isJoined(member) || member.legacy || member.awayAt !== undefined) return;
  if (step.socketsOf(user).some((socket) => socket.hello && hasCall(step, socket))) return;
  step.putMember({ ...member, awayAt: step.now });
  announcePeer(step, user);
};

/** When a connection ends by itself, in milliseconds since 1970: with its session [C25]. */
const endOf = (step: CallStep, socket: CallSocket): number => {
  const { user, since, until } = socket;
  const isWatching = step.member(user)?.state !== 'ringing' && !hasCall(step, socket);
  return isWatching ? Math.min(until, since + WATCH_MS) : until;
};

/** Closes the sockets that have been silent for too long [C23] or whose session is over [C25]. */
export const closeSilentSockets = (step: CallStep, present: readonly Present[]) => {
  const { now } = step;
  const heard = new Map(present.map(({ id, heardAt }) => [id, heardAt]));
  const silentAt = ({ id }: CallSocket) => (heard.get(id) ?? 0) + SILENCE_MS;
  for (const socket of step.call.sockets) {
    const isSilent = silentAt(socket) <= now;
    if (!isSilent && endOf(step, socket) > now) continue;
    step.close(socket.id, isSilent ? 'silent' : 'unauthorized');
    markAway(step, socket.user);
  }
  const times = step.call.sockets.map((socket) => Math.min(silentAt(socket), endOf(step, socket)));
  step.set({ socketCheckAt: times.length > 0 ? Math.min(...times) : undefined });
  if (step.members.some(isOnLegacyDevice)) keepAwake(step);
};

/** Has the room woken before its host takes its memory. */
export const keepAwake = (step: CallStep) => {
  const { now, call } = step;
  const socketCheckAt = Math.min(now + AWAKE_MS, call.socketCheckAt ?? Number.POSITIVE_INFINITY);
  step.set({ socketCheckAt });
};

/** Tells a client that a frame was refused, by its `seq` if it was a signal. */
export const sendError = (
  step: CallStep,
  id: string,
  { code, seq }: { readonly code: FrameError; readonly seq?: number | undefined },
) => step.send(id, errorFrame(code, seq));
