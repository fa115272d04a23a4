import { GRACE_MS, type Reason, RING_MS } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import { announce, stayAwake } from './presence.ts';
import { ack, beginAnew, replay } from './signals.ts';
import { type Member, newStream } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * How long the inbox of somebody in a call takes them for busy, and how soon it is told again, in milliseconds: a call that is lost blocks nobody for ever. An inbox that is
 * told has to be woken, and stays awake for ten seconds. A room that has lost its host, and to which nobody comes back, is woken by it at the latest.
 */
const LEASE_MS = 660_000;
const RENEW_MS = 300_000;

/** How long an inbox is tried to be told of a call, in milliseconds: what it holds expires by itself. */
export const TELL_MS = 120_000;

/** Somebody in a group who has not acknowledged what they were sent so long ago hears nothing, in milliseconds: clients do it within five seconds. */
const DEAF_MS = 15_000;

const joined = ({ state }: Member) => state === 'joined';
const ringing = ({ state }: Member) => state === 'ringing';

/** Somebody takes the call on a device: the first device of theirs has it. */
export const accept = (
  turn: Turn,
  user: string,
  device: string,
  old: boolean,
): FrameError | undefined => {
  const { call, now } = turn;
  const member = turn.member(user);
  if (!member || member.state === 'joined') return 'not_now';
  if (member.state === 'left' && !call.group) return 'not_now';
  turn.setMember(user, {
    state: 'joined',
    device,
    old,
    place: Math.max(...turn.members.map(({ place }) => place)) + 1,
    epoch: member.epoch + 1,
    greeted: true,
    joined: true,
    missed: false,
    unreachable: false,
    listening: false,
    awayAt: undefined,
  });
  turn.putStream(newStream(user));
  if (call.state !== 'accepted') {
    turn.set({ state: 'accepted', acceptedAt: now, leaseAt: now + RENEW_MS });
    const { awayAt } = turn.member(call.caller) ?? {};
    // From now on somebody waits for them.
    if (awayAt !== undefined) turn.setMember(call.caller, { awayAt: now });
    // Also where an inbox has not said yet that it rings.
    created(turn);
    occupy(turn, call.caller);
  }
  occupy(turn, user);
  if (old) stayAwake(turn);
  turn.keep();
  for (const { id, device: other } of turn.socketsOf(user)) {
    if (other === device) continue;
    turn.send(id, { type: 'answered_elsewhere' });
    turn.close(id, 'notInCall');
  }
  for (const { profile } of turn.members) {
    if (joined(turn.member(profile.user) ?? member))
      turn.sendTo(profile.user, { type: 'state', state: 'accepted' });
  }
  announce(turn, user);
  // An old device has been sent all of it while it rang.
  if (old)
    for (const { user: from } of call.streams) ack(turn, user, from, turn.stream(from).received);
  else replay(turn, user);
  return undefined;
};

/** Whoever asked for the call hears that it rings. */
export const created = (turn: Turn) => {
  for (const request of turn.call.creating)
    turn.reply(request, { outcome: 'created', state: 'ringing' });
  turn.set({ creating: [] });
};

/** Tells the inbox of somebody in the call that they are busy. */
const occupy = (turn: Turn, user: string) => {
  const { call, now } = turn;
  const { device, epoch, role } = turn.member(user) ?? {};
  if (device === undefined) return;
  const peers = turn.members
    .filter((other) => other.profile.user !== user && !isGone(other))
    .map(({ profile }) => profile.user);
  const until = now + LEASE_MS;
  const active = { type: 'active', call: call.id, device, epoch, role, peers, until } as const;
  turn.post({ party: 'inbox', id: user }, active, true, now + TELL_MS);
};

const isGone = ({ state }: Member) => state === 'left';

/** Refuses the call, on all devices. */
export const decline = (
  turn: Turn,
  user: string,
  reason: 'declined' | 'busy' = 'declined',
): FrameError | undefined => {
  if (turn.member(user)?.state !== 'ringing') return 'not_now';
  leave(turn, user, reason);
  return undefined;
};

/** Gives the call up, before it is accepted or afterwards. */
export const hangUp = (turn: Turn, user: string): FrameError | undefined => {
  const member = turn.member(user);
  if (!member || member.state === 'left') return 'not_now';
  if (member.state === 'ringing') return decline(turn, user);
  leave(turn, user, turn.call.state === 'accepted' ? 'hung_up' : 'cancelled');
  return undefined;
};

