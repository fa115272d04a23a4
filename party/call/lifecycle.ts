import type { Reason } from '../../src/contract/sockets/call.ts';
import { GRACE_MS, RING_MS } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import { acknowledge, acknowledgeAll, resetStream } from './acks.ts';
import { replaySignals } from './delivery.ts';
import { comingOf, ringsUntil } from './invited.ts';
import { announcePeer, keepAwake } from './presence.ts';
import type { JoinedMember, Member } from './state.ts';
import {
  hasJoined,
  hasMissed,
  isJoined,
  isRinging,
  isUnheard,
  joinedMember,
  leftMember,
  newStream,
} from './state.ts';
import type { CallStep } from './step.ts';

/**
 * How long an inbox takes a user for busy, in milliseconds: a lost call blocks nobody for ever. The
 * lease is renewed rarely, since an inbox that is told wakes up and stays awake for ten seconds. It
 * also wakes a room that has lost its host and to which nobody comes back [C10].
 */
const LEASE_MS = 660_000;
const RENEW_MS = 300_000;

/** How long a member may leave signals unacknowledged, in milliseconds; clients take 5 s. */
const DEAF_MS = 15_000;

/** A device takes the call: the first of a user's devices to do so has it [C2]. */
export const acceptCall = (
  step: CallStep,
  user: string,
  { device, legacy }: Pick<JoinedMember, 'device' | 'legacy'>,
): FrameError | undefined => {
  const { call } = step;
  const member = step.member(user);
  if (!member || isJoined(member)) return 'not_now';
  if (member.state === 'left' && !call.group) return 'not_now';
  const place = Math.max(...step.members.map((other) => other.place)) + 1;
  step.putMember(joinedMember(member, { place, device, legacy }));
  step.putStream(newStream(user));
  if (call.state !== 'accepted') beginTalk(step);
  renewBusyLease(step, user);
  if (legacy) keepAwake(step);
  closeOtherSockets(step, user, device);
  for (const other of step.members)
    step.sendToDevice(other.profile.user, { type: 'state', state: 'accepted' });
  announcePeer(step, user);
  if (!legacy) replayToDevice(step, user);
  // A legacy device was sent all signals while it rang.
  else
    for (const { user: from } of call.streams)
      acknowledge(step, user, { from, seq: step.stream(from).received });
  return undefined;
};

/** Sends the device that has accepted what it has not seen, early or before [C49]. */
const replayToDevice = (step: CallStep, user: string) => {
  for (const { early } of step.socketsOf(user)) if (early) acknowledgeAll(step, user, early);
  replaySignals(step, user);
};

/** The first callee has accepted. */
const beginTalk = (step: CallStep) => {
  const { now, call } = step;
  step.set({ state: 'accepted', acceptedAt: now, leaseAt: now + RENEW_MS });
  const caller = step.member(call.caller);
  // The caller's grace begins only now, when somebody waits for them.
  if (caller && isJoined(caller) && caller.awayAt !== undefined)
    step.putMember({ ...caller, awayAt: now });
  // An accept may overtake the inbox's answer that the call rings.
  replyCreated(step);
  renewBusyLease(step, call.caller);
};

const closeOtherSockets = (step: CallStep, user: string, device: string) => {
  for (const socket of step.socketsOf(user)) {
    if (socket.device === device) continue;
    step.send(socket.id, { type: 'answered_elsewhere' });
    step.close(socket.id, 'notInCall');
  }
};

/** Answers all requests to create the call: it rings. */
export const replyCreated = (step: CallStep) => {
  for (const request of step.call.creating)
    step.reply(request, { outcome: 'created', state: 'ringing' });
  step.set({ creating: [] });
};

/**
 * Tells a joined user's inbox that they are busy.
 *
 * @param moved whether another device has just taken the call over [C52]
 */
export const renewBusyLease = (step: CallStep, user: string, moved = false) => {
  const { call, now } = step;
  const member = step.member(user);
  if (!member || !isJoined(member)) return;
  const { device, epoch, role } = member;
  const peers = step.members
    .filter((other) => other !== member && other.state !== 'left')
    .map(({ profile }) => profile.user);
  const until = now + LEASE_MS;
  const lease = { call: call.id, device, epoch, role, peers, until, ...(moved && { moved }) };
  step.tellInbox(user, { type: 'active', ...lease });
};

/** Refuses the call on all devices of a user. */
export const declineCall = (
  step: CallStep,
  user: string,
  reason: 'declined' | 'busy' = 'declined',
): FrameError | undefined => {
  if (step.member(user)?.state !== 'ringing') return 'not_now';
  leaveCall(step, user, reason);
  return undefined;
};

/** Gives the call up, before it is accepted or afterwards. */
export const hangUp = (step: CallStep, user: string): FrameError | undefined => {
  const member = step.member(user);
  if (!member || member.state === 'left') return 'not_now';
  if (member.state === 'ringing') return declineCall(step, user);
  leaveCall(step, user, step.call.state === 'accepted' ? 'hung_up' : 'cancelled');
  return undefined;
};

