import { RING_MS } from '../../src/contract/sockets/call.ts';
import type { ActiveAnswer, ToInbox } from '../wire/messages.ts';
import { ringTimeOf, SLACK_MS } from './crossing.ts';
import { endCall, hangUpCall } from './ending.ts';
import { forgetPauses } from './pauses.ts';
import { pushStop } from './pushing.ts';
import { refuseBusy } from './slots.ts';
import type { Entry, EntryIn } from './state.ts';
import { isLegacyDevice } from './state.ts';
import type { InboxStep } from './step.ts';

/**
 * This user is in a call on one device: it stops ringing on the others, and all other calls that
 * the user makes, or that ring, end.
 */
export const enterCall = (
  step: InboxStep,
  message: Extract<ToInbox, { type: 'active' }>,
): ActiveAnswer => {
  const { call, device, epoch = 0, role, peers, until, moved } = message;
  const known = step.entry(call);
  // The message is late, unless the user has come back to a call that goes on, or has moved it
  // from a device that was hanging up here [C52].
  const isOut = known?.state === 'ringing' || known?.state === 'unheard';
  const leftIn = isOut ? (known.epoch ?? -1) : -1;
  const lastEpoch = known?.state === 'over' ? (known.epoch ?? (moved ? 0 : epoch)) : leftIn;
  if (epoch <= lastEpoch) return { outcome: 'ok' };
  if (known?.state === 'active' && epoch < (known.epoch ?? 0)) return { outcome: 'ok' };
  const other = step.entriesIn('active').find((one) => one.call !== call);
  if (other && !(other.calledByOld && known?.state === 'ringing')) return { outcome: 'busy' };
  const place = { call, device, epoch, role, peers, until, invitation: known?.invitation };
  const entry: EntryIn<'active'> = { state: 'active', ...place, ...findOrigin(known, device) };
  step.putEntry(entry);
  if (other) hangUpCall(step, other);
  if (step.hasEnded(device)) step.act(call, device, { type: 'revoke' });
  if (known?.state === 'ringing') {
    step.stopRinging(call, 'answered_elsewhere', device);
    pushStop(step, known, { reason: 'answered_elsewhere', by: device });
    forgetPauses(step, [known.ring.from.user]);
  }
  for (const socket of step.state.sockets) {
    if (socket.line?.call === call && socket.who.device !== device) step.dismissLegacy(socket);
  }
  for (const own of step.entriesIn('dialling')) hangUpCall(step, own);
  if (!entry.calledByOld) {
    for (const waiting of step.entriesIn('ringing')) refuseBusy(step, waiting, device);
  }
  if (isLegacyDevice(device) && !step.socketOf(device)) hangUpCall(step, entry);
  return { outcome: 'ok' };
};

type Origin = Pick<EntryIn<'active'>, 'calledByOld' | 'oldCalledAt'>;

/** Finds out whether a call that a device has taken began on a legacy one of either side. */
const findOrigin = (known: Entry | undefined, device: string): Origin => {
  switch (known?.state) {
    case 'active': {
      const { calledByOld, oldCalledAt } = known;
      // A new device that has taken the call over says when it leaves.
      return { calledByOld: calledByOld && isLegacyDevice(device), oldCalledAt };
    }
    case 'dialling':
      return { calledByOld: isLegacyDevice(known.device) };
    case 'ringing':
      return known.here ? { oldCalledAt: ringTimeOf(known.ring) } : {};
    default:
      return {};
  }
};

/** A call is over for this user. A call that is not known here yet may still be on its way. */
export const leaveCall = (
  step: InboxStep,
  { call, epoch, invitation, reason }: Extract<ToInbox, { type: 'stop' }>,
): void => {
  const entry = step.entry(call);
  const until = step.now + RING_MS + SLACK_MS;
  const later = (invitation ?? 0) - (entry?.invitation ?? 0);
  // Since then it rings once more.
  if (later < 0) return;
  if (!entry) step.putEntry({ state: 'over', call, epoch, invitation, until });
  else if (entry.state === 'active' && (epoch ?? Number.POSITIVE_INFINITY) < (entry.epoch ?? 0))
    return;
  else if (entry.state !== 'over') endCall(step, entry, { reason, epoch });
  else if (later > 0 || (epoch ?? -1) > (entry.epoch ?? -1))
    step.putEntry({ state: 'over', call, epoch: epoch ?? entry.epoch, invitation, until });
};
