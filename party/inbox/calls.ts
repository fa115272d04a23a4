import { RING_MS } from '../../src/contract/call-room.ts';
import type { Ring } from '../../src/contract/inbox-room.ts';
import type { Dialled, Entered, Rung, ToInbox } from '../../src/contract/room-messages.ts';
import { decline, end, hangUp, isRinging, shown } from './ending.ts';
import { type EntryIn, IDLE, isOldDevice } from './state.ts';
import type { Turn } from './turn.ts';

type Message<Type extends ToInbox['type']> = Extract<ToInbox, { type: Type }>;

/** How many calls somebody makes at once at most, and how soon there may be one more, in milliseconds: 60 an hour. */
const DIAL_BURST = 60;
const DIAL_EVERY_MS = 60_000;

/** How many calls ring for somebody at once. */
const RINGS = 32;

/** How much longer than it rings a ring is remembered, in milliseconds: the call itself says when it stops. */
const SLACK_MS = 10_000;

const SILENT = { outcome: 'ok', devices: 0, old: false } as const;

/** The one whom a call is with, if it is with one. */
const only = (users: readonly string[]) => (users.length === 1 ? users[0] : undefined);

/** Whether two lists name the same users. */
const isSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((user) => others.includes(user));

/** Whether who calls these users means a call that rings: they call its caller, or its people. */
const isMeant = ({ ring, peers = [] }: EntryIn<'ringing'>, to: readonly string[]) =>
  only(to) === ring.from.user || isSame(peers, to);

/** This user calls: may they? From here on whoever calls them back finds this call. */
export const dial = (turn: Turn, { call, device, to, until, request }: Message<'dial'>): Dialled => {
  if (turn.entry(call)) return { outcome: 'ok' };
  const [active] = turn.entriesIn('active');
  if (active) {
    const same = isSame(active.peers, to);
    return same ? { outcome: 'instead', call: active.call } : { outcome: 'in_call' };
  }
  for (const own of turn.entriesIn('dialling')) {
    if (own.device !== device) return { outcome: 'in_call' };
    if (isSame(own.to, to)) return { outcome: 'instead', call: own.call };
    hangUp(turn, own);
  }
  const ringing = turn.entriesIn('ringing').filter((entry) => isRinging(entry, turn.now));
  const incoming = ringing.find((entry) => isMeant(entry, to));
  if (incoming) return { outcome: 'instead', call: incoming.call };
  const retryAfterSeconds = takeDial(turn);
  if (retryAfterSeconds > 0) return { outcome: 'limited', retryAfterSeconds };
  // Who calls somebody among others does not want to be called by them alone.
  for (const other of ringing) {
    if (to.length > 1 && !other.ring.group && to.includes(other.ring.from.user)) {
      decline(turn, other, device);
    }
  }
  const entry: EntryIn<'dialling'> = { state: 'dialling', call, device, to, until };
  turn.put(entry);
  if (isOldDevice(device)) connectDial(turn, entry, request);
  return { outcome: 'ok' };
};

/** Counts a call that is made (generic cell rate algorithm); 0, or in how many seconds there may be one. */
const takeDial = (turn: Turn): number => {
  const dials = Math.max(turn.state.dials, turn.now);
  const early = dials - turn.now - (DIAL_BURST - 1) * DIAL_EVERY_MS;
  if (early > 0) return Math.ceil(early / 1000);
  turn.set({ dials: dials + DIAL_EVERY_MS });
  return 0;
};

/** The old device that has dialled hears of the call from now on; nobody waits for it when the device has gone, has given up, or calls somebody else. */
const connectDial = (turn: Turn, entry: EntryIn<'dialling'>, request: number | undefined): void => {
  const socket = turn.socketOf(entry.device);
  if (socket?.dial === undefined || socket.dial !== request) hangUp(turn, entry);
  else turn.update(socket, { line: { call: entry.call, sent: 1, seen: [] } });
};

/**
 * Which call goes on where one that this user makes meets one that rings, if there is to be one.
 * Both inboxes decide alike: a call of a group goes before one of two of it; of the same people the
 * one whose caller has the smaller id.
 */
const winnerOf = (
  { state: { id } }: Turn,
  { to }: EntryIn<'dialling'>,
  { from: { user }, group }: Ring,
  peers: readonly string[],
): 'own' | 'theirs' | undefined => {
  if (!group && to.length > 1 && to.includes(user)) return 'own';
  if (group && only(to) === user) return 'theirs';
  if (!isSame(to, peers)) return undefined;
  return user > id ? 'own' : 'theirs';
};

