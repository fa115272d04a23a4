import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { Ring } from '../../src/contract/sockets/inbox.ts';
import type { Dialled, Entered, Rung, ToInbox } from '../wire/messages.ts';
import { calledAt, dialledAt, dialledOf, givesWay, isCallBack, SLACK_MS } from './crossing.ts';
import { isSameOldClient } from './devices.ts';
import { decline, end, hangUp, isRinging, shown } from './ending.ts';
import { heldBy } from './held.ts';
import { forgetPauses, secondsUntilRing } from './pauses.ts';
import { takeOne } from './rates.ts';
import { makeSlot, refuseBusy } from './slots.ts';
import { type Entry, type EntryIn, IDLE, isOldDevice, type Socket } from './state.ts';
import type { Turn } from './turn.ts';

type Message<Type extends ToInbox['type']> = Extract<ToInbox, { type: Type }>;

const SILENT = { outcome: 'ok', devices: 0, old: false } as const;
const BUSY = { outcome: 'busy' } as const;

/** The one whom a call is with, if it is with one. */
const only = (users: readonly string[]) => (users.length === 1 ? users[0] : undefined);

/** Whether two lists name the same users. */
const isSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((user) => others.includes(user));

/** Whether who calls these users means a call that rings: they call its caller, or its people. */
const isMeant = ({ ring, peers = [] }: EntryIn<'ringing'>, to: readonly string[]) =>
  only(to) === ring.from.user || isSame(peers, to);

const inCall = (turn: Turn): Dialled => {
  const held = heldBy(turn);
  return { outcome: 'in_call', ...(held && { held }) };
};

/** This user calls: may they? From here on whoever calls them back finds this call. */
export const dial = (turn: Turn, message: Message<'dial'>): Dialled => {
  const { call, device, to, until, request } = message;
  if (turn.entry(call)) return { outcome: 'ok' };
  const [active] = turn.entriesIn('active');
  if (active && !isGivenUp(turn, active, message)) {
    const same = isSame(active.peers, to);
    return same ? { outcome: 'instead', call: active.call } : inCall(turn);
  }
  const [own] = turn.entriesIn('dialling');
  if (own && !isSameOldClient(turn, own.device, device)) return inCall(turn);
  if (own?.device === device && isSame(own.to, to)) return { outcome: 'instead', call: own.call };
  const ringing = turn.entriesIn('ringing').filter((entry) => isRinging(entry, turn.now));
  const meant = ringing.filter((entry) => isMeant(entry, to));
  const isLeft = ({ ring, here }: EntryIn<'ringing'>) =>
    here !== undefined && isCallBack(calledAt(ring), dialledAt(until));
  const incoming = meant.find((entry) => !isLeft(entry));
  if (incoming) return { outcome: 'instead', call: incoming.call };
  // That of an old device was counted when it was asked for.
  const retryAfterSeconds = isOldDevice(device) ? 0 : takeOne(turn, 'dials');
  if (retryAfterSeconds > 0) return { outcome: 'limited', retryAfterSeconds };
  for (const former of [active, own]) if (former) hangUp(turn, former);
  // Who calls somebody among others does not want to be called by them alone.
  const isAmong = ({ group, from }: Ring) => to.length > 1 && !group && to.includes(from.user);
  for (const other of ringing) {
    if (meant.includes(other) || isAmong(other.ring)) decline(turn, other, device);
  }
  forgetPauses(turn, to);
  const entry: EntryIn<'dialling'> = { state: 'dialling', call, device, to, until };
  turn.put(entry);
  if (isOldDevice(device)) connectDial(turn, entry, request);
  return { outcome: 'ok' };
};

/**
 * Whether somebody who calls has left the call that they are in: an old client has, which is in one
 * call and says nothing; so has whoever calls the old client back that called them.
 */
const isGivenUp = (turn: Turn, active: EntryIn<'active'>, by: Message<'dial'>): boolean => {
  const { device, to, until } = by;
  const { calledByOld, oldCalledAt, peers } = active;
  if (calledByOld && active.device !== device) return isSameOldClient(turn, active.device, device);
  if (oldCalledAt === undefined || active.device !== device) return false;
  return isSame(to, peers) && isCallBack(oldCalledAt, dialledAt(until));
};

