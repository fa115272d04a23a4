import type { Ending, Refusal } from './events.ts';
import type { CallMachine } from './state.ts';
import { isLeaving } from './state.ts';
import type { CallStep } from './step.ts';
import type { EndReason } from './types.ts';

/** How a call ends when the person hangs up. */
export const leftEnding = ({ role, accepted, joined, wants }: CallMachine): Ending => {
  if (accepted && joined) return { reason: 'hung_up', by: 'me' };
  return { reason: role === 'caller' ? 'cancelled' : wants ? 'hung_up' : 'declined', by: 'me' };
};

/** How a call ends that went on without this device, or another one. */
export const lostEnding = ({ lostAt, people }: CallMachine): Ending => {
  const isTheirs = people.some(({ awaySince }) => awaySince !== undefined);
  return { reason: 'lost', by: lostAt !== undefined ? 'me' : isTheirs ? 'them' : 'server' };
};

/** How a call ends that another device of mine has. */
export const movedEnding = ({ joined }: CallMachine, moved: boolean = joined): Ending => ({
  reason: moved ? 'moved' : 'answered_elsewhere',
  by: 'my_other_device',
});

const byOf = (state: CallMachine, reason: EndReason): Ending['by'] => {
  const isCaller = state.role === 'caller';
  switch (reason) {
    case 'hung_up':
      return 'them';
    case 'declined':
      return isCaller ? 'them' : 'my_other_device';
    case 'busy':
      return isCaller ? 'them' : 'server';
    case 'cancelled':
      return isCaller ? 'my_other_device' : 'them';
    case 'lost':
      return lostEnding(state).by;
    default:
      return 'server';
  }
};

/** How a call ended, as the room says; by me if I was about to end it so. */
export const endingOf = (state: CallMachine, reason: EndReason): Ending =>
  isLeaving(state) && state.ending?.reason === reason
    ? state.ending
    : { reason, by: byOf(state, reason) };

/** How a call ended of which the API says that there is none. */
const goneEnding = (state: CallMachine, reason: string | undefined): Ending => {
  if (reason !== undefined) return endingOf(state, reason as EndReason);
  if (state.ending) return state.ending;
  if (state.joined || state.role === 'caller') return { reason: 'lost', by: 'server' };
  return { reason: 'cancelled', by: 'them' };
};

/** A ticket was refused: some refusals end the call. */
export const onRefused = (step: CallStep, refusal: Refusal): void => {
  const { state } = step;
  const { status, reason } = refusal;
  if (status === 401) step.finishUnlessLeft({ reason: 'signed_out', by: 'server' });
  else if (status === 404) step.finish(goneEnding(state, reason));
  else if (status === 409) step.finish(movedEnding(state));
  else if (state.link.phase === 'off')
    step.finishUnlessLeft({ reason: 'failed', by: 'server' }, refusal);
};

/** The socket was closed: some codes end the call (docs/protocol.md). */
export const onClosed = (step: CallStep, code: number): void => {
  const { state } = step;
  if (code === 4003) step.finish(movedEnding(state));
  else if (code === 4008) step.finishUnlessLeft({ reason: 'replaced', by: 'me' });
  else if (code === 1000 || code === 4004) step.finish(goneEnding(state, undefined));
  else if (state.link.phase === 'off') step.finishUnlessLeft({ reason: 'failed', by: 'server' });
};