/** A call of the same people that rings here too, and goes before one of this caller. */
const betterOf = (turn: Turn, caller: string, people: readonly string[]) =>
  turn.entriesIn('ringing').find((other) => {
    const { ring, peers = [] } = other;
    return isRinging(other, turn.now) && ring.from.user < caller && isSame(peers, people);
  });

/** This user is called. Devices that are `silent` are told, and count for none. */
export const ring = (turn: Turn, message: Message<'ring'>, silent: ReadonlySet<string>): Rung => {
  const { type: _, to = [turn.state.id], ...ring } = message;
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
  const winner = own && winnerOf(turn, own, ring, peers);
  if (own && winner === 'own') return { outcome: 'instead', call: own.call };
  const isBusy = active !== undefined || (own && winner === undefined);
  if (isBusy || turn.entriesIn('ringing').length >= RINGS) return { outcome: 'busy' };
  if (own) yieldTo(turn, own);
  const heard = turn.state.sockets.filter(({ hello }) => hello);
  const old = group ? [] : turn.state.sockets.filter(({ who, line, dial }) => who.old && !line && dial === undefined);
  for (const socket of heard) turn.send(socket, { type: 'ring', ...shown(ring, turn.now) });
  for (const socket of old) turn.update(socket, { ...IDLE, line: { call, sent: 0, seen: [] } });
  // Not every old client gives signs of life.
  const alive = heard.filter(({ id }) => !silent.has(id));
  const answer: Rung = { outcome: 'ok', devices: alive.length + old.length, old: old.length > 0 };
  const rang = old.map(({ who }) => who.device);
  const until = expiresAt + SLACK_MS;
  turn.put({ state: 'ringing', call, ring, peers, answer, declined: false, rang, until });
  return answer;
};

/** One's own call has lost against theirs, as its room will hear. An old client knows one call at a time: its own ends before theirs rings. */
const yieldTo = (turn: Turn, own: EntryIn<'dialling'>): void => {
  const socket = isOldDevice(own.device) ? turn.socketOf(own.device) : undefined;
  if (!socket) return;
  turn.dismiss(socket);
  if (socket.dial === undefined) hangUp(turn, own);
};

/** This user is in a call, on one device: for the others it is over, and so is all else that they were about to do. */
export const active = (turn: Turn, { call, device, epoch = 0, peers, until }: Message<'active'>): Entered => {
  const known = turn.entry(call);
  // Late word of it, unless they have come back to a call that goes on.
  if (known?.state === 'over' && epoch <= (known.epoch ?? epoch)) return { outcome: 'ok' };
  if (known?.state === 'active' && epoch < (known.epoch ?? 0)) return { outcome: 'ok' };
  if (turn.entriesIn('active').some((other) => other.call !== call)) return { outcome: 'busy' };
  const entry: EntryIn<'active'> = { state: 'active', call, device, epoch, peers, until };
  turn.put(entry);
  if (turn.hasEnded(device)) turn.act(call, device, { type: 'revoke' });
  if (known?.state === 'ringing') turn.stop(call, 'answered_elsewhere', device);
  for (const socket of turn.state.sockets) {
    if (socket.line?.call === call && socket.who.device !== device) turn.dismiss(socket);
  }
  for (const own of turn.entriesIn('dialling')) hangUp(turn, own);
  for (const other of turn.entriesIn('ringing')) {
    if (other.declined) continue;
    turn.put({ ...other, declined: true });
    turn.act(other.call, device, { type: 'busy' });
  }
  if (isOldDevice(device) && !turn.socketOf(device)) hangUp(turn, entry);
  return { outcome: 'ok' };
};

/** A call is over for this user. One that was never heard of may still be on its way. */
export const stop = (turn: Turn, { call, epoch, reason }: Message<'stop'>): void => {
  const entry = turn.entry(call);
  if (!entry) turn.put({ state: 'over', call, epoch, until: turn.now + RING_MS + SLACK_MS });
  else if (entry.state === 'active' && (epoch ?? Number.POSITIVE_INFINITY) < (entry.epoch ?? 0)) return;
  else if (entry.state !== 'over') end(turn, entry, reason, epoch);
  else if (epoch !== undefined && epoch > (entry.epoch ?? -1)) turn.put({ ...entry, epoch });
};
