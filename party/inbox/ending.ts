import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { Ring, StopReason } from '../../src/contract/sockets/inbox.ts';
import { ringsOnLateDevice } from './crossing.ts';
import { noteUnanswered } from './pauses.ts';
import { pushStop } from './pushing.ts';
import type { Entry, EntryIn, InboxSocket } from './state.ts';
import { IDLE, isLegacyDevice } from './state.ts';
import type { InboxStep } from './step.ts';

/**
 * How late messages about a call that is over may arrive, in milliseconds: it could ring so long.
 */
const LATE_MS = RING_MS + 10_000;

/** Ends a call here: nobody is in it or rings, and late messages about it are recognised. */
export const endCall = (
  step: InboxStep,
  entry: Exclude<Entry, EntryIn<'over'>>,
  { reason, epoch }: { readonly reason: StopReason; readonly epoch?: number | undefined },
): void => {
  const { state, call, invitation } = entry;
  const until = state === 'active' ? step.now + LATE_MS : entry.until;
  step.dropSignals(call);
  step.putEntry({ state: 'over', call, epoch, invitation, until });
  // The caller waits as long as after a call that rang [M42].
  if (state === 'unheard') noteUnanswered(step, entry.from, reason);
  if (state === 'ringing') {
    step.stopRinging(call, reason);
    pushStop(step, entry, { reason });
    // A refusal is counted when it is made, and a caller who finds this user busy is not to blame.
    if (!entry.declined && reason !== 'busy') noteUnanswered(step, entry.ring.from.user, reason);
  }
  for (const socket of step.state.sockets) {
    if (socket.line?.call === call) step.dismissLegacy(socket);
  }
  ringIdleLegacyDevices(step);
};

/**
 * Ends a call that this user makes or is in: here at once, and for the others when its room hears.
 */
export const hangUpCall = (step: InboxStep, entry: EntryIn<'dialling' | 'active'>): void => {
  step.dropSignals(entry.call);
  step.act(entry.call, entry.device, { type: 'hangup' });
  endCall(step, entry, { reason: 'hung_up' });
};

/** Whether a call still waits for an answer of this user. */
export const isRinging = ({ ring, declined }: EntryIn<'ringing'>, now: number): boolean =>
  !declined && ring.expiresAt > now;

/**
 * A ringing call as devices see it: with the time that is left, since their clocks may be wrong
 * [C35].
 */
export const describeRing = (ring: Ring, now: number) => ({
  ...ring,
  ringsForMs: Math.max(0, ring.expiresAt - now),
});

/**
 * Lets legacy devices that are in no call ring, if something rings. A legacy client knows one call
 * at a time, and one that comes late has heard nothing of it.
 */
export const ringIdleLegacyDevices = (step: InboxStep): void => {
  const { now } = step;
  const isForTwo = (entry: EntryIn<'ringing'>) => !entry.ring.group && isRinging(entry, now);
  const ringing = step.entriesIn('ringing').filter(isForTwo);
  if (ringing.length === 0) return;
  for (const socket of step.state.sockets) {
    if (!socket.who.old || socket.line || socket.dial !== undefined) continue;
    const next = ringing.find((entry) => ringsOnLateDevice(entry, socket.who.device, now));
    if (next) ringLegacyDevice(step, socket, next.call);
  }
};

/**
 * How often one legacy device rings for a call, each time from the beginning; and how often all do.
 */
const RINGS_OF_DEVICE = 2;
const RINGS_OF_CALL = 64;

/** Lets a legacy device ring from the beginning, also if it has dropped this ring once [C17]. */
export const ringLegacyDevice = (step: InboxStep, socket: InboxSocket, call: string): void => {
  const entry = step.entry(call);
  if (entry?.state !== 'ringing') return;
  const { device } = socket.who;
  const { rang = [] } = entry;
  const times = rang.filter((other) => other === device).length;
  if (times >= RINGS_OF_DEVICE || rang.length >= RINGS_OF_CALL) return;
  step.replaceEntry(entry, { ...entry, rang: [...rang, device] });
  step.updateSocket(socket, { ...IDLE, line: { call, sent: 0, seen: [] } });
  step.act(call, device, { type: 'listen', ...(times > 0 && { again: true }) });
};

/**
 * Takes a legacy device out of what it was in, by its own doing, so it is sent nothing.
 *
 * @param was the socket as it was before
 */
export const releaseLegacyDevice = (step: InboxStep, was: InboxSocket): void => {
  const { line, dial, who } = was;
  if (dial !== undefined) step.withdrawRequest(dial);
  const entry = line && step.entry(line.call);
  if (!line?.sent || !entry) return;
  if (entry.state === 'ringing') step.act(line.call, who.device, { type: 'hangup' });
  else if ('device' in entry) hangUpCall(step, entry);
};

/** Declines a ringing call on all devices of this user. */
export const declineCall = (step: InboxStep, entry: EntryIn<'ringing'>, device: string): void => {
  if (entry.declined) return;
  pushStop(step, entry, { reason: 'declined', by: device });
  step.putEntry({ ...entry, declined: true, pushed: false });
  noteUnanswered(step, entry.ring.from.user, 'declined');
  step.act(entry.call, device, { type: 'decline', invitation: entry.invitation });
};

/** Ends calls whose time has run out because their room says nothing any more [C10]. */
export const expireCalls = (step: InboxStep): void => {
  const { now } = step;
  if (step.state.calls.every(({ until }) => until > now)) return;
  for (const entry of step.state.calls) {
    if (entry.until > now || entry.state === 'over') continue;
    if ('device' in entry && isLegacyDevice(entry.device)) hangUpCall(step, entry);
    else endCall(step, entry, { reason: 'missed' });
  }
  step.set({ calls: step.state.calls.filter(({ until }) => until > now) });
};
