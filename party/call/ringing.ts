import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { Profile } from '../../src/contract/sockets/inbox.ts';
import { EMPTY_OUTBOX } from '../outbox.ts';
import type { CreateAnswer, PermitAnswer, ToCall } from '../wire/messages.ts';
import { DialAnswer, RingAnswer } from '../wire/messages.ts';
import { resetStream } from './acks.ts';
import { replayToLegacy } from './delivery.ts';
import { declineCall, endCall, leaveCall, replyCreated } from './lifecycle.ts';
import { dialExpiresAt, heldCallOf, moveCall } from './moving.ts';
import { announcePeer, keepAwake, markReachable } from './presence.ts';
import type { Member, RingingMember, RoomCall } from './state.ts';
import {
  isJoined,
  isMovable,
  isRinging,
  isUnheard,
  newRingingMember,
  newStream,
  sizeOf,
} from './state.ts';
import { CallStep } from './step.ts';

type Create = Extract<ToCall, { type: 'create' }>;
type Permit = Extract<ToCall, { type: 'permit' }>;

/** How long the inbox of the caller is asked, in milliseconds: the caller waits. */
const DIAL_MS = 3_000;

/** How long `create` waits for the inboxes of callees, in milliseconds: less than the Worker. */
export const RUNG_MS = 3_000;

/** How many TURN credentials a member has at most: the record must fit what the Worker takes. */
const TURN_LIMIT = 32;

/** How many times legacy devices of one member are sent the signals so far, at most. */
const LISTEN_LIMIT = 64;

const newCall = (id: string, message: Create, now: number): RoomCall => {
  const { caller, device, old: legacy, callees, unheard, push, video } = message;
  const { turn: credential } = message;
  const ring = (callee: Profile): Member => ({
    ...newRingingMember(callee, 'callee', callees.length),
    ...(unheard?.includes(callee.user) && { unheard: true }),
    ...(push?.includes(callee.user) && { push: true }),
  });
  const placed: Member = {
    profile: caller,
    role: 'caller',
    place: 0,
    epoch: 1,
    state: 'joined',
    device,
    legacy,
    greeted: false,
    awayAt: legacy ? undefined : now,
  };
  return {
    id,
    state: 'created',
    reason: undefined,
    video,
    group: callees.length > 1,
    caller: caller.user,
    createdAt: now,
    acceptedAt: undefined,
    endedAt: undefined,
    // Callees get their place when they join; until then nobody is polite towards them.
    members: [placed, ...callees.map(ring)],
    used: [],
    turnCredentials: credential === undefined ? [] : [{ name: credential, user: caller.user }],
    outbox: EMPTY_OUTBOX,
    leaseAt: undefined,
    sockets: [],
    streams: [],
    creating: [],
    socketCheckAt: undefined,
  };
};

/** Begins a call: asks the caller's inbox whether the caller may make it. */
export const createCall = (
  id: string,
  message: Create,
  { request, now }: { readonly request: string; readonly now: number },
): CallStep => {
  const { caller, device, old: legacy, callees, unheard, offer, request: asked } = message;
  const step = new CallStep(newCall(id, message, now), now);
  step.set({ creating: [request] });
  const [first] = callees;
  if (offer && first && !step.call.group) {
    const log = [{ seq: 1, to: first.user, signal: offer, size: sizeOf(offer), sentAt: undefined }];
    step.putStream({ ...newStream(caller.user), received: 1, log });
  }
  if (legacy) keepAwake(step);
  step.post({
    to: { party: 'inbox', id: caller.user },
    message: {
      type: 'dial',
      call: id,
      device,
      to: callees.map(({ user }) => user),
      ...(unheard && { unheard }),
      until: dialExpiresAt(now),
      ...(asked !== undefined && { request: asked }),
    },
    durable: true,
    until: now + DIAL_MS,
  });
  return step;
};

