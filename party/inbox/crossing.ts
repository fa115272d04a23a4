import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { Ring } from '../../src/contract/sockets/inbox.ts';
import type { EntryIn } from './state.ts';
import { isLegacyDevice } from './state.ts';
import type { InboxStep } from './step.ts';

/** How much longer than it rings a call is remembered, in milliseconds: its room ends it first. */
export const SLACK_MS = 10_000;

/**
 * Dials within this time after one of a legacy client cross with it, in milliseconds. That client
 * does not say when it gives up, so whoever dials later calls it back, in a new call [C44].
 */
const CALL_BACK_MS = 2_000;

/** How long a call of a legacy client rings on devices that come late, in milliseconds [C43]. */
const LATE_RING_MS = 15_000;

/** A dialled call as both inboxes know it. */
interface CrossingCall {
  readonly caller: string;
  /** When it was dialled, in milliseconds since 1970. */
  readonly at: number;
  /** Whether it was dialled on a legacy device. */
  readonly isLegacy: boolean;
}

/** When this user dialled a call that is remembered until then; in milliseconds since 1970. */
export const dialTimeOf = (until: number): number => until - RING_MS - SLACK_MS;

/** A call of this user, to be compared with one that crosses it. */
export const crossingCallOf = (
  step: InboxStep,
  { device, until }: EntryIn<'dialling'>,
): CrossingCall => ({
  caller: step.state.id,
  at: dialTimeOf(until),
  isLegacy: isLegacyDevice(device),
});

/** When somebody dialled a call that rings here, in milliseconds since 1970. */
export const ringTimeOf = ({ expiresAt }: Pick<Ring, 'expiresAt'>): number => expiresAt - RING_MS;

/** Whether a dial at `at` came too late after one of a legacy client to cross with it. */
export const isCallBack = (legacyDialAt: number, at: number): boolean =>
  at > legacyDialAt + CALL_BACK_MS;

/** Whether the first of two calls that cross gives way. The inboxes of both callers agree on it. */
export const givesWay = (mine: CrossingCall, theirs: CrossingCall): boolean => {
  if (mine.isLegacy && isCallBack(mine.at, theirs.at)) return true;
  if (theirs.isLegacy && isCallBack(theirs.at, mine.at)) return false;
  return theirs.caller < mine.caller;
};

/** Whether a call rings on a device that comes now. */
export const ringsOnLateDevice = (
  { ring, here }: EntryIn<'ringing'>,
  device: string,
  now: number,
): boolean => here === undefined || here.includes(device) || now < ringTimeOf(ring) + LATE_RING_MS;

/** Notes that a call of a legacy client rings on a device, so that it goes on ringing there. */
export const noteDeviceHere = (step: InboxStep, call: string, device: string): void => {
  const entry = step.entry(call);
  if (entry?.state !== 'ringing' || !entry.here || entry.here.includes(device)) return;
  step.replaceEntry(entry, { ...entry, here: [...entry.here, device] });
};
