import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { HeldCall } from '../wire/messages.ts';
import { resetStream } from './acks.ts';
import { announcePeer } from './presence.ts';
import type { JoinedMember, RoomCall } from './state.ts';
import type { CallStep } from './step.ts';

/** How much longer than the call rings an inbox holds its dial, in milliseconds. */
const SLACK_MS = 10_000;

/** When the caller's inbox forgets an unanswered call, in milliseconds since 1970. */
export const dialExpiresAt = (createdAt: number): number => createdAt + RING_MS + SLACK_MS;

/** The call as a member holds it, with the device that has it [C33]. */
export const heldCallOf = (call: RoomCall, { role, device, legacy }: JoinedMember): HeldCall => ({
  call: call.id,
  role,
  state: call.state === 'accepted' ? 'accepted' : 'ringing',
  device,
  // The id of a legacy device is no session.
  ...(!legacy && { session: device }),
});

/** Gives an unanswered call to another device of its caller, whose signals begin anew [C34]. */
export const moveCall = (step: CallStep, member: JoinedMember, device: string) => {
  const { id: call, createdAt } = step.call;
  const { user } = member.profile;
  const epoch = member.epoch + 1;
  for (const { id } of step.socketsOf(user)) {
    step.send(id, { type: 'answered_elsewhere' });
    step.close(id, 'notInCall');
  }
  step.putMember({
    ...member,
    device,
    legacy: false,
    epoch,
    greeted: false,
    awayAt: step.now,
  });
  resetStream(step, user);
  const callees = step.members.filter(({ role }) => role === 'callee');
  const to = callees.map(({ profile }) => profile.user);
  const until = dialExpiresAt(createdAt);
  step.tellInbox(user, { type: 'moved', call, device, epoch, to, until });
  announcePeer(step, user);
};
