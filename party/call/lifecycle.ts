import { GRACE_MS, type Reason, RING_MS } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import type { ToInbox } from '../wire/messages.ts';
import { announce, stayAwake } from './presence.ts';
import { ack, beginAnew, replay } from './signals.ts';
import { type Member, newStream } from './state.ts';
import type { CallStep } from './step.ts';

/**
 * How long the inbox of somebody in a call takes them for busy, and how soon it is told again, in milliseconds: a call that is lost blocks nobody for ever. An inbox that is
 * told has to be woken, and stays awake for ten seconds. A room that has lost its host, and to which nobody comes back, is woken by it at the latest.
 */
const LEASE_MS = 660_000;
const RENEW_MS = 300_000;

/** How long an inbox is tried to be told of a call, in milliseconds: what it holds expires by itself. */
const TELL_MS = 120_000;

/** Tells the inbox of a user of this call, whatever becomes of the host. */
export const tellInbox = (step: CallStep, user: string, message: ToInbox): void => {
  step.post({
    to: { party: 'inbox', id: user },
    message,
    durable: true,
    until: step.now + TELL_MS,
  });
};

/** Somebody in a group who has not acknowledged what they were sent so long ago hears nothing, in milliseconds: clients do it within five seconds. */
const DEAF_MS = 15_000;

const joined = ({ state }: Member) => state === 'joined';
const ringing = ({ state }: Member) => state === 'ringing';

/** Somebody takes the call on a device: the first device of theirs has it. */
export const accept = (
  step: CallStep,
  user: string,
  device: string,
  old: boolean,
): FrameError | undefined => {
  const { call, now } = step;
  const member = step.member(user);
  if (!member || member.state === 'joined') return 'not_now';
  if (member.state === 'left' && !call.group) return 'not_now';
  step.setMember(user, {
    state: 'joined',
    device,
    old,
    place: Math.max(...step.members.map(({ place }) => place)) + 1,
    epoch: member.epoch + 1,
    greeted: true,
    joined: true,
    missed: false,
    unreachable: false,
    listening: false,
    awayAt: undefined,
  });
  step.putStream(newStream(user));
  if (call.state !== 'accepted') {
    step.set({ state: 'accepted', acceptedAt: now, leaseAt: now + RENEW_MS });
    const { awayAt } = step.member(call.caller) ?? {};
    // From now on somebody waits for them.
    if (awayAt !== undefined) step.setMember(call.caller, { awayAt: now });
    // Also where an inbox has not said yet that it rings.
    created(step);
    occupy(step, call.caller);
  }
  occupy(step, user);
  if (old) stayAwake(step);
  for (const { id, device: other } of step.socketsOf(user)) {
    if (other === device) continue;
    step.send(id, { type: 'answered_elsewhere' });
    step.close(id, 'notInCall');
  }
  for (const { profile } of step.members) {
    if (joined(step.member(profile.user) ?? member))
      step.sendToUser(profile.user, { type: 'state', state: 'accepted' });
  }
  announce(step, user);
  // An old device has been sent all of it while it rang.
  if (old)
    for (const { user: from } of call.streams) ack(step, user, from, step.stream(from).received);
  else replay(step, user);
  return undefined;
};

/** Whoever asked for the call hears that it rings. */
export const created = (step: CallStep) => {
  for (const request of step.call.creating)
    step.reply(request, { outcome: 'created', state: 'ringing' });
  step.set({ creating: [] });
};

/** Tells the inbox of somebody in the call that they are busy. */
const occupy = (step: CallStep, user: string) => {
  const { call, now } = step;
  const { device, epoch, role } = step.member(user) ?? {};
  if (device === undefined) return;
  const peers = step.members
    .filter((other) => other.profile.user !== user && !isGone(other))
    .map(({ profile }) => profile.user);
  const until = now + LEASE_MS;
  const active = { type: 'active', call: call.id, device, epoch, role, peers, until } as const;
  tellInbox(step, user, active);
};

const isGone = ({ state }: Member) => state === 'left';

/** Refuses the call, on all devices. */
export const decline = (
  step: CallStep,
  user: string,
  reason: 'declined' | 'busy' = 'declined',
): FrameError | undefined => {
  if (step.member(user)?.state !== 'ringing') return 'not_now';
  leave(step, user, reason);
  return undefined;
};

/** Gives the call up, before it is accepted or afterwards. */
export const hangUp = (step: CallStep, user: string): FrameError | undefined => {
  const member = step.member(user);
  if (!member || member.state === 'left') return 'not_now';
  if (member.state === 'ringing') return decline(step, user);
  leave(step, user, step.call.state === 'accepted' ? 'hung_up' : 'cancelled');
  return undefined;
};

