import { stepCall } from '../../party/call/machine.ts';
import type { CallRoomState } from '../../party/call/state.ts';
import type { Entrant } from '../../party/wire/messages.ts';
import { hold } from './broken.ts';
import type { World } from './world.ts';

const without = (state: CallRoomState | undefined): string =>
  JSON.stringify(state?.call ? { ...state.call, used: {} } : undefined);

/**
 * Has everybody who may not enter a call try it, with an entrance that the Worker would not give.
 * None of them may change or hear anything.
 */
export const intrude = (world: World, id: string) => {
  const room = world.calls.get(id);
  const call = room?.state?.call;
  if (!room || !call || call.state === 'ended') return;
  const until = world.clock.now + 60_000;
  const fresh = (name: string) => ({ id: `${name}-${world.clock.now}`, until });
  const base = { device: 'sid-X1', sid: 'sid-X1', old: false, until: until + 3_600_000 };
  const intruders: Entrant[] = [
    { ...base, user: 'X', role: 'callee', ticket: fresh('stranger') },
    { ...base, user: '__proto__', role: 'callee', ticket: fresh('proto') },
    { ...base, user: 'constructor', role: 'caller', ticket: fresh('constructor') },
    { ...base, user: call.caller, role: 'callee', ticket: fresh('role') },
    { ...base, user: call.caller, ticket: fresh('no-role') },
    { ...base, user: 'X', role: 'callee', ticket: fresh('stranger moves'), takeOver: true },
    { ...base, user: call.caller, role: 'callee', ticket: fresh('role moves'), takeOver: true },
    { ...base, user: call.caller, role: 'caller' },
    {
      ...base,
      user: call.caller,
      role: 'caller',
      ticket: { id: 'expired', until: world.clock.now },
    },
    ...call.used.map(
      ({ id, until }): Entrant => ({
        ...base,
        user: call.caller,
        role: 'caller',
        ticket: { id, until },
      }),
    ),
  ];
  for (const [index, who] of intruders.entries()) {
    const before = without(room.state);
    let closed = 0;
    room.connect({
      id: `x${index}`,
      who,
      heardAt: () => world.clock.now,
      send: (text) => hold(false, () => `an intruder (${JSON.stringify(who)}) hears ${text}`),
      close: (code) => {
        closed = code;
      },
      broke: () => undefined,
    });
    hold(
      closed === 4001 || closed === 4003,
      () => `an intruder (${JSON.stringify(who)}) is let in`,
    );
    room.frame(`x${index}`, '{"type":"hello","version":1}');
    hold(
      before === without(room.state),
      () => `an intruder (${JSON.stringify(who)}) changes ${id}`,
    );
  }
  if (room.state === undefined) return;
  // A connection that was closed still sends a frame.
  const { state, effects } = stepCall(
    room.state,
    { type: 'frame', id: 'x0', frame: { type: 'accept' } },
    world.clock.now,
  );
  hold(
    state.call === room.state.call && effects.length === 0,
    () => `a connection that was put out changes ${id}`,
  );
};