/** The old device that has dialled hears of the call from now on; nobody waits for it when the device has gone, has given up, or calls somebody else. */
const connectDial = (turn: Turn, entry: EntryIn<'dialling'>, request: number | undefined): void => {
  const socket = turn.socketOf(entry.device);
  if (socket?.dial === undefined || socket.dial !== request) hangUp(turn, entry);
  else turn.update(socket, { line: { call: entry.call, sent: 1, seen: [] } });
};

/** A call that rings, with all others who are in it. */
type Rings = Ring & { readonly old?: boolean | undefined; readonly peers: readonly string[] };

/**
 * Which call goes on where one that this user makes meets one that rings, if there is to be one.
 * Both inboxes decide alike: a call of a group goes before one of two of it; of the same people the
 * one whose caller has the smaller id, unless an old client may have left it before.
 */
const winnerOf = (
  turn: Turn,
  own: EntryIn<'dialling'>,
  { from: { user }, group, expiresAt, old = false, peers }: Rings,
): 'own' | 'theirs' | undefined => {
  const { to } = own;
  if (!group && to.length > 1 && to.includes(user)) return 'own';
  if (group && only(to) === user) return 'theirs';
  if (!isSame(to, peers)) return undefined;
  const theirs = { by: user, at: calledAt({ expiresAt }), old };
  return givesWay(dialledOf(turn, own), theirs) ? 'theirs' : 'own';
};

/** A call of the same people that rings here too, and goes before one of this caller. */
const betterOf = (turn: Turn, caller: string, people: readonly string[]) =>
  turn.entriesIn('ringing').find((other) => {
    const { ring, peers = [] } = other;
    return isRinging(other, turn.now) && ring.from.user < caller && isSame(peers, people);
  });

/** This user is called. Devices that are `silent` are told, and count for none. */
export const ring = (turn: Turn, message: Message<'ring'>, silent: ReadonlySet<string>): Rung => {
  const { type: _, to = [turn.state.id], old: isByOld, ...ring } = message;
  const { call, from, group, expiresAt } = ring;
  const known = turn.entry(call);
  if (known) return known.state === 'ringing' ? known.answer : SILENT;
  if (expiresAt <= turn.now) return SILENT;
  const peers = [from.user, ...to.filter((user) => user !== turn.state.id)];
  const [active] = turn.entriesIn('active');
  // Somebody who has left the others calls them all: they are there already.
  const isThere = active !== undefined && isSame(active.peers, peers);
  const better = isThere ? active : betterOf(turn, from.user, peers);
  if (group && better) return { outcome: 'instead', call: better.call };
  const [own] = turn.entriesIn('dialling');
  const winner = own && winnerOf(turn, own, { ...ring, old: isByOld, peers });
  if (own && winner === 'own') return { outcome: 'instead', call: own.call };
  // Whoever calls back is not in the call that an old client has left without a word.
  const left = isThere && active.calledByOld ? active : undefined;
  const other = left ? undefined : (active ?? (winner ? undefined : own));
  const devices = devicesFor(turn, { group, silent });
  if (other && !mayWait(other, devices.answer)) return BUSY;
  const retryAfterSeconds = secondsUntilRing(turn, from.user);
  if (retryAfterSeconds > 0) return { outcome: 'limited', retryAfterSeconds };
  if (!makeSlot(turn, from.user)) return BUSY;
  if (own && winner) yieldTo(turn, own);
  if (left) hangUp(turn, left);
  const { heard, old, answer } = devicesFor(turn, { group, silent });
  for (const socket of heard) turn.send(socket, { type: 'ring', ...shown(ring, turn.now) });
  for (const socket of old) turn.update(socket, { ...IDLE, line: { call, sent: 0, seen: [] } });
  const connected = turn.state.sockets.filter(({ hello, who: { old: isOld } }) => hello || isOld);
  const here = isByOld ? { here: connected.map(({ who }) => who.device) } : {};
  const rang = old.map(({ who }) => who.device);
  const about = { call, ring, peers, answer, declined: false, rang, until: expiresAt + SLACK_MS };
  turn.put({ state: 'ringing', ...about, ...here });
  return answer;
};

interface Whom {
  readonly group: boolean;
  /** Devices that may be dead. */
  readonly silent: ReadonlySet<string>;
}

