import { RING_MS } from '../../src/contract/sockets/call.ts';
import { EMPTY_OUTBOX } from '../outbox.ts';
import type { Created, Permitted, ToCall } from '../wire/messages.ts';
import { Dialled, Rung } from '../wire/messages.ts';
import { created, decline, end, leave } from './lifecycle.ts';
import { dialUntil, heldBy, move } from './moving.ts';
import { announce, reached, stayAwake } from './presence.ts';
import { beginAnew, replay, sizeOf } from './signals.ts';
import { type Call, type Member, newStream } from './state.ts';
import { Turn } from './turn.ts';

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
): Turn => {
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
  const turn = new Turn(call, now);
  const [first] = callees;
  if (offer && first && !call.group) {
    const log = [{ seq: 1, to: first.user, signal: offer, size: sizeOf(offer), sentAt: undefined }];
    turn.putStream({ ...newStream(caller.user), received: 1, log });
  }
  if (old) stayAwake(turn);
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
  turn.post({ party: 'inbox', id: caller.user }, dial, true, now + DIAL_MS);
  turn.keep();
  return turn;
};

/** The Worker asks again to create what there is: its first request was lost on the way back, or is still under way. */
export const createAgain = (turn: Turn, request: string) => {
  const { state, creating, reason } = turn.call;
  if (creating.length > 0) turn.set({ creating: [...creating, request] });
  else if (state === 'ended')
    turn.reply(request, { outcome: 'created', state, ...(reason && { reason }) });
  else turn.reply(request, { outcome: 'created', state: 'ringing' });
};

/** Whether a device may have a ticket. */
export const permit = (
  turn: Turn,
  { user, device, turn: credential, anew, takeOver }: Extract<ToCall, { type: 'permit' }>,
): Permitted => {
  const { state, video, group } = turn.call;
  const member = turn.member(user);
  if (!member || state === 'ended' || (member.state === 'left' && !group))
    return { outcome: 'no_such_call' };
  if (member.state === 'joined' && member.device !== device) {
    const mayMove = takeOver && state === 'ringing' && member.role === 'caller';
    if (!mayMove) return { outcome: 'elsewhere', held: heldBy(turn.call, member) };
    move(turn, member, device);
  }
  if (anew && member.state === 'joined' && !member.old && !member.greeted) {
    turn.setMember(user, { epoch: member.epoch + 1 });
    beginAnew(turn, user);
    announce(turn, user);
    turn.keep();
  }
  if (credential !== undefined) {
    if (turn.call.turn.some(({ name }) => name === credential))
      return { outcome: 'ok', role: member.role, video };
    const own = turn.call.turn.filter((given) => given.user === user);
    const surplus = own.length >= TURN_LIMIT ? own[0] : undefined;
    turn.set({
      turn: [...turn.call.turn.filter((given) => given !== surplus), { name: credential, user }],
    });
    turn.keep();
    return { outcome: 'ok', role: member.role, video, ...(surplus && { surplus: surplus.name }) };
  }
  return { outcome: 'ok', role: member.role, video };
};

/** The caller's inbox has said whether there may be this call. */
export const dialled = (turn: Turn, answer: unknown) => {
  if (turn.call.state !== 'created') return;
  const parsed = Dialled.safeParse(answer).data;
  if (parsed?.outcome !== 'ok') return withdraw(turn, parsed ?? { outcome: 'failed' });
  const { id, createdAt, video, group, caller } = turn.call;
  const { profile: from, old } = turn.member(caller) ?? {};
  if (!from) return;
  turn.set({ state: 'ringing' });
  const expiresAt = createdAt + RING_MS;
  const isOld = old && { old };
  const callees = turn.members.filter(({ role }) => role === 'callee');
  const to = callees.map(({ profile }) => profile.user);
  for (const { profile, state } of turn.members) {
    if (state !== 'ringing') continue;
    const about = { call: id, from, video, group, expiresAt, to, ...isOld };
    const ring = { type: 'ring', ...about } as const;
    turn.post({ party: 'inbox', id: profile.user }, ring, true, expiresAt);
  }
  turn.keep();
};

/** There is no such call after all: whoever asked for it hears why. */
const withdraw = (turn: Turn, answer: Created | Rung | Dialled) => {
  for (const request of turn.call.creating) turn.reply(request, answer);
  turn.set({ creating: [] });
  end(turn, 'cancelled', false);
};

/**
 * The inbox of a callee has said what comes of it, or could not be reached: then it is asked on, since a call that crosses this one would be known to it. Whoever asked
 * for the call waits for that, {@link RUNG_MS} at most.
 */
export const rung = (turn: Turn, user: string, answer: unknown) => {
  const member = turn.member(user);
  if (turn.call.state === 'ended' || !member) return;
  const parsed = Rung.safeParse(answer).data;
  if (answer !== undefined) turn.setMember(user, { rung: true });
  if (member.state === 'ringing') {
    if (parsed?.outcome === 'limited') return pause(turn, user, parsed.retryAfterSeconds);
    const isBegun = turn.call.state === 'accepted';
    if (parsed?.outcome === 'instead' && !isBegun) return withdraw(turn, parsed);
    // Those who talk already go on without whoever is in another call.
    if (parsed?.outcome === 'busy' || parsed?.outcome === 'instead') decline(turn, user, 'busy');
    else {
      // An old device can have come since the inbox has counted them.
      const listening = member.listening || parsed?.old === true;
      const unreachable =
        !listening && !member.here && (parsed === undefined || parsed.devices === 0);
      turn.setMember(user, { unreachable, listening });
      if (unreachable !== member.unreachable) announce(turn, user);
      if (parsed?.old) replay(turn, user);
    }
  }
  createdIfRung(turn);
};

/** Whoever asked for the call hears that it rings, when all inboxes have said what comes of it. */
const createdIfRung = (turn: Turn) => {
  if (turn.members.every(({ state, rung }) => state !== 'ringing' || rung)) created(turn);
};

/** How often old devices of one member are handed the signals so far: more do not come while it rings. */
const LISTEN_LIMIT = 64;

/** An old device rings: it is handed what was said so far, once, and once more when it has dropped that. */
export const listen = (
  turn: Turn,
  user: string,
  { device, again = false }: { device: string; again?: boolean | undefined },
) => {
  const who = again ? `${device} again` : device;
  const listened = turn.member(user)?.listened ?? [];
  turn.setMember(user, { listening: true });
  reached(turn, user);
  if (listened.includes(who) || listened.length >= LISTEN_LIMIT) return;
  turn.setMember(user, { listened: [...listened, who] });
  turn.keep();
  replay(turn, user, device);
};

/** Somebody may not be rung yet, since the caller rang in vain too often. */
const pause = (turn: Turn, user: string, seconds: number) => {
  turn.setMember(user, { pausedForSeconds: seconds });
  const callees = turn.members.filter(({ role }) => role === 'callee');
  const pauses = callees.flatMap(({ pausedForSeconds }) => pausedForSeconds ?? []);
  if (pauses.length < callees.length) return leaveUnrung(turn, user);
  withdraw(turn, { outcome: 'limited', pair: true, retryAfterSeconds: Math.min(...pauses) });
};

/** It did not ring: nobody has missed anything. */
const leaveUnrung = (turn: Turn, user: string) => {
  leave(turn, user, 'failed');
  createdIfRung(turn);
};
