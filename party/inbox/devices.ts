import { type CloseReason, DEVICE_LIMIT, VERSION } from '../../src/contract/sockets/protocol.ts';
import type { Present } from '../definition.ts';
import type { Entrant } from '../wire/messages.ts';
import { noteHere, ringsLate } from './crossing.ts';
import { isRinging, release, ringIdle, shown } from './ending.ts';
import { inCallOf } from './held.ts';
import { IDLE, isOldDevice, type Socket } from './state.ts';
import type { Turn } from './turn.ts';

/** A device that has said nothing for so long makes room for another one, in milliseconds. */
const SILENT_MS = 90_000;

/** How many sockets of an old client one session has: a page opens three. */
const OLD_SOCKETS = 3;

/** How many used tickets are remembered; each for a minute at most. */
const TICKET_LIMIT = 1_000;

/** A device comes: the ninth only when one of those that are there says nothing any more. */
export const join = (
  turn: Turn,
  id: string,
  who: Entrant | undefined,
  present: readonly Present[],
): void => {
  const refusal = who ? refusalOf(turn, who, present) : 'unauthorized';
  if (!who || refusal) {
    turn.close(id, refusal ?? 'unauthorized');
    return;
  }
  const older = olderOf(turn, who);
  if (older) turn.close(older.id, 'replaced');
  const { tickets, sockets } = turn.state;
  turn.set({ sockets: [...sockets, { ...IDLE, id, who, hello: false }] });
  if (who.ticket)
    turn.set({ tickets: [...tickets.filter(({ until }) => until > turn.now), who.ticket] });
  ringIdle(turn);
};

/** The socket that a new one takes the place of: every socket of an old client is a device of its own. */
const olderOf = (turn: Turn, { old, device }: Entrant) => (old ? undefined : turn.socketOf(device));

const refusalOf = (
  turn: Turn,
  who: Entrant,
  present: readonly Present[],
): CloseReason | undefined => {
  const { now, state } = turn;
  const { user, until, ticket } = who;
  if (user !== state.id) return 'notInCall';
  if (until <= now || turn.hasEnded(who.sid) || (ticket && ticket.until <= now))
    return 'unauthorized';
  if (ticket && state.tickets.some(({ id }) => id === ticket.id)) return 'unauthorized';
  const isFull = state.tickets.filter((used) => used.until > now).length >= TICKET_LIMIT;
  if (isFull) return 'full';
  if (who.old) limitSession(turn, who.sid, present);
  return makeRoom(turn, olderOf(turn, who), present) ? undefined : 'full';
};

/** Makes room among the old sockets of a session: the longest silent goes, those in a call last. */
const limitSession = (turn: Turn, sid: string, present: readonly Present[]): void => {
  const heardAt = new Map(present.map(({ id, heardAt: at }) => [id, at]));
  const rank = ({ id, line, dial }: Socket) => {
    const isInCall = dial !== undefined || Boolean(line?.sent);
    return isInCall ? Number.POSITIVE_INFINITY : (heardAt.get(id) ?? 0);
  };
  const own = turn.state.sockets.filter(({ who }) => who.old && who.sid === sid);
  const surplus = Math.max(0, own.length + 1 - OLD_SOCKETS);
  const bySilence = own.toSorted((a, b) => (rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b))));
  for (const socket of bySilence.slice(0, surplus)) putOut(turn, socket, 'full');
};

/** Whether there is room for one more, when `leaving` is gone; those who say nothing any more make it. */
const makeRoom = (
  turn: Turn,
  leaving: Socket | undefined,
  present: readonly Present[],
): boolean => {
  const others = () => turn.state.sockets.filter(({ id }) => id !== leaving?.id);
  if (others().length < DEVICE_LIMIT) return true;
  const silent = silentOf(turn, present);
  // Not every old client pings: those in a call go last.
  for (const inCall of [false, true]) {
    if (others().length < DEVICE_LIMIT) break;
    for (const socket of others()) {
      if (silent.has(socket.id) && inCall === Boolean(socket.line?.sent))
        putOut(turn, socket, 'silent');
    }
  }
  return others().length < DEVICE_LIMIT;
};

/** The connections that have said nothing for so long that nobody may be there any more. */
export const silentOf = ({ now }: Turn, present: readonly Present[]): ReadonlySet<string> =>
  new Set(present.filter(({ heardAt }) => heardAt <= now - SILENT_MS).map(({ id }) => id));

const putOut = (turn: Turn, socket: Socket, why: CloseReason): void => {
  turn.close(socket.id, why);
  release(turn, socket);
};

/** A new device says which version it speaks, and hears all that rings. */
export const hello = (turn: Turn, socket: Socket, version: number): void => {
  if (version !== VERSION) {
    turn.close(socket.id, 'version');
    return;
  }
  turn.update(socket, { hello: true });
  const { device } = socket.who;
  const ringing = turn
    .entriesIn('ringing')
    .filter((entry) => isRinging(entry, turn.now) && ringsLate(entry, device, turn.now));
  const rings = ringing.map(({ ring }) => shown(ring, turn.now));
  turn.send(socket, { type: 'welcome', version, rings, ...inCallOf(turn, device) });
  for (const { call } of ringing) noteHeard(turn, call, device);
};

/** A device that has come has heard of a call: where none was before, they can be reached. */
const noteHeard = (turn: Turn, call: string, device: string): void => {
  noteHere(turn, call, device);
  const entry = turn.entry(call);
  if (entry?.state !== 'ringing') return;
  if (entry.answer.outcome !== 'ok' || entry.answer.devices > 0) return;
  turn.put({ ...entry, answer: { ...entry.answer, devices: 1 } });
  turn.act(call, device, { type: 'here' });
};

/** A device has gone. An old one cannot come back: it is out of what it was in; where it only rang, others may still answer. */
export const leave = (turn: Turn, socket: Socket | undefined): void => {
  if (!socket) return;
  turn.remove(socket);
  release(turn, socket);
};

/** Whether two devices are sockets of one old client. */
export const isSameOldClient = (turn: Turn, one: string, other: string): boolean => {
  if (one === other || !isOldDevice(one) || !isOldDevice(other)) return one === other;
  const session = turn.socketOf(one)?.who.sid;
  return session !== undefined && session === turn.socketOf(other)?.who.sid;
};
