import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { Held } from '../wire/messages.ts';
import { tellInbox } from './lifecycle.ts';
import { announce } from './presence.ts';
import { beginAnew } from './signals.ts';
import type { Call, Member } from './state.ts';
import type { CallStep } from './step.ts';

/** How much longer than it rings an inbox holds a dial, in milliseconds. */
const SLACK_MS = 10_000;

/** Until when the caller's inbox holds a call that nobody answers, in milliseconds since 1970. */
export const dialUntil = (createdAt: number): number => createdAt + RING_MS + SLACK_MS;

/** On which device of theirs somebody has the call. */
export const heldBy = (call: Call, { role, device = '', old }: Member): Held => ({
  call: call.id,
  role,
  state: call.state === 'accepted' ? 'accepted' : 'ringing',
  device,
  // An old device has no session's name.
  ...(!old && { session: device }),
});

/** Another device of the caller takes the call, which nobody has answered; what they signal begins anew. */
export const move = (
  step: CallStep,
  { profile: { user }, epoch: former }: Member,
  device: string,
) => {
  const { id: call, createdAt } = step.call;
  const epoch = former + 1;
  for (const { id } of step.socketsOf(user)) {
    step.send(id, { type: 'answered_elsewhere' });
    step.close(id, 'notInCall');
  }
  step.setMember(user, { device, old: false, epoch, greeted: false, awayAt: step.now });
  beginAnew(step, user);
  const callees = step.members.filter(({ role }) => role === 'callee');
  const to = callees.map(({ profile }) => profile.user);
  const message = { type: 'moved', call, device, epoch, to, until: dialUntil(createdAt) } as const;
  tellInbox(step, user, message);
  announce(step, user);
};