/** Takes a member out of the call, which ends when fewer than two are left. */
export const leaveCall = (step: CallStep, user: string, reason: Reason) => {
  // Both of a call of two hear the same reason.
  if (!step.call.group) return endCall(step, reason);
  noteMissed(step, user, reason);
  const member = step.member(user);
  if (member) step.putMember(leftMember(member));
  resetStream(step, user);
  endForUser(step, user, reason);
  announcePeer(step, user, reason);
  const { members, call } = step;
  const count = members.filter(isJoined).length;
  const wasAccepted = call.acceptedAt !== undefined;
  if (count === 0 || (count === 1 && !members.some(isRinging)))
    endCall(step, wasAccepted && reason !== 'lost' ? 'hung_up' : reason);
};

/**
 * Notes whether a member for whom it rang misses the call: unless they refuse it. Of one for whom
 * it did not, what they missed before stays missed [C63].
 */
const noteMissed = (step: CallStep, user: string, reason: Reason) => {
  const member = step.member(user);
  if (!member || !isRinging(member) || reason === 'failed' || member.unheard) return;
  step.putMember({ ...member, missed: reason !== 'declined' });
};

/**
 * When a sender's log is full, drops the members of a group that have not acknowledged for
 * {@link DEAF_MS}: one stalled client must not block the call.
 */
export const dropDeafMembers = (step: CallStep, sender: string) => {
  if (!step.call.group) return;
  const late = step
    .stream(sender)
    .log.filter(({ sentAt }) => sentAt !== undefined && sentAt + DEAF_MS <= step.now);
  for (const user of new Set(late.map(({ to }) => to))) {
    const member = step.member(user);
    if (step.call.state === 'ended' || !member || !isJoined(member)) continue;
    // A member who is away has the grace instead [C12].
    if (member.awayAt === undefined) leaveCall(step, user, 'lost');
  }
};

/** Tells a user's inbox and sockets that the call is over for them. */
const endForUser = (step: CallStep, user: string, reason: Reason) => {
  const { epoch, invited } = step.member(user) ?? {};
  const invitation = invited && { invitation: invited.n };
  step.tellInbox(user, { type: 'stop', call: step.call.id, epoch, ...invitation, reason });
  closeSocketsOf(step, user, reason);
};

const closeSocketsOf = (step: CallStep, user: string, reason: Reason) => {
  for (const { id } of step.socketsOf(user)) {
    step.send(id, { type: 'state', state: 'ended', reason });
    step.close(id, 'done');
  }
};

/** Ends the call for all members. `isRecorded` is false for one that nobody was to hear of. */
export const endCall = (step: CallStep, reason: Reason, isRecorded = true) => {
  const { call, now } = step;
  step.set({ state: 'ended', endedAt: now, reason, leaseAt: undefined, socketCheckAt: undefined });
  for (const { profile, state } of step.members) {
    step.dropPostsTo(profile.user);
    noteMissed(step, profile.user, reason);
    if (state !== 'left') endForUser(step, profile.user, reason);
    // A member who has left may have a socket to join once more.
    else closeSocketsOf(step, profile.user, reason);
  }
  for (const request of call.creating)
    step.reply(request, { outcome: 'created', state: 'ended', reason });
  step.set({ streams: [], sockets: [], creating: [] });
  if (isRecorded) postRecord(step, reason);
};

/** Tells the Worker how the call went, until it has heard [C9]. */
const postRecord = (step: CallStep, reason: Reason) => {
  const { id: call, caller, video, createdAt, acceptedAt, turnCredentials } = step.call;
  const callees = step.members
    .filter(({ role }) => role === 'callee')
    .map((member) => ({
      user: member.profile.user,
      joined: hasJoined(member),
      missed: hasMissed(member),
      ...(isUnheard(member) && { unheard: true }),
      ...(member.invited && { invited: comingOf(step.call, member) }),
    }));
  step.post({
    to: 'worker',
    message: {
      type: 'record',
      call,
      caller,
      video,
      reason,
      createdAt,
      ...(acceptedAt !== undefined && { acceptedAt }),
      endedAt: step.now,
      callees,
      turn: turnCredentials.map(({ name }) => name),
    },
    durable: true,
    until: null,
  });
};

/** Ends what has run out of time: ringing [C4], the grace of who is away [C12], busy leases. */
export const onTimePassed = (step: CallStep) => {
  const { now } = step;
  if (step.call.state === 'created' && step.call.createdAt + RING_MS <= now)
    return endCall(step, 'failed');
  const isMissed = (member: Member) => isRinging(member) && ringsUntil(step.call, member) <= now;
  forEachMember(step, isMissed, (user) => leaveCall(step, user, 'missed'));
  if (step.call.state !== 'accepted') return;
  const isLost = (member: Member) =>
    isJoined(member) && member.awayAt !== undefined && member.awayAt + GRACE_MS <= now;
  forEachMember(step, isLost, (user) => leaveCall(step, user, 'lost'));
  if (step.call.state !== 'accepted') return;
  if ((step.call.leaseAt ?? 0) > now) return;
  step.set({ leaseAt: now + RENEW_MS });
  forEachMember(step, isJoined, (user) => renewBusyLease(step, user));
};

/** Acts on the members that match now, as long as the call has not ended. */
const forEachMember = (
  step: CallStep,
  matches: (member: Member) => boolean,
  act: (user: string) => void,
) => {
  for (const member of step.members)
    if (step.call.state !== 'ended' && matches(member)) act(member.profile.user);
};
