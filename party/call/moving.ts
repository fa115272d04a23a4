import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import type { HeldCall } from '../wire/fields.ts';
import { resetStream } from './acks.ts';
import { renewBusyLease } from './lifecycle.ts';
import { announcePeer, hasCall } from './presence.ts';
import type { CallSocket, JoinedMember, RoomCall } from './state.ts';
import { isMovable, joinedMember } from './state.ts';
import type { CallStep } from './step.ts';

/** How much longer than the call rings an inbox holds its dial, in milliseconds. */
const SLACK_MS = 10_000;

/** How often a member moves a running call within {@link MOVES_MS} milliseconds [C54]. */
const MOVE_LIMIT = 10;
const MOVES_MS = 60_000;

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

/**
 * Gives a running call to another device of a member, in the next epoch: the others negotiate anew
 * with it [C51].
 *
 * @returns why the frame is refused, if it is
 */
export const moveRunningCall = (step: CallStep, socket: CallSocket): FrameError | undefined => {
  const { now, call } = step;
  const { id, user, device } = socket;
  const member = step.member(user);
  if (!member || hasCall(step, socket) || !isMovable(call, member)) return 'not_now';
  const moves = (member.moves ?? []).filter((at) => at > now - MOVES_MS);
  if (moves.length >= MOVE_LIMIT) return 'too_often';
  dismissOtherDevices(step, socket);
  // Signals on their way to a legacy device are of no use to the new one.
  if (member.legacy) step.dropPostsTo(user);
  const { place } = member;
  const moved = joinedMember(member, { place, device, legacy: false });
  step.putMember({ ...moved, moves: [...moves, now] });
  resetStream(step, user);
  renewBusyLease(step, user, true);
  step.send(id, { type: 'state', state: 'accepted' });
  announcePeer(step, user);
  return undefined;
};

/** Closes the sockets of a user's other devices: the one in the call, and those that wait. */
const dismissOtherDevices = (step: CallStep, { user, device }: CallSocket) => {
  for (const other of step.socketsOf(user)) {
    if (other.device === device) continue;
    const hadCall = hasCall(step, other);
    step.send(other.id, { type: 'answered_elsewhere', ...(hadCall && { moved: true }) });
    step.close(other.id, 'notInCall');
  }
};
