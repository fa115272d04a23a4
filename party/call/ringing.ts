import { RING_MS } from '../../src/contract/sockets/call.ts';
import { EMPTY_OUTBOX } from '../outbox.ts';
import type { Created, Permitted, ToCall } from '../wire/messages.ts';
import { Dialled, Rung } from '../wire/messages.ts';
import { created, decline, end, leave } from './lifecycle.ts';
import { dialUntil, heldBy, move } from './moving.ts';
import { announce, reached, stayAwake } from './presence.ts';
import { beginAnew, replay, sizeOf } from './signals.ts';
import { type Call, type Member, newStream } from './state.ts';
import { CallStep } from './step.ts';

type Create = Extract<ToCall, { type: 'create' }>;

/** How long the inbox of the caller is asked, in milliseconds: the caller waits. */
const DIAL_MS = 3_000;

/** How long whoever asked for the call waits for the inboxes of callees, in milliseconds: less than the Worker does (`REPLY_MS`). */
export const RUNG_MS = 3_000;

/** How many TURN credentials one member can have, the newest: the record has to stay below what the Worker takes. */
const TURN_LIMIT = 32;

const newMember = (profile: Member['profile'], role: Member['role'], place: number): Member => ({
  profile,
  role,
  state: 'ringing',
  device: undefined,
  old: false,
  place,
  epoch: 0,
  greeted: false,
  joined: false,
  here: false,
  missed: false,
  unreachable: false,
  awayAt: undefined,
  listening: false,
  listened: [],
  rung: false,
});

/** A call begins: the caller's inbox is asked whether it may. */
export const create = (
  id: string,
  { caller, device, old, callees, video, offer, turn: credential, request: asked }: Create,
  request: string,
  now: number,
): CallStep => {
  const placed: Member = {
    ...newMember(caller, 'caller', 0),
    state: 'joined',
    device,
    old,
    epoch: 1,
    joined: true,
    awayAt: old ? undefined : now,
  };
  const call: Call = {
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
    members: [placed, ...callees.map((callee) => newMember(callee, 'callee', callees.length))],
    used: [],
    turn: credential === undefined ? [] : [{ name: credential, user: caller.user }],
    outbox: EMPTY_OUTBOX,
    leaseAt: undefined,
    sockets: [],
    streams: [],
    creating: [request],
    lookAt: undefined,
  };
  const step = new CallStep(call, now);
  const [first] = callees;
  if (offer && first && !call.group) {
    const log = [{ seq: 1, to: first.user, signal: offer, size: sizeOf(offer), sentAt: undefined }];
    step.putStream({ ...newStream(caller.user), received: 1, log });
  }
  if (old) stayAwake(step);
  const to = callees.map(({ user }) => user);
  const until = dialUntil(now);
  const dial = {
    type: 'dial',
    call: id,
    device,
    to,
    until,
    ...(asked !== undefined && { request: asked }),
  } as const;
  step.post({
    to: { party: 'inbox', id: caller.user },
    message: dial,
    durable: true,
    until: now + DIAL_MS,
  });
  return step;
};

/** The Worker asks again to create what there is: its first request was lost on the way back, or is still under way. */
export const createAgain = (step: CallStep, request: string) => {
  const { state, creating, reason } = step.call;
  if (creating.length > 0) step.set({ creating: [...creating, request] });
  else if (state === 'ended')
    step.reply(request, { outcome: 'created', state, ...(reason && { reason }) });
  else step.reply(request, { outcome: 'created', state: 'ringing' });
};

/** Whether a device may have a ticket. */
export const permit = (
  step: CallStep,
  { user, device, turn: credential, anew, takeOver }: Extract<ToCall, { type: 'permit' }>,
): Permitted => {
  const { state, video, group } = step.call;
  const member = step.member(user);
  if (!member || state === 'ended' || (member.state === 'left' && !group))
    return { outcome: 'no_such_call' };
  if (member.state === 'joined' && member.device !== device) {
    const mayMove = takeOver && state === 'ringing' && member.role === 'caller';
    if (!mayMove) return { outcome: 'elsewhere', held: heldBy(step.call, member) };
    move(step, member, device);
  }
  if (anew && member.state === 'joined' && !member.old && !member.greeted) {
    step.setMember(user, { epoch: member.epoch + 1 });
    beginAnew(step, user);
    announce(step, user);
  }
  if (credential !== undefined) {
    if (step.call.turn.some(({ name }) => name === credential))
      return { outcome: 'ok', role: member.role, video };
    const own = step.call.turn.filter((given) => given.user === user);
    const surplus = own.length >= TURN_LIMIT ? own[0] : undefined;
    step.set({
      turn: [...step.call.turn.filter((given) => given !== surplus), { name: credential, user }],
    });
    return { outcome: 'ok', role: member.role, video, ...(surplus && { surplus: surplus.name }) };
  }
  return { outcome: 'ok', role: member.role, video };
};