/** The devices that can ring, and what is answered: an old one knows one call, and no group. */
const devicesFor = ({ state: { sockets } }: Turn, { group, silent }: Whom) => {
  const heard = sockets.filter(({ hello }) => hello);
  const isIdle = ({ who, line, dial }: Socket) => who.old && !line && dial === undefined;
  const old = group ? [] : sockets.filter(isIdle);
  // Not every old client gives signs of life.
  const devices = heard.filter(({ id }) => !silent.has(id)).length + old.length;
  return { heard, old, answer: { outcome: 'ok', devices, old: old.length > 0 } as const };
};

/** A call that this user makes, or is in. */
type OwnCall = EntryIn<'dialling' | 'active'>;

/**
 * Whether a further call rings beside one that this user makes or is in: an old client that calls
 * may have left it without a word. Where no other device can ring they are busy.
 */
const mayWait = (own: OwnCall, { devices }: { devices: number }): boolean => {
  const isOldCall = own.state === 'dialling' ? isOldDevice(own.device) : own.calledByOld === true;
  return isOldCall && devices > 0;
};

/** One's own call has lost against theirs, as its room will hear. An old client knows one call at a time: its own ends before theirs rings. */
const yieldTo = (turn: Turn, own: EntryIn<'dialling'>): void => {
  const socket = isOldDevice(own.device) ? turn.socketOf(own.device) : undefined;
  if (!socket) return;
  turn.dismiss(socket);
  if (socket.dial === undefined) hangUp(turn, own);
};

/** This user is in a call, on one device: for the others it is over, and so is all else that they were about to do. */
export const active = (turn: Turn, message: Message<'active'>): Entered => {
  const { call, device, epoch = 0, role, peers, until } = message;
  const known = turn.entry(call);
  // Late word of it, unless they have come back to a call that goes on.
  if (known?.state === 'over' && epoch <= (known.epoch ?? epoch)) return { outcome: 'ok' };
  if (known?.state === 'active' && epoch < (known.epoch ?? 0)) return { outcome: 'ok' };
  const other = turn.entriesIn('active').find((one) => one.call !== call);
  if (other && !(other.calledByOld && known?.state === 'ringing')) return { outcome: 'busy' };
  const place = { call, device, epoch, role, peers, until };
  const entry: EntryIn<'active'> = { state: 'active', ...place, ...originOf(known) };
  turn.put(entry);
  if (other) hangUp(turn, other);
  if (turn.hasEnded(device)) turn.act(call, device, { type: 'revoke' });
  if (known?.state === 'ringing') {
    turn.stop(call, 'answered_elsewhere', device);
    forgetPauses(turn, [known.ring.from.user]);
  }
  for (const socket of turn.state.sockets) {
    if (socket.line?.call === call && socket.who.device !== device) turn.dismiss(socket);
  }
  for (const own of turn.entriesIn('dialling')) hangUp(turn, own);
  if (!entry.calledByOld) {
    for (const waiting of turn.entriesIn('ringing')) refuseBusy(turn, waiting, device);
  }
  if (isOldDevice(device) && !turn.socketOf(device)) hangUp(turn, entry);
  return { outcome: 'ok' };
};

type Origin = Pick<EntryIn<'active'>, 'calledByOld' | 'oldCalledAt'>;

/** What has to be known of how a call that was taken began. */
const originOf = (known: Entry | undefined): Origin => {
  switch (known?.state) {
    case 'active':
      return { calledByOld: known.calledByOld, oldCalledAt: known.oldCalledAt };
    case 'dialling':
      return { calledByOld: isOldDevice(known.device) };
    case 'ringing':
      return known.here ? { oldCalledAt: calledAt(known.ring) } : {};
    default:
      return {};
  }
};

/** A call is over for this user. One that was never heard of may still be on its way. */
export const stop = (turn: Turn, { call, epoch, reason }: Message<'stop'>): void => {
  const entry = turn.entry(call);
  if (!entry) turn.put({ state: 'over', call, epoch, until: turn.now + RING_MS + SLACK_MS });
  else if (entry.state === 'active' && (epoch ?? Number.POSITIVE_INFINITY) < (entry.epoch ?? 0))
    return;
  else if (entry.state !== 'over') end(turn, entry, reason, epoch);
  else if (epoch !== undefined && epoch > (entry.epoch ?? -1)) turn.put({ ...entry, epoch });
};
