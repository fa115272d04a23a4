import type { Ring } from '../../src/contract/sockets/inbox.ts';
import type { RingAnswer, ToInbox } from '../wire/messages.ts';
import { crossingCallOf, givesWay, ringTimeOf, SLACK_MS } from './crossing.ts';
import { describeRing, hangUpCall, isRinging } from './ending.ts';
import { secondsUntilRing } from './pauses.ts';
import { pushRing } from './pushing.ts';
import { makeSlot } from './slots.ts';
import type { Entry, EntryIn, InboxSocket } from './state.ts';
import { IDLE, isLegacyDevice } from './state.ts';
import type { InboxStep } from './step.ts';
import { areSameUsers, soleUserOf } from './users.ts';

const NO_DEVICES = { outcome: 'ok', devices: 0, old: false } as const;
const BUSY = { outcome: 'busy' } as const;

/**
 * This user is called: rings on their devices, or says why not.
 *
 * @param silent connections that may be dead: they ring, and do not count as devices
 */
export const onRing = (
  step: InboxStep,
  message: Extract<ToInbox, { type: 'ring' }>,
  silent: ReadonlySet<string>,
): RingAnswer => {
  const { type: _, to = [step.state.id], old: isByLegacy, unheard, push, ...rest } = message;
  const { invitation, ...ring } = rest;
  const { call, from, group, expiresAt } = ring;
  const known = step.entry(call);
  if (known && !isInvitedAnew(known, invitation))
    return known.state === 'ringing' ? known.answer : NO_DEVICES;
  if (expiresAt <= step.now) return NO_DEVICES;
  const before = { invitation, epoch: known?.epoch };
  if (unheard) return ringUnheard(step, ring, before);
  const peers = [from.user, ...to.filter((user) => user !== step.state.id)];
  const [active] = step.entriesIn('active');
  // Somebody who has left a group call and calls the same people finds them in that call.
  const isThere = active !== undefined && areSameUsers(active.peers, peers);
  const better = isThere ? active : findBetterCall(step, from.user, peers);
  if (group && better && !invitation) return { outcome: 'instead', call: better.call };
  const [own] = step.entriesIn('dialling');
  const winner = own && pickWinner(step, own, { ...ring, isByLegacy, peers, invitation });
  if (own && winner === 'own') return { outcome: 'instead', call: own.call };
  // Whoever calls this legacy caller back has left the call with them.
  const left = isThere && active.calledByOld ? active : undefined;
  const other = left ? undefined : (active ?? (winner ? undefined : own));
  const { answer: expected } = findDevicesToRing(step, { group, silent });
  if (other && !mayRingBeside(other, expected)) return BUSY;
  const retryAfterSeconds = secondsUntilRing(step, from.user);
  if (retryAfterSeconds > 0) return { outcome: 'limited', retryAfterSeconds };
  if (!makeSlot(step, from.user)) return BUSY;
  if (own && invitation && winner) hangUpCall(step, own);
  else if (own && winner) yieldOwnCall(step, own, from.user);
  if (left) hangUpCall(step, left);
  // Legacy devices that were in the call that has just ended ring, too.
  const { fresh, legacy, answer } = findDevicesToRing(step, { group, silent });
  for (const { id } of fresh) step.send(id, { type: 'ring', ...describeRing(ring, step.now) });
  for (const socket of legacy)
    step.updateSocket(socket, { ...IDLE, line: { call, sent: 0, seen: [] } });
  const pushed = push === true && answer.devices === 0;
  if (pushed) pushRing(step, ring);
  step.putEntry({
    state: 'ringing',
    call,
    ring,
    peers,
    answer,
    declined: false,
    rang: legacy.map(({ who }) => who.device),
    until: expiresAt + SLACK_MS,
    ...(invitation && before),
    ...(isByLegacy && { here: connectedDevicesOf(step) }),
    ...(pushed && { pushed }),
  });
  return answer;
};

/** Whether this user is invited anew into a call that is over for them or was unheard [C62]. */
const isInvitedAnew = ({ state, invitation: known = 0 }: Entry, invitation = 0): boolean =>
  invitation > known && (state === 'over' || state === 'unheard');

/** How many calls of blocked callers are remembered at once. */
const UNHEARD_LIMIT = 64;

/**
 * Somebody whom this user has blocked calls: they are answered as if no device were here, and wait
 * as long before they call again [M42]. The call takes no slot and meets no other one.
 */