/** The caller's inbox has said whether there may be this call. */
export const dialled = (step: CallStep, answer: unknown) => {
  if (step.call.state !== 'created') return;
  const parsed = Dialled.safeParse(answer).data;
  if (parsed?.outcome !== 'ok') return withdraw(step, parsed ?? { outcome: 'failed' });
  const { id, createdAt, video, group, caller } = step.call;
  const { profile: from, old } = step.member(caller) ?? {};
  if (!from) return;
  step.set({ state: 'ringing' });
  const expiresAt = createdAt + RING_MS;
  const isOld = old && { old };
  const callees = step.members.filter(({ role }) => role === 'callee');
  const called = callees.map(({ profile }) => profile.user);
  for (const { profile, state } of step.members) {
    if (state !== 'ringing') continue;
    const about = { call: id, from, video, group, expiresAt, to: called, ...isOld };
    const ring = { type: 'ring', ...about } as const;
    const to = { party: 'inbox', id: profile.user } as const;
    step.post({ to, message: ring, durable: true, until: expiresAt });
  }
};

/** There is no such call after all: whoever asked for it hears why. */
const withdraw = (step: CallStep, answer: Created | Rung | Dialled) => {
  for (const request of step.call.creating) step.reply(request, answer);
  step.set({ creating: [] });
  end(step, 'cancelled', false);
};

/**
 * The inbox of a callee has said what comes of it, or could not be reached: then it is asked on, since a call that crosses this one would be known to it. Whoever asked
 * for the call waits for that, {@link RUNG_MS} at most.
 */
export const rung = (step: CallStep, user: string, answer: unknown) => {
  const member = step.member(user);
  if (step.call.state === 'ended' || !member) return;
  const parsed = Rung.safeParse(answer).data;
  if (answer !== undefined) step.setMember(user, { rung: true });
  if (member.state === 'ringing') {
    if (parsed?.outcome === 'limited') return pause(step, user, parsed.retryAfterSeconds);
    const isBegun = step.call.state === 'accepted';
    if (parsed?.outcome === 'instead' && !isBegun) return withdraw(step, parsed);
    // Those who talk already go on without whoever is in another call.
    if (parsed?.outcome === 'busy' || parsed?.outcome === 'instead') decline(step, user, 'busy');
    else {
      // An old device can have come since the inbox has counted them.
      const listening = member.listening || parsed?.old === true;
      const unreachable =
        !listening && !member.here && (parsed === undefined || parsed.devices === 0);
      step.setMember(user, { unreachable, listening });
      if (unreachable !== member.unreachable) announce(step, user);
      if (parsed?.old) replay(step, user);
    }
  }
  createdIfRung(step);
};

/** Whoever asked for the call hears that it rings, when all inboxes have said what comes of it. */
const createdIfRung = (step: CallStep) => {
  if (step.members.every(({ state, rung }) => state !== 'ringing' || rung)) created(step);
};

/** How often old devices of one member are handed the signals so far: more do not come while it rings. */
const LISTEN_LIMIT = 64;

/** An old device rings: it is handed what was said so far, once, and once more when it has dropped that. */
export const listen = (
  step: CallStep,
  user: string,
  { device, again = false }: { device: string; again?: boolean | undefined },
) => {
  const who = again ? `${device} again` : device;
  const listened = step.member(user)?.listened ?? [];
  step.setMember(user, { listening: true });
  reached(step, user);
  if (listened.includes(who) || listened.length >= LISTEN_LIMIT) return;
  step.setMember(user, { listened: [...listened, who] });
  replay(step, user, device);
};

/** Somebody may not be rung yet, since the caller rang in vain too often. */
const pause = (step: CallStep, user: string, seconds: number) => {
  step.setMember(user, { pausedForSeconds: seconds });
  const callees = step.members.filter(({ role }) => role === 'callee');
  const pauses = callees.flatMap(({ pausedForSeconds }) => pausedForSeconds ?? []);
  if (pauses.length < callees.length) return leaveUnrung(step, user);
  withdraw(step, { outcome: 'limited', pair: true, retryAfterSeconds: Math.min(...pauses) });
};

/** It did not ring: nobody has missed anything. */
const leaveUnrung = (step: CallStep, user: string) => {
  leave(step, user, 'failed');
  createdIfRung(step);
};
