import { isOnLegacyDevice } from './state.ts';
import type { CallStep } from './step.ts';

/**
 * Lets a legacy device hand its next signals to the other one's inbox, once all before have arrived
 * [C47]. If the word of it is lost, the next signal that arrives brings another.
 *
 * @param delivered the signal that has arrived
 */
export const letTalkDirectly = (
  step: CallStep,
  { from, to, seq }: { readonly from: string; readonly to: string; readonly seq: number },
): void => {
  const { id: call, video, group, state } = step.call;
  const [sender, recipient] = [step.member(from), step.member(to)];
  if (group || state !== 'accepted') return;
  if (!isOnLegacyDevice(sender) || !isOnLegacyDevice(recipient)) return;
  const { received, outOfOrder } = step.stream(from);
  if (received !== seq || outOfOrder.length > 0 || step.hasSignalsFor(to)) return;
  const { device, epoch } = sender;
  step.post({
    to: { party: 'inbox', id: from },
    message: {
      type: 'direct',
      call,
      device,
      seq,
      epoch,
      video,
      to: { user: to, device: recipient.device },
    },
    durable: false,
    until: step.now,
  });
};