const ringUnheard = (
  step: InboxStep,
  { call, from: { user: from }, expiresAt }: Ring,
  before: Pick<Entry, 'invitation' | 'epoch'>,
): RingAnswer => {
  const retryAfterSeconds = secondsUntilRing(step, from);
  if (retryAfterSeconds > 0) return { outcome: 'limited', retryAfterSeconds };
  if (step.entriesIn('unheard').length < UNHEARD_LIMIT)
    step.putEntry({ state: 'unheard', call, from, ...before, until: expiresAt + SLACK_MS });
  return NO_DEVICES;
};

/** A call that rings, with all its other members. */
interface IncomingCall extends Ring {
  /** Whether its caller uses a legacy device. */
  readonly isByLegacy?: boolean | undefined;
  readonly peers: readonly string[];
  /** The number of the invitation, if this user is invited into a call that goes on. */
  readonly invitation: number | undefined;
}

/**
 * Picks the call that goes on where one that this user makes crosses one that rings; undefined if
 * the two have nothing to do with each other. Both inboxes pick the same [C7]: a call of a group
 * goes before one of two of its members; among calls of the same people the caller with the smaller
 * id wins, unless a legacy client may have left its call before.
 */
const pickWinner = (
  step: InboxStep,
  own: EntryIn<'dialling'>,
  theirs: IncomingCall,
): 'own' | 'theirs' | undefined => {
  const { to } = own;
  const { from, group, peers, isByLegacy = false, invitation } = theirs;
  // Whom this user calls talk already, and are busy.
  if (invitation) return to.every((user) => peers.includes(user)) ? 'theirs' : undefined;
  // Who has blocked this user has not heard of the call, and is not led to it [M42].
  if (!group && isUnheardBy(own, from.user))
    return soleUserOf(to) === from.user ? 'theirs' : undefined;
  if (!group && to.length > 1 && to.includes(from.user)) return 'own';
  if (group && soleUserOf(to) === from.user) return 'theirs';
  if (!areSameUsers(to, peers)) return undefined;
  const other = { caller: from.user, at: ringTimeOf(theirs), isLegacy: isByLegacy };
  return givesWay(crossingCallOf(step, own), other) ? 'theirs' : 'own';
};

/** Whether somebody whom this user calls has blocked them. */
const isUnheardBy = ({ unheard = [] }: EntryIn<'dialling'>, user: string): boolean =>
  unheard.includes(user);

/** Finds a ringing call of the same people that goes before one of this caller. */
const findBetterCall = (step: InboxStep, caller: string, people: readonly string[]) =>
  step.entriesIn('ringing').find((other) => {
    const { ring, peers = [] } = other;
    return isRinging(other, step.now) && ring.from.user < caller && areSameUsers(peers, people);
  });

/**
 * Finds the new devices and the legacy ones that can ring, and the answer that counts them. A
 * legacy client knows one call at a time, and no group.
 */
const findDevicesToRing = (
  { state: { sockets } }: InboxStep,
  { group, silent }: { readonly group: boolean; readonly silent: ReadonlySet<string> },
) => {
  const fresh = sockets.filter(({ hello }) => hello);
  const isIdle = ({ who, line, dial }: InboxSocket) => who.old && !line && dial === undefined;
  const legacy = group ? [] : sockets.filter(isIdle);
  // A legacy device counts even if it is silent: not every legacy client pings.
  const devices = fresh.filter(({ id }) => !silent.has(id)).length + legacy.length;
  return { fresh, legacy, answer: { outcome: 'ok', devices, old: legacy.length > 0 } as const };
};

const connectedDevicesOf = ({ state: { sockets } }: InboxStep): readonly string[] =>
  sockets.filter(({ hello, who }) => hello || who.old).map(({ who }) => who.device);

/**
 * Whether a call rings although this user makes another one, or is in it: whoever called from a
 * legacy device may have left without a word [C42]. If nothing else can ring, they are busy.
 */
const mayRingBeside = (
  own: EntryIn<'dialling' | 'active'>,
  { devices }: { readonly devices: number },
): boolean => {
  const isByLegacy =
    own.state === 'dialling' ? isLegacyDevice(own.device) : own.calledByOld === true;
  return isByLegacy && devices > 0;
};

/**
 * This user's own call gives way to one of `caller`, whose inbox tells its room so, unless it has
 * not heard of it. On a legacy device it ends before the other one rings, since a legacy client
 * knows one call at a time.
 */
const yieldOwnCall = (step: InboxStep, own: EntryIn<'dialling'>, caller: string): void => {
  const socket = isLegacyDevice(own.device) ? step.socketOf(own.device) : undefined;
  if (socket) step.dismissLegacy(socket);
  // The end of a dial that is under way is told when its call is known.
  const isDue = socket ? socket.dial === undefined : isUnheardBy(own, caller);
  if (isDue) hangUpCall(step, own);
};
