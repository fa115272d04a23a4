import type { Peer, Signal } from '../contract.ts';
import type { MediaState } from './events.ts';
import { dropWaiting, queueSignal } from './signals.ts';
import type { CallMachine, Connection, Somebody } from './state.ts';
import { CALL_MS, isLeaving } from './state.ts';
import type { CallStep } from './step.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** Whether there is to be a connection to somebody. */
const isWanted = (state: CallMachine, { state: where }: Peer): boolean => {
  if (isLeaving(state)) return false;
  // Of two, the callee prepares the connection while it rings, and the caller makes the offer.
  if (!state.joined && (state.group || state.start.type !== 'ring')) return false;
  return where === 'joined' || where === 'away' || (where === 'ringing' && !state.group);
};

/** Drops a connection, and what it has made and was not sent. */
export const dropConnection = (step: CallStep, { id }: Connection): void => {
  step.set({ signals: dropWaiting(step.state.signals, id) });
  step.do({ type: 'dropPeer', connection: id });
};

/** Drops all connections, since the person leaves. */
export const dropConnections = (step: CallStep): void => {
  for (const one of step.state.people) {
    if (!one.connection) continue;
    dropConnection(step, one.connection);
    step.put({ ...one, connection: undefined });
  }
};

/** Begins a connection to somebody, in the place of the one before. */
export const connectTo = (step: CallStep, somebody: Somebody): void => {
  if (somebody.connection) dropConnection(step, somebody.connection);
  const { joined, wants, start, connections } = step.state;
  const { polite, epoch } = somebody;
  const id = connections + 1;
  const held = start.type === 'ring' && !joined && wants === undefined;
  step.set({ connections: id });
  const connection: Connection = {
    id,
    epoch: Math.max(1, epoch),
    polite,
    held,
    media: 'new',
    since: step.now,
    restartAt: NEVER,
    restarts: 0,
  };
  step.put({ ...somebody, connection });
  step.do({ type: 'peer', connection: id, polite, offers: !polite, held });
};

/** Notes what the room says of somebody, and begins or ends the connection to them. */
export const meet = (step: CallStep, peer: Peer): void => {
  const before = step.somebody(peer.user);
  const isAway = peer.state === 'away';
  const somebody: Somebody = {
    ...peer,
    awaySince: isAway ? (before?.awaySince ?? step.now) : undefined,
    connection: before?.connection,
  };
  step.put(somebody);
  const { connection } = somebody;
  if (!isWanted(step.state, peer)) {
    if (!connection) return;
    dropConnection(step, connection);
    step.put({ ...somebody, connection: undefined });
  } else if (connection?.epoch !== Math.max(1, peer.epoch)) connectTo(step, somebody);
};

/** Begins the connections that are wanted now that this device is in the call. */
export const meetAll = (step: CallStep): void => {
  for (const { awaySince: _, connection: __, ...peer } of step.state.people) meet(step, peer);
};

/** Lets the prepared connections go on: the person has accepted. */
export const releaseAll = (step: CallStep): void => {
  for (const one of step.state.people) {
    const { connection } = one;
    if (!connection?.held) continue;
    step.put({ ...one, connection: { ...connection, held: false, since: step.now } });
    step.do({ type: 'release', connection: connection.id });
  }
};

const change = (step: CallStep, id: number, to: (connection: Connection) => Connection) => {
  const one = step.state.people.find(({ connection }) => connection?.id === id);
  if (one?.connection) step.put({ ...one, connection: to(one.connection) });
};

/** Hands signals of somebody to the connection they are for. */
export const applySignals = (
  step: CallStep,
  { from, epoch, signals }: { from: string; epoch: number; signals: readonly Signal[] },
): void => {
  const known = step.somebody(from);
  if (!known) return;
  if (epoch > known.epoch) {
    const { awaySince: _, connection: __, ...peer } = known;
    meet(step, { ...peer, epoch });
  }
  const connection = step.somebody(from)?.connection;
  if (connection?.epoch !== epoch) return;
  step.do({ type: 'apply', connection: connection.id, signals });
  // The other side restarts ICE itself.
  if (!signals.some(({ kind }) => kind === 'offer')) return;
  change(step, connection.id, (one) => ({
    ...one,
    restartAt: one.restartAt === NEVER ? NEVER : step.now + CALL_MS.restart,
  }));
};

/** Queues what a connection has made; what one made that was dropped is of no use. */
export const takeSignal = (step: CallStep, id: number, signal: Signal): void => {
  const one = step.state.people.find(({ connection }) => connection?.id === id);
  if (!one?.connection) return;
  const { epoch } = one.connection;
  const to = step.state.group ? one.user : undefined;
  const outgoing = { connection: id, to, epoch, signal };
  step.set({ signals: queueSignal(step.state.signals, outgoing) });
};

/** Notes how media go. */
export const noteMedia = (step: CallStep, id: number, media: MediaState): void => {
  const { now } = step;
  change(step, id, (before) => {
    if (before.media === media) return before;
    const since = before.media === 'connected' ? now : before.since;
    const patience = before.polite ? CALL_MS.polite : 0;
    switch (media) {
      case 'connected':
        return { ...before, media, since: now, restartAt: NEVER, restarts: 0 };
      case 'disconnected':
        return { ...before, media, since, restartAt: now + CALL_MS.disconnected + patience };
      case 'failed':
        return { ...before, media, since, restartAt: Math.min(before.restartAt, now + patience) };
      case 'new':
        return { ...before, media, since };
    }
  });
};

/** Has ICE restarted everywhere, since the network of this device has changed. */
export const restartAll = (step: CallStep): void => {
  for (const { connection } of step.state.people) {
    if (connection && connection.media !== 'new')
      change(step, connection.id, (one) => ({ ...one, restartAt: step.now }));
  }
};

/** When ICE is to be restarted with somebody: only while both are connected to the room. */
const restartAtOf = ({ welcomed, joined }: CallMachine, { state, connection }: Somebody): number =>
  welcomed && joined && state === 'joined' && connection ? connection.restartAt : NEVER;

/** Restarts ICE where it is due. */
export const restartDue = (step: CallStep): void => {
  for (const one of step.state.people) {
    if (!one.connection || restartAtOf(step.state, one) > step.now) continue;
    const { id, restarts } = one.connection;
    const pause = CALL_MS.restart * 2 ** Math.min(restarts, 3);
    change(step, id, (connection) => ({
      ...connection,
      // Where media still flow, one restart is enough: if they stop, that is told.
      restartAt: connection.media === 'connected' ? NEVER : step.now + pause,
      restarts: restarts + 1,
    }));
    step.do({ type: 'restart', connection: id });
  }
};

/** When a restart of ICE is due next. */
export const restartDeadline = (state: CallMachine): number =>
  Math.min(NEVER, ...state.people.map((one) => restartAtOf(state, one)));
