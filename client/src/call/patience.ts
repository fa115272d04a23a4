import { showLink } from '../link/machine.ts';
import type { LinkCause } from '../link/state.ts';
import { dropConnections } from './connections.ts';
import type { Ending } from './events.ts';
import type { CallMachine, Somebody, Trouble } from './state.ts';
import { CALL_MS, isLeaving } from './state.ts';
import type { CallStep } from './step.ts';

const NEVER = Number.POSITIVE_INFINITY;

/** The other one of a call of two, in which this device is. */
const otherOf = ({ group, people, accepted, joined }: CallMachine): Somebody | undefined =>
  group || !accepted || !joined ? undefined : people[0];

/** When a call of two is given up for want of media. */
const mediaUntil = (state: CallMachine): number => {
  const other = otherOf(state);
  if (!other?.connection || other.connection.media === 'connected') return NEVER;
  return other.connection.since + CALL_MS.media;
};

/** What the call waits for, until when, and how it ends then. */
const patienceOf = (state: CallMachine): readonly [at: number, ending: Ending] => {
  const { phase, start, joined, accepted, wants, until, dialUntil, lostAt, ringsUntil } = state;
  if (state.ending) return [until, state.ending];
  if (phase !== 'in') return [dialUntil, { reason: 'failed', by: 'server' }];
  const lost: Ending = { reason: 'lost', by: 'me' };
  if (!joined && state.role === 'callee') {
    if (start.type === 'ring' && wants === undefined)
      return [ringsUntil + CALL_MS.slack, { reason: 'missed', by: 'server' }];
    return [until, start.type === 'move' ? { reason: 'failed', by: 'me' } : lost];
  }
  // Nobody has to be connected while it rings, but for so long after somebody has accepted.
  if (!accepted) {
    const at = ringsUntil + CALL_MS.grace + CALL_MS.slack;
    return [at, lostAt === undefined ? { reason: 'missed', by: 'server' } : lost];
  }
  return lostAt === undefined ? [NEVER, lost] : [lostAt + CALL_MS.grace, lost];
};

/** When the call is given up, if nothing happens. */
export const giveUpAt = (state: CallMachine): number =>
  Math.min(patienceOf(state)[0], isLeaving(state) ? NEVER : mediaUntil(state));

/** Leaves the call; the room is still to be told. */
export const leave = (step: CallStep, ending: Ending): void => {
  const { state, now } = step;
  state.ending = { ...ending, at: now };
  state.until = now + CALL_MS.leave;
  dropConnections(step);
};

/** Gives the call up when that is due. */
export const giveUp = (step: CallStep): void => {
  const { state, now } = step;
  if (state.phase === 'over') return;
  const [at, ending] = patienceOf(state);
  if (at <= now) {
    step.finish(ending);
    return;
  }
  if (isLeaving(state) || mediaUntil(state) > now) return;
  const reason = state.talkingSince === undefined ? 'failed' : 'lost';
  leave(step, { reason, by: 'me' });
};

const CAUSES: Readonly<Record<LinkCause, Trouble['cause']>> = {
  offline: 'my_network',
  no_answer: 'my_network',
  closed: 'room',
  refused: 'room',
};

/** What is wrong at the moment, whether people are told of it yet or not. */
const troubleOf = (state: CallMachine): Trouble | undefined => {
  const { lostAt, accepted, joined, talkingSince } = state;
  if (isLeaving(state) || !accepted || !joined) return undefined;
  if (lostAt !== undefined) {
    const link = showLink(state.link);
    const cause = link.state === 'retrying' ? CAUSES[link.cause] : 'my_network';
    return { since: lostAt, until: lostAt + CALL_MS.grace, cause };
  }
  const other = otherOf(state);
  if (other?.awaySince !== undefined) {
    const since = other.awaySince;
    return { since, until: since + CALL_MS.grace, cause: 'their_network' };
  }
  if (talkingSince === undefined || !other?.connection) return undefined;
  if (other.connection.media === 'connected') return undefined;
  return { since: other.connection.since, until: mediaUntil(state), cause: 'media' };
};

/** Notes what people are told of, and since when they talk. */
export const noteTrouble = (step: CallStep): void => {
  const { state, now } = step;
  const trouble = troubleOf(state);
  const isShown = trouble !== undefined && trouble.since + CALL_MS.show <= now;
  state.trouble = isShown ? trouble : undefined;
  const talks = state.people.some(({ connection }) => connection?.media === 'connected');
  if (state.accepted && state.joined && talks) state.talkingSince ??= now;
};

/** When people are to be told of a trouble. */
export const troubleDeadline = (state: CallMachine): number => {
  const trouble = state.trouble ? undefined : troubleOf(state);
  return trouble ? trouble.since + CALL_MS.show : NEVER;
};