/** The Worker asks again, since its first request is still under way or its answer was lost. */
export const onCreateAgain = (step: CallStep, request: string) => {
  const { state, creating, reason } = step.call;
  if (creating.length > 0) step.set({ creating: [...creating, request] });
  else if (state === 'ended')
    step.reply(request, { outcome: 'created', state, ...(reason && { reason }) });
  else step.reply(request, { outcome: 'created', state: 'ringing' });
};

/**
 * Answers whether a device may have a ticket. Moves an unanswered call to it if it asks [C34]; a
 * running one moves when the device says so in the room [C51].
 */
export const permitDevice = (
  step: CallStep,
  { user, device, turn: credential, anew, takeOver }: Permit,
): PermitAnswer => {
  const { state, video, group, reason } = step.call;
  const member = step.member(user);
  let movable = false;
  // Who comes back after the end hears how it ended [C56].
  if (member && state === 'ended')
    return { outcome: 'no_such_call', ...(reason && !isUnheard(member) && { reason }) };
  if (!member || (member.state === 'left' && !group)) return { outcome: 'no_such_call' };
  if (isJoined(member) && member.device !== device) {
    const isUnanswered = state === 'ringing' && member.role === 'caller';
    movable = takeOver === true && isMovable(step.call, member);
    if (takeOver && isUnanswered) moveCall(step, member, device);
    else if (!movable) return { outcome: 'elsewhere', held: heldCallOf(step.call, member) };
  }
  if (anew && isJoined(member) && !member.legacy && !member.greeted) {
    step.putMember({ ...(step.member(user) ?? member), epoch: member.epoch + 1 });
    resetStream(step, user);
    announcePeer(step, user);
  }
  const surplus = credential === undefined ? undefined : addTurnCredential(step, user, credential);
  return {
    outcome: 'ok',
    role: member.role,
    video,
    ...(surplus !== undefined && { surplus }),
    ...(movable && { movable }),
  };
};

/** Notes a TURN credential of a user; answers the oldest one if that makes too many. */
const addTurnCredential = (step: CallStep, user: string, name: string): string | undefined => {
  const given = step.call.turnCredentials;
  if (given.some((each) => each.name === name)) return undefined;
  const own = given.filter((each) => each.user === user);
  const surplus = own.length >= TURN_LIMIT ? own[0] : undefined;
  step.set({ turnCredentials: [...given.filter((each) => each !== surplus), { name, user }] });
  return surplus?.name;
};

/** The caller's inbox has answered the `dial`: rings the callees if the call may be made. */
export const onDialReply = (step: CallStep, answer: unknown) => {
  if (step.call.state !== 'created') return;
  const parsed = DialAnswer.safeParse(answer).data;
  if (parsed?.outcome !== 'ok') return withdrawCall(step, parsed ?? { outcome: 'failed' });
  const { id: call, createdAt, video, group, caller: callerId } = step.call;
  const caller = step.member(callerId);
  if (!caller) return;
  step.set({ state: 'ringing' });
  const expiresAt = createdAt + RING_MS;
  const callees = step.members.filter(({ role }) => role === 'callee');
  const message = {
    type: 'ring',
    call,
    from: caller.profile,
    video,
    group,
    expiresAt,
    to: callees.map(({ profile }) => profile.user),
    ...(isJoined(caller) && caller.legacy && { old: true }),
  } as const;
  for (const { profile, unheard, push } of step.members.filter(isRinging)) {
    const to = { party: 'inbox', id: profile.user } as const;
    const each = { ...message, ...(unheard && { unheard }), ...(push && { push }) };
    step.post({ to, message: each, durable: true, until: expiresAt });
  }
};

/** Ends a call that may not be made, with an answer to `create` that says why. */
const withdrawCall = (step: CallStep, answer: CreateAnswer | RingAnswer | DialAnswer) => {
  for (const request of step.call.creating) step.reply(request, answer);
  step.set({ creating: [] });
  endCall(step, 'cancelled', false);
};

