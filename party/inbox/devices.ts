import type { CloseReason } from '../../src/contract/sockets/protocol.ts';
import { DEVICE_LIMIT } from '../../src/contract/sockets/protocol.ts';
import type { Present } from '../definition.ts';
import type { Entrant } from '../wire/messages.ts';
import { releaseLegacyDevice, ringIdleLegacyDevices } from './ending.ts';
import type { InboxSocket } from './state.ts';
import { IDLE, isLegacyDevice } from './state.ts';
import type { InboxStep } from './step.ts';

/** A device that has been silent for so long may be dead, in milliseconds [C5]. */
const SILENT_MS = 90_000;

/** How many legacy sockets one session has: a page opens three [C27]. */
const LEGACY_SOCKETS = 3;

/** How many used tickets are remembered, each for a minute at most. */
const TICKET_LIMIT = 1_000;

/** A connection as the room hears of it, with all others. */
interface Joining {
  readonly id: string;
  readonly who: Entrant | undefined;
  readonly present: readonly Present[];
}

/** A device connects: it is let in, or its socket is closed. */
export const onConnect = (step: InboxStep, { id, who, present }: Joining): void => {
  const refusal = who ? findRefusal(step, who, present) : 'unauthorized';
  if (!who || refusal) {
    step.close(id, refusal ?? 'unauthorized');
    return;
  }
  const older = findReplaced(step, who);
  if (older) step.close(older.id, 'replaced');
  const { tickets, sockets } = step.state;
  step.set({ sockets: [...sockets, { ...IDLE, id, who, hello: false }] });
  if (who.ticket)
    step.set({ tickets: [...tickets.filter(({ until }) => until > step.now), who.ticket] });
  ringIdleLegacyDevices(step);
};

/** The socket that a new one replaces [C19]. Every legacy socket is a device of its own. */
const findReplaced = (step: InboxStep, { old, device }: Entrant) =>
  old ? undefined : step.socketOf(device);

/** Says why a device is not let in; closes sockets to make room for one that is. */
const findRefusal = (
  step: InboxStep,
  who: Entrant,
  present: readonly Present[],
): CloseReason | undefined => {
  const { now, state } = step;
  const { user, until, ticket } = who;
  if (user !== state.id) return 'notInCall';
  if (until <= now || step.hasEnded(who.sid) || (ticket && ticket.until <= now))
    return 'unauthorized';
  if (ticket && state.tickets.some(({ id }) => id === ticket.id)) return 'unauthorized';
  const isFull = state.tickets.filter((used) => used.until > now).length >= TICKET_LIMIT;
  if (isFull) return 'full';
  if (who.old) limitLegacySockets(step, who.sid, present);
  return makeRoomForDevice(step, findReplaced(step, who), present) ? undefined : 'full';
};

/**
 * Closes legacy sockets of a session that has too many: the longest silent first, any in a call
 * last.
 */
const limitLegacySockets = (step: InboxStep, sid: string, present: readonly Present[]): void => {
  const heardAt = new Map(present.map(({ id, heardAt: at }) => [id, at]));
  const rank = ({ id, line, dial }: InboxSocket) => {
    const isInCall = dial !== undefined || Boolean(line?.sent);
    return isInCall ? Number.POSITIVE_INFINITY : (heardAt.get(id) ?? 0);
  };
  const own = step.state.sockets.filter(({ who }) => who.old && who.sid === sid);
  const surplus = Math.max(0, own.length + 1 - LEGACY_SOCKETS);
  const bySilence = own.toSorted((a, b) => (rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b))));
  for (const socket of bySilence.slice(0, surplus)) closeDevice(step, socket, 'full');
};

/**
 * Makes room for one device, when `leaving` is gone, by closing silent ones; false if it cannot.
 */
const makeRoomForDevice = (
  step: InboxStep,
  leaving: InboxSocket | undefined,
  present: readonly Present[],
): boolean => {
  const others = () => step.state.sockets.filter(({ id }) => id !== leaving?.id);
  if (others().length < DEVICE_LIMIT) return true;
  const silent = findSilent(step, present);
  // Not every legacy client pings, so devices in a call go last.
  for (const inCall of [false, true]) {
    if (others().length < DEVICE_LIMIT) break;
    for (const socket of others()) {
      if (silent.has(socket.id) && inCall === Boolean(socket.line?.sent))
        closeDevice(step, socket, 'silent');
    }
  }
  return others().length < DEVICE_LIMIT;
};

/** The ids of the connections that have been silent for so long that they may be dead. */
export const findSilent = ({ now }: InboxStep, present: readonly Present[]): ReadonlySet<string> =>
  new Set(present.filter(({ heardAt }) => heardAt <= now - SILENT_MS).map(({ id }) => id));

const closeDevice = (step: InboxStep, socket: InboxSocket, why: CloseReason): void => {
  step.close(socket.id, why);
  releaseLegacyDevice(step, socket);
};

/**
 * A device has disconnected. A legacy one cannot come back, so it leaves what it was in [C39];
 * where it only rang, others may still answer.
 */
export const onSocketClosed = (step: InboxStep, socket: InboxSocket | undefined): void => {
  if (!socket) return;
  step.removeSocket(socket);
  releaseLegacyDevice(step, socket);
};

/** Whether two devices are the same, or sockets of one legacy client. */
export const isSameLegacyClient = (step: InboxStep, one: string, other: string): boolean => {
  if (one === other || !isLegacyDevice(one) || !isLegacyDevice(other)) return one === other;
  const session = step.socketOf(one)?.who.sid;
  return session !== undefined && session === step.socketOf(other)?.who.sid;
};
