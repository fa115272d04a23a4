import type { Peer, Signal } from '../contract.ts';
import type { MediaState } from './events.ts';
import { dropWaiting, queueSignal } from './signals.ts';
import type { CallMachine, Somebody } from './state.ts';
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

/** Drops the connection to somebody, and what it has made and was not sent. */
export const dropConnection = (step: CallStep, somebody: Somebody): void => {
  const { connection } = somebody;
  if (!connection) return;
  somebody.connection = undefined;
  dropWaiting(step.state.signals, connection.id);
  step.do({ type: 'dropPeer', connection: connection.id });
};

/** Drops all connections, since the person leaves. */
export const dropConnections = (step: CallStep): void => {
  for (const one of step.state.people) dropConnection(step, one);
};

/** Begins a connection to somebody, in the place of the one before. */
export const connectTo = (step: CallStep, somebody: Somebody): void => {
  const { state, now } = step;
  dropConnection(step, somebody);
  const { polite, epoch } = somebody;
  state.connections += 1;
  const id = state.connections;
  const held = state.start.type === 'ring' && !state.joined && state.wants === undefined;
  somebody.connection = {
    id,
    epoch: Math.max(1, epoch),
    polite,
    held,
    media: 'new',
    since: now,
    restartAt: NEVER,
    restarts: 0,
  };
  step.do({ type: 'peer', connection: id, polite, offers: !polite, held });
};

/** Notes what the room says of somebody, and begins or ends the connection to them. */
export const meet = (step: CallStep, peer: Peer): void => {
  const { awaySince = step.now, connection } = step.somebody(peer.user) ?? {};
  const isAway = peer.state === 'away';
  const somebody = { ...peer, awaySince: isAway ? awaySince : undefined, connection };
  step.put(somebody);
  if (!isWanted(step.state, peer)) dropConnection(step, somebody);
  else if (connection?.epoch !== Math.max(1, peer.epoch)) connectTo(step, somebody);
};

/** Begins the connections that are wanted now that this device is in the call. */
export const meetAll = (step: CallStep): void => {
  for (const one of step.state.people) meet(step, one);
};

/** Lets the prepared connections go on: the person has accepted. */
export const releaseAll = (step: CallStep): void => {
  for (const { connection } of step.state.people) {
    if (!connection?.held) continue;
    connection.held = false;
    connection.since = step.now;
    step.do({ type: 'release', connection: connection.id });
  }
};

/** Whom a connection is to. */
const ownerOf = (step: CallStep, id: number): Somebody | undefined =>
  step.state.people.find(({ connection }) => connection?.id === id);

/** Hands signals of somebody to the connection they are for. */
export const applySignals = (
  step: CallStep,
  { from, epoch, signals }: { from: string; epoch: number; signals: readonly Signal[] },
): void => {
  const known = step.somebody(from);
  if (known && epoch > known.epoch) meet(step, { ...known, epoch });
  const connection = step.somebody(from)?.connection;
  if (connection?.epoch !== epoch) return;
  step.do({ type: 'apply', connection: connection.id, signals });
  // The other side restarts ICE itself.
  if (connection.restartAt !== NEVER && signals.some(({ kind }) => kind === 'offer'))
    connection.restartAt = step.now + CALL_MS.restart;
};

/** Queues what a connection has made; what one made that was dropped is of no use. */
export const takeSignal = (step: CallStep, id: number, signal: Signal): void => {
  const one = ownerOf(step, id);
  if (!one?.connection) return;
  const { epoch } = one.connection;
  const to = step.state.group ? one.user : undefined;
  queueSignal(step.state.signals, { connection: id, to, epoch, signal });
};

/** Notes how media go. */
export const noteMedia = (step: CallStep, id: number, media: MediaState): void => {
  const { now } = step;
  const connection = ownerOf(step, id)?.connection;
  if (!connection || connection.media === media) return;
  const patience = connection.polite ? CALL_MS.polite : 0;
  if (connection.media === 'connected' || media === 'connected') connection.since = now;
  connection.media = media;
  if (media === 'connected') {
    connection.restartAt = NEVER;
    connection.restarts = 0;
  } else if (media === 'disconnected') connection.restartAt = now + CALL_MS.disconnected + patience;
  else if (media === 'failed')
    connection.restartAt = Math.min(connection.restartAt, now + patience);
};

/** Has ICE restarted everywhere, since the network of this device has changed. */
export const restartAll = (step: CallStep): void => {
  for (const { connection } of step.state.people)
    if (connection && connection.media !== 'new') connection.restartAt = step.now;
};

/** When ICE is to be restarted with somebody: only while both are connected to the room. */
const restartAtOf = ({ welcomed, joined }: CallMachine, { state, connection }: Somebody): number =>
  welcomed && joined && state === 'joined' && connection ? connection.restartAt : NEVER;

/** Restarts ICE where it is due. */
export const restartDue = (step: CallStep): void => {
  for (const one of step.state.people) {
    const { connection } = one;
    if (!connection || restartAtOf(step.state, one) > step.now) continue;
    const { id, restarts, media } = connection;
    const pause = CALL_MS.restart * 2 ** Math.min(restarts, 3);
    // Where media still flow, one restart is enough: if they stop, that is told.
    connection.restartAt = media === 'connected' ? NEVER : step.now + pause;
    connection.restarts += 1;
    step.do({ type: 'restart', connection: id });
  }
};

/** When a restart of ICE is due next. */
export const restartDeadline = (state: CallMachine): number =>
  Math.min(NEVER, ...state.people.map((one) => restartAtOf(state, one)));