/** Somebody is no longer in the call, or does not come. It ends when there are no two left. */
export const leave = (step: CallStep, user: string, reason: Reason) => {
  // Of two the end is told to both, in one word.
  if (!step.call.group) return end(step, reason);
  noteMissed(step, user, reason);
  step.setMember(user, { state: 'left', device: undefined, awayAt: undefined });
  beginAnew(step, user);
  dismiss(step, user, reason);
  announce(step, user, reason);
  const { members, call } = step;
  const inCall = members.filter(joined);
  const begun = call.acceptedAt !== undefined;
  if (inCall.length === 0 || (inCall.length === 1 && !members.some(ringing))) {
    end(step, begun && reason !== 'lost' ? 'hung_up' : reason);
  }
};

/** Notes of somebody for whom it rang until now whether they missed the call: whenever they did not refuse it, if it came to ring at all. */
const noteMissed = (step: CallStep, user: string, reason: Reason) => {
  const { state, joined: ever } = step.member(user) ?? {};
  if (state === 'ringing' && !ever)
    step.setMember(user, { missed: reason !== 'declined' && reason !== 'failed' });
};

/** Somebody cannot go on, since too much of theirs waits: those of a group who have not acknowledged it for long are out. Without that they would stop all others. */
export const dropDeaf = (step: CallStep, user: string) => {
  if (!step.call.group) return;
  const late = step
    .stream(user)
    .log.filter(({ sentAt }) => sentAt !== undefined && sentAt + DEAF_MS <= step.now);
  for (const to of new Set(late.map((waiting) => waiting.to))) {
    const { state, awayAt } = step.member(to) ?? {};
    // Whoever is away has the grace.
    if (step.call.state !== 'ended' && state === 'joined' && awayAt === undefined)
      leave(step, to, 'lost');
  }
};

/** Tells somebody's devices, here and at the inbox, that it is over for them. */
const dismiss = (step: CallStep, user: string, reason: Reason) => {
  const { id } = step.call;
  const epoch = step.member(user)?.epoch;
  tellInbox(step, user, { type: 'stop', call: id, epoch, reason });
  putOut(step, user, reason);
};

const putOut = (step: CallStep, user: string, reason: Reason) => {
  for (const socket of step.socketsOf(user)) {
    step.send(socket.id, { type: 'state', state: 'ended', reason });
    step.close(socket.id, 'done');
  }
};

/** Ends the call for everybody. One that nobody was to hear of leaves no record. */
export const end = (step: CallStep, reason: Reason, recorded = true) => {
  const { call, now } = step;
  step.set({ state: 'ended', endedAt: now, reason, leaseAt: undefined, lookAt: undefined });
  for (const { profile, state } of step.members) {
    step.dropPostsTo(profile.user);
    noteMissed(step, profile.user, reason);
    if (state !== 'left') dismiss(step, profile.user, reason);
    // They may be just about to come once more.
    else putOut(step, profile.user, reason);
  }
  step.set({ streams: [], sockets: [] });
  for (const request of call.creating)
    step.reply(request, { outcome: 'created', state: 'ended', reason });
  step.set({ creating: [] });
  if (!recorded) return;
  const { id, caller, video, createdAt, acceptedAt, turn: credentials } = call;
  const callees = step.members
    .filter(({ role }) => role === 'callee')
    .map(({ profile, joined, missed }) => ({ user: profile.user, joined, missed }));
  step.post({
    to: 'worker',
    message: {
      type: 'record',
      call: id,
      caller,
      video,
      reason,
      createdAt,
      ...(acceptedAt !== undefined && { acceptedAt }),
      endedAt: now,
      callees,
      turn: credentials.map(({ name }) => name),
    },
    durable: true,
    until: null,
  });
};

/** What time brings: those who do not answer, those who do not come back, the inboxes that have to be told again. */
export const tick = (step: CallStep) => {
  const { now } = step;
  if (step.call.createdAt + RING_MS <= now) {
    if (step.call.state === 'created') return end(step, 'failed');
    each(step, ringing, (user) => leave(step, user, 'missed'));
  }
  if (step.call.state !== 'accepted') return;
  each(
    step,
    ({ awayAt }) => awayAt !== undefined && awayAt + GRACE_MS <= now,
    (user) => leave(step, user, 'lost'),
  );
  if (step.call.state !== 'accepted') return;
  if ((step.call.leaseAt ?? 0) > now) return;
  step.set({ leaseAt: now + RENEW_MS });
  each(step, joined, (user) => occupy(step, user));
};

const each = (step: CallStep, which: (member: Member) => boolean, act: (user: string) => void) => {
  for (const member of step.members)
    if (step.call.state !== 'ended' && which(member)) act(member.profile.user);
};
