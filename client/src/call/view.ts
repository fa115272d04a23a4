import { showLink } from '../link/machine.ts';
import type { CallView, PersonView } from './events.ts';
import type { CallMachine, Somebody } from './state.ts';
import type { CallState } from './types.ts';

const personOf = ({ user, username, displayName, ...rest }: Somebody): PersonView => {
  const { state, unreachable = false, connection } = rest;
  const talks = connection?.media === 'connected' ? 'talking' : 'connecting';
  return {
    user,
    username,
    displayName,
    state: state === 'joined' ? talks : state,
    unreachable,
    connection: connection?.id,
  };
};

const stateOf = (call: CallMachine): CallState => {
  const { ending, phase, role, start, joined, accepted, wants, trouble, people } = call;
  const { talkingSince, ringsUntil: until } = call;
  if (ending) {
    const { reason, by, at } = ending;
    return { state: 'ended', reason, by, talkedMs: at - (talkingSince ?? at) };
  }
  if (phase !== 'in') return { state: 'calling' };
  if (role === 'caller' && !accepted) {
    const ringing = people.filter(({ state }) => state === 'ringing');
    const isAlone = ringing.length > 0 && ringing.every(({ unreachable }) => unreachable === true);
    return { state: 'ringing', until, unreachable: isAlone };
  }
  if (start.type === 'ring' && !joined && wants === undefined)
    return { state: 'ringing', until, unreachable: false };
  if (trouble) return { state: 'reconnecting', ...trouble, talkingSince };
  return talkingSince === undefined
    ? { state: 'connecting' }
    : { state: 'talking', since: talkingSince };
};

/** What is shown of a call. */
export const viewCall = (call: CallMachine): CallView => ({
  call: call.call,
  video: call.video,
  group: call.group,
  state: stateOf(call),
  joined: call.joined,
  movable: call.movable,
  people: call.people.filter(({ user }) => user !== '').map(personOf),
  link: showLink(call.link),
  error: call.error,
  over: call.phase === 'over',
});
