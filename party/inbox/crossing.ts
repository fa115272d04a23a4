import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { Ring } from '../../src/contract/sockets/inbox.ts';
import { type EntryIn, isOldDevice } from './state.ts';
import type { Turn } from './turn.ts';

/** How much longer than it rings a call is remembered, in milliseconds: its room ends it. */
export const SLACK_MS = 10_000;

/**
 * How long after an old client has dialled a call to its user crosses with it, in milliseconds: it
 * does not say when it gives up, so who calls later calls back, and does not take that call.
 */
const CALL_BACK_MS = 2_000;

/** How long a call of an old client, who may have left, rings on late devices, in milliseconds. */
const LATE_RING_MS = 15_000;

/** A call as both inboxes know it; times are milliseconds since 1970. */
interface Dialled {
  readonly by: string;
  readonly at: number;
  /** Whether it was dialled on an old device. */
  readonly old: boolean;
}

/** When this user called, by how long the call is remembered. */
export const dialledAt = (until: number): number => until - RING_MS - SLACK_MS;

/** A call of this user that was dialled. */
export const dialledOf = (turn: Turn, { device, until }: EntryIn<'dialling'>): Dialled => ({
  by: turn.state.id,
  at: dialledAt(until),
  old: isOldDevice(device),
});

/** When somebody called this user. */
export const calledAt = ({ expiresAt }: Pick<Ring, 'expiresAt'>): number => expiresAt - RING_MS;

/** Whether a call of somebody else came too late after one of an old client to cross with it. */
export const isCallBack = (oldAt: number, at: number): boolean => at > oldAt + CALL_BACK_MS;

/** Whether of two calls that cross this one gives way: the inboxes of both decide alike. */
export const givesWay = (mine: Dialled, theirs: Dialled): boolean => {
  if (mine.old && isCallBack(mine.at, theirs.at)) return true;
  if (theirs.old && isCallBack(theirs.at, mine.at)) return false;
  return theirs.by < mine.by;
};

/** Whether a call that rings is shown to a device that comes now. */
export const ringsLate = (entry: EntryIn<'ringing'>, device: string, now: number): boolean => {
  const { ring, here } = entry;
  return here === undefined || here.includes(device) || now < calledAt(ring) + LATE_RING_MS;
};

/** Notes that a device rings, where that matters. */
export const noteHere = (turn: Turn, call: string, device: string): void => {
  const entry = turn.entry(call);
  if (entry?.state !== 'ringing' || !entry.here || entry.here.includes(device)) return;
  const noted = { ...entry, here: [...entry.here, device] };
  turn.set({ calls: turn.state.calls.map((other) => (other === entry ? noted : other)) });
};
