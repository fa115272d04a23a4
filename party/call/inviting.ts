import { CALL_SIZE } from '../../src/contract/sockets/call.ts';
import type { Invite, InviteAnswer } from '../wire/invite.ts';
import { comingOf, ringsUntil } from './invited.ts';
import { heldCallOf } from './moving.ts';
import { announcePeer, sendWelcome } from './presence.ts';
import type { JoinedMember, Member } from './state.ts';
import {
  hasJoined,
  hasMissed,
  isJoined,
  isOnLegacyDevice,
  isRinging,
  isUnheard,
  newRingingMember,
} from './state.ts';
import type { CallStep } from './step.ts';

/** How many people a call remembers, those who left included: its record must fit the Worker. */
const REMEMBERED = 32;

/**
 * A member who is in the call invites somebody: it rings for them, as in a group call [C58]. For
 * whom it rings already it rings on, whoever has invited them [C62].
 */
export const inviteToCall = (step: CallStep, invite: Invite): InviteAnswer => {
  const { call } = step;
  const { callee, unheard = false } = invite;
  const inviter = step.member(invite.user);
  if (!inviter || inviter.state === 'left' || call.state === 'ended') {
    const { reason } = call;
    const isTold = reason && inviter && !isUnheard(inviter);
    return { outcome: 'no_such_call', ...(isTold && { reason }) };
  }
  if (!isJoined(inviter) || call.state !== 'accepted') return { outcome: 'not_answered' };
  if (inviter.device !== invite.device)
    return { outcome: 'elsewhere', held: heldCallOf(call, inviter) };
  if (step.members.some(isOnLegacyDevice)) return { outcome: 'legacy' };
  const known = step.member(callee.user);
  if (known && isJoined(known)) return { outcome: 'there' };
  // Who has blocked the one who invited them first may be invited by somebody else.
  if (known && isRinging(known) && (unheard || !known.unheard)) return { outcome: 'ok' };
  const present = step.members.filter((member) => member.state !== 'left' && member !== known);
  const isFull = present.length >= CALL_SIZE || (!known && step.members.length >= REMEMBERED);
  if (isFull) return { outcome: 'full' };
  ringIn(step, inviter, invite);
  return { outcome: 'ok' };
};

const ringIn = (step: CallStep, inviter: JoinedMember, { callee, unheard, push }: Invite) => {
  const { now } = step;
  const { user } = callee;
  const known = step.member(user);
  const { role = 'callee', place = step.members.length, epoch = 0, moves } = known ?? {};
  const before = known &&
    !isUnheard(known) && { ...comingOf(step.call, known), joined: hasJoined(known) };
  const n = (known?.invited?.n ?? 0) + 1;
  const invited = { by: inviter.profile.user, at: now, n, ...(before && { before }) };
  const missed = known !== undefined && hasMissed(known);
  const member: Member = {
    ...newRingingMember(callee, role, place),
    ...{ epoch, moves, unheard, push, invited, missed },
  };
  if (known) step.putMember(member);
  else step.set({ members: [...step.members, member] });
  const { id: call, video, group } = step.call;
  if (group) announcePeer(step, user);
  else grow(step);
  const to = step.members.flatMap(({ state, profile }) =>
    state === 'left' || profile.user === inviter.profile.user ? [] : [profile.user],
  );
  const expiresAt = ringsUntil(step.call, member);
  const ring = { call, from: inviter.profile, video, group: true, expiresAt, to } as const;
  step.post({
    to: { party: 'inbox', id: user },
    message: {
      type: 'ring',
      ...ring,
      ...(unheard && { unheard }),
      ...(push && { push }),
      invitation: invited.n,
    },
    durable: true,
    until: expiresAt,
  });
};

/** Makes a call of two a group, as all devices are told by another welcome [C61]. */
const grow = (step: CallStep) => {
  step.set({ group: true, grown: true });
  for (const socket of step.call.sockets) if (socket.hello) sendWelcome(step, socket);
};