/** Somebody is no longer in the call, or does not come. It ends when there are no two left. */
export const leave = (turn: Turn, user: string, reason: Reason) => {
  // Of two the end is told to both, in one word.
  if (!turn.call.group) return end(turn, reason);
  noteMissed(turn, user, reason);
  turn.setMember(user, { state: 'left', device: undefined, awayAt: undefined });
  turn.keep();
  beginAnew(turn, user);
  dismiss(turn, user, reason);
  announce(turn, user, reason);
  const { members, call } = turn;
  const inCall = members.filter(joined);
  const begun = call.acceptedAt !== undefined;
  if (inCall.length === 0 || (inCall.length === 1 && !members.some(ringing))) {
    end(turn, begun && reason !== 'lost' ? 'hung_up' : reason);
  }
};

/** Notes of somebody for whom it rang until now whether they missed the call: whenever they did not refuse it, if it came to ring at all. */
const noteMissed = (turn: Turn, user: string, reason: Reason) => {
  const { state, joined: ever } = turn.member(user) ?? {};
  if (state === 'ringing' && !ever)
    turn.setMember(user, { missed: reason !== 'declined' && reason !== 'failed' });
};

/** Somebody cannot go on, since too much of theirs waits: those of a group who have not acknowledged it for long are out. Without that they would stop all others. */
export const dropDeaf = (turn: Turn, user: string) => {
  if (!turn.call.group) return;
  const late = turn
    .stream(user)
    .log.filter(({ sentAt }) => sentAt !== undefined && sentAt + DEAF_MS <= turn.now);
  for (const to of new Set(late.map((waiting) => waiting.to))) {
    const { state, awayAt } = turn.member(to) ?? {};
    // Whoever is away has the grace.
    if (turn.call.state !== 'ended' && state === 'joined' && awayAt === undefined)
      leave(turn, to, 'lost');
  }
};

/** Tells somebody's devices, here and at the inbox, that it is over for them. */
const dismiss = (turn: Turn, user: string, reason: Reason) => {
  const { id } = turn.call;
  const epoch = turn.member(user)?.epoch;
  turn.post(
    { party: 'inbox', id: user },
    { type: 'stop', call: id, epoch, reason },
    true,
    turn.now + TELL_MS,
  );
  putOut(turn, user, reason);
};

const putOut = (turn: Turn, user: string, reason: Reason) => {
  for (const socket of turn.socketsOf(user)) {
    turn.send(socket.id, { type: 'state', state: 'ended', reason });
    turn.close(socket.id, 'done');
  }
};

/** Ends the call for everybody. One that nobody was to hear of leaves no record. */
export const end = (turn: Turn, reason: Reason, recorded = true) => {
  const { call, now } = turn;
  turn.set({ state: 'ended', endedAt: now, reason, leaseAt: undefined, lookAt: undefined });
  for (const { profile, state } of turn.members) {
    turn.dropSignals(profile.user);
    noteMissed(turn, profile.user, reason);
    if (state !== 'left') dismiss(turn, profile.user, reason);
    // They may be just about to come once more.
    else putOut(turn, profile.user, reason);
  }
  turn.set({ streams: [], sockets: [] });
  for (const request of call.creating)
    turn.reply(request, { outcome: 'created', state: 'ended', reason });
  turn.set({ creating: [] });
  turn.keep();
  if (!recorded) return;
  const { id, caller, video, createdAt, acceptedAt, turn: credentials } = call;
  const callees = turn.members
    .filter(({ role }) => role === 'callee')
    .map(({ profile, joined, missed }) => ({ user: profile.user, joined, missed }));
  turn.post(
    'worker',
    {
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
    true,
    null,
  );
};

/** What time brings: those who do not answer, those who do not come back, the inboxes that have to be told again. */
export const tick = (turn: Turn) => {
  const { now } = turn;
  if (turn.call.createdAt + RING_MS <= now) {
    if (turn.call.state === 'created') return end(turn, 'failed');
    each(turn, ringing, (user) => leave(turn, user, 'missed'));
  }
  if (turn.call.state !== 'accepted') return;
  each(
    turn,
    ({ awayAt }) => awayAt !== undefined && awayAt + GRACE_MS <= now,
    (user) => leave(turn, user, 'lost'),
  );
  if (turn.call.state !== 'accepted') return;
  if ((turn.call.leaseAt ?? 0) > now) return;
  turn.set({ leaseAt: now + RENEW_MS });
  each(turn, joined, (user) => occupy(turn, user));
};

const each = (turn: Turn, which: (member: Member) => boolean, act: (user: string) => void) => {
  for (const member of turn.members)
    if (turn.call.state !== 'ended' && which(member)) act(member.profile.user);
};