/** For whom it was to ring, and the number of the invitation if they were invited [C58]. */
interface Rung {
  readonly user: string;
  readonly invitation: number | undefined;
}

/**
 * A callee's inbox has answered the `ring`, or, without an answer, could not be reached: then it is
 * asked again, since it may know of a crossing call, and `create` waits {@link RUNG_MS} at most.
 */
export const onRingReply = (step: CallStep, { user, invitation }: Rung, answer: unknown) => {
  const member = step.member(user);
  if (step.call.state === 'ended' || !member) return;
  // Since then it rings for them once more.
  if (member.invited?.n !== invitation) return;
  if (isRinging(member)) {
    const ringing = answer === undefined ? member : { ...member, rung: true };
    step.putMember(ringing);
    const reply = RingAnswer.safeParse(answer).data;
    if (reply?.outcome === 'limited') return onPaused(step, user, reply.retryAfterSeconds);
    const isTalking = step.call.state === 'accepted';
    if (reply?.outcome === 'instead' && !isTalking) return withdrawCall(step, reply);
    // Those who talk already go on without a callee who is in another call.
    if (reply?.outcome === 'busy' || reply?.outcome === 'instead') declineCall(step, user, 'busy');
    else noteDevices(step, ringing, reply);
  }
  replyCreatedIfAllRung(step);
};

/** Notes on which devices a member's inbox rings; legacy ones are sent the signals so far. */
const noteDevices = (
  step: CallStep,
  member: RingingMember,
  reply: Extract<RingAnswer, { outcome: 'ok' }> | undefined,
) => {
  const { user } = member.profile;
  // A legacy device may have come after the inbox has counted its devices.
  const listening = member.listening || reply?.old === true;
  const unreachable = !listening && !member.here && (reply?.devices ?? 0) === 0;
  step.putMember({ ...member, unreachable, listening });
  if (unreachable !== member.unreachable) announcePeer(step, user);
  if (reply?.old) replayToLegacy(step, user);
};

/** Answers `create` when the inboxes of all ringing callees have answered. */
const replyCreatedIfAllRung = (step: CallStep) => {
  if (step.members.every((member) => !isRinging(member) || member.rung)) replyCreated(step);
};

/** A legacy device rings: it is sent the signals so far, once more if it has dropped them. */
export const onLegacyListen = (
  step: CallStep,
  user: string,
  { device, again = false }: { readonly device: string; readonly again?: boolean | undefined },
) => {
  const member = step.member(user);
  if (!member || !isRinging(member)) return;
  const name = again ? `${device} again` : device;
  const { listened } = member;
  const isServed = listened.includes(name) || listened.length >= LISTEN_LIMIT;
  step.putMember({
    ...member,
    listening: true,
    listened: isServed ? listened : [...listened, name],
  });
  markReachable(step, user);
  if (!isServed) replayToLegacy(step, user, device);
};

/** The caller has rung a callee in vain too often and may not ring them yet [C29]. */
const onPaused = (step: CallStep, user: string, pausedForSeconds: number) => {
  const member = step.member(user);
  if (member) step.putMember({ ...member, pausedForSeconds });
  const callees = step.members.filter(({ role }) => role === 'callee');
  const pauses = callees.flatMap((callee) => callee.pausedForSeconds ?? []);
  // Those who talk already go on without a callee who may not be rung.
  const isTalking = step.call.state === 'accepted';
  if (isTalking || pauses.length < callees.length) return leaveUnrung(step, user);
  withdrawCall(step, { outcome: 'limited', pair: true, retryAfterSeconds: Math.min(...pauses) });
};

/** Takes out a callee for whom it did not ring, who has missed nothing. */
const leaveUnrung = (step: CallStep, user: string) => {
  leaveCall(step, user, 'failed');
  replyCreatedIfAllRung(step);
};
