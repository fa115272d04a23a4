import type { Ring } from '../../src/contract/sockets/inbox.ts';
import type { DialAnswer, ToInbox } from '../wire/messages.ts';
import { dialTimeOf, isCallBack, ringTimeOf } from './crossing.ts';
import { isSameLegacyClient } from './devices.ts';
import { declineCall, hangUpCall, isRinging } from './ending.ts';
import { findHeldCall } from './held.ts';
import { forgetPauses } from './pauses.ts';
import { countUse } from './rates.ts';
import type { EntryIn } from './state.ts';
import { isLegacyDevice } from './state.ts';
import type { InboxStep } from './step.ts';
import { areSameUsers, soleUserOf } from './users.ts';

type Dial = Extract<ToInbox, { type: 'dial' }>;

/** This user calls. If that is allowed, whoever calls them back from now on finds this call. */
export const onDial = (step: InboxStep, message: Dial): DialAnswer => {
  const { call, device, to, unheard, until, request } = message;
  if (step.entry(call)) return { outcome: 'ok' };
  const [active] = step.entriesIn('active');
  if (active && !hasLeftCall(step, active, message)) {
    const isSame = areSameUsers(active.peers, to);
    return isSame ? { outcome: 'instead', call: active.call } : refuseInCall(step);
  }
  const [own] = step.entriesIn('dialling');
  if (own && !isSameLegacyClient(step, own.device, device)) return refuseInCall(step);
  if (own?.device === device && areSameUsers(own.to, to))
    return { outcome: 'instead', call: own.call };
  const ringing = step.entriesIn('ringing').filter((entry) => isRinging(entry, step.now));
  const meant = ringing.filter((entry) => meansRingingCall(entry, to));
  const incoming = meant.find((entry) => !callsBack(entry, message));
  if (incoming) return { outcome: 'instead', call: incoming.call };
  // The inbox counts a dial of a legacy device when that asks for the call.
  const retryAfterSeconds = isLegacyDevice(device) ? 0 : countUse(step, 'dials');
  if (retryAfterSeconds > 0) return { outcome: 'limited', retryAfterSeconds };
  for (const former of [active, own]) if (former) hangUpCall(step, former);
  for (const other of ringing) {
    if (meant.includes(other) || isCallerAmong(other.ring, to)) declineCall(step, other, device);
  }
  forgetPauses(step, to);
  const entry: EntryIn<'dialling'> = { state: 'dialling', call, device, to, unheard, until };
  step.putEntry(entry);
  if (isLegacyDevice(device)) connectLegacyDial(step, entry, request);
  return { outcome: 'ok' };
};

const refuseInCall = (step: InboxStep): DialAnswer => {
  const held = findHeldCall(step);
  return { outcome: 'in_call', ...(held && { held }) };
};

/**
 * Whether a dial to these users means a call that rings: they are its caller, or its members [C7].
 */
const meansRingingCall = ({ ring, peers = [] }: EntryIn<'ringing'>, to: readonly string[]) =>
  soleUserOf(to) === ring.from.user || areSameUsers(peers, to);

/** Whether a dial calls back a legacy client that may have left the call that rings [C44]. */
const callsBack = ({ ring, here }: EntryIn<'ringing'>, { until }: Dial): boolean =>
  here !== undefined && isCallBack(ringTimeOf(ring), dialTimeOf(until));

/** Whether the caller of a ringing call is dialled within a group: they are not wanted alone. */
const isCallerAmong = ({ group, from }: Ring, to: readonly string[]): boolean =>
  to.length > 1 && !group && to.includes(from.user);

/**
 * Whether the one who dials has left the call that they are in. A legacy client has, since it knows
 * one call at a time and says nothing; so has somebody who calls their legacy caller back.
 */
const hasLeftCall = (step: InboxStep, active: EntryIn<'active'>, dial: Dial): boolean => {
  const { device, to, until } = dial;
  const { calledByOld, oldCalledAt, peers } = active;
  if (calledByOld && active.device !== device)
    return isSameLegacyClient(step, active.device, device);
  if (oldCalledAt === undefined || active.device !== device) return false;
  return areSameUsers(to, peers) && isCallBack(oldCalledAt, dialTimeOf(until));
};

/**
 * Connects the legacy device that has dialled with its call. The call ends if the device has gone,
 * has given up, or calls somebody else by now.
 */
const connectLegacyDial = (
  step: InboxStep,
  entry: EntryIn<'dialling'>,
  request: number | undefined,
): void => {
  const socket = step.socketOf(entry.device);
  if (socket?.dial === undefined || socket.dial !== request) hangUpCall(step, entry);
  else step.updateSocket(socket, { line: { call: entry.call, sent: 1, seen: [] } });
};
