import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { Ring, StopReason } from '../../src/contract/sockets/inbox.ts';
import { ringsLate } from './crossing.ts';
import { noteUnanswered } from './pauses.ts';
import { type Entry, type EntryIn, IDLE, isOldDevice, type Socket } from './state.ts';
import type { Turn } from './turn.ts';

/** How long what was said of a call before it ended can be on its way, in milliseconds: as long as it could ring, and a little. */
const LATE_MS = RING_MS + 10_000;

/** Ends a call here: nobody is in it or rings any more, and late words about it are recognised. */
export const end = (
  turn: Turn,
  entry: Exclude<Entry, EntryIn<'over'>>,
  reason: StopReason,
  epoch?: number,
): void => {
  const { state, call, until } = entry;
  turn.dropSignals(call);
  turn.put({ state: 'over', call, epoch, until: state === 'active' ? turn.now + LATE_MS : until });
  if (state === 'ringing') {
    turn.stop(call, reason);
    // A refusal was counted when it was made; who finds this user busy has done nothing wrong.
    if (!entry.declined && reason !== 'busy') noteUnanswered(turn, entry.ring.from.user, reason);
  }
  for (const socket of turn.state.sockets) if (socket.line?.call === call) turn.dismiss(socket);
  ringIdle(turn);
};

/** Takes the user out of a call of theirs: at once here, and for the others as soon as the call can be told. */
export const hangUp = (turn: Turn, entry: EntryIn<'dialling' | 'active'>): void => {
  turn.dropSignals(entry.call);
  turn.act(entry.call, entry.device, { type: 'hangup' });
  end(turn, entry, 'hung_up');
};

/** Whether a call still wants an answer of this user. */
export const isRinging = ({ ring, declined }: EntryIn<'ringing'>, now: number): boolean =>
  !declined && ring.expiresAt > now;

/** A call that rings as devices hear of it: with what is left, since their clocks may be wrong. */
export const shown = (ring: Ring, now: number) => ({
  ...ring,
  ringsForMs: Math.max(0, ring.expiresAt - now),
});

/** Lets the old devices that are in no call ring, if something rings: an old client knows one call at a time, and one that comes late has heard nothing. */
export const ringIdle = (turn: Turn): void => {
  const { now } = turn;
  const isOne = (entry: EntryIn<'ringing'>) => !entry.ring.group && isRinging(entry, now);
  const ringing = turn.entriesIn('ringing').filter(isOne);
  if (ringing.length === 0) return;
  for (const socket of turn.state.sockets) {
    if (!socket.who.old || socket.line || socket.dial !== undefined) continue;
    const next = ringing.find((entry) => ringsLate(entry, socket.who.device, now));
    if (next) listen(turn, socket, next.call);
  }
};

/** How often one old device rings for one call, each time from the beginning; and how often all do. */
const RINGS_OF_DEVICE = 2;
const RINGS_OF_CALL = 64;

/** Lets an old device ring from the beginning, also where it has dropped that ring once. */
export const listen = (turn: Turn, socket: Socket, call: string): void => {
  const entry = turn.entry(call);
  if (entry?.state !== 'ringing') return;
  const { device } = socket.who;
  const { rang = [] } = entry;
  const times = rang.filter((other) => other === device).length;
  if (times >= RINGS_OF_DEVICE || rang.length >= RINGS_OF_CALL) return;
  const rings = { ...entry, rang: [...rang, device] };
  turn.set({ calls: turn.state.calls.map((other) => (other === entry ? rings : other)) });
  turn.update(socket, { ...IDLE, line: { call, sent: 0, seen: [] } });
  turn.act(call, device, { type: 'listen', ...(times > 0 && { again: true }) });
};

/** What follows when an old device is out of what it was in, by its own doing; it hears nothing of it. `was` is how the device was. */
export const release = (turn: Turn, was: Socket): void => {
  const { line, dial, who } = was;
  if (dial !== undefined) turn.undial(dial);
  const entry = line && turn.entry(line.call);
  if (!line?.sent || !entry) return;
  if (entry.state === 'ringing') turn.act(line.call, who.device, { type: 'hangup' });
  else if (entry.state !== 'over') hangUp(turn, entry);
};

/** Refuses a call that rings, in the name of all devices. */
export const decline = (turn: Turn, entry: EntryIn<'ringing'>, device: string): void => {
  if (entry.declined) return;
  turn.put({ ...entry, declined: true });
  noteUnanswered(turn, entry.ring.from.user, 'declined');
  turn.act(entry.call, device, { type: 'decline' });
};

/** Lets go what has run out: calls whose room says nothing any more. */
export const expire = (turn: Turn): void => {
  const { now } = turn;
  if (turn.state.calls.every(({ until }) => until > now)) return;
  for (const entry of turn.state.calls) {
    if (entry.until > now || entry.state === 'over') continue;
    if (entry.state !== 'ringing' && isOldDevice(entry.device)) hangUp(turn, entry);
    else end(turn, entry, 'missed');
  }
  turn.set({ calls: turn.state.calls.filter(({ until }) => until > now) });
};
