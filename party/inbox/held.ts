import type { InCall } from '../../src/contract/sockets/inbox.ts';
import type { HeldCall } from '../wire/fields.ts';
import type { ToInbox } from '../wire/messages.ts';
import { isLegacyDevice } from './state.ts';
import { InboxStep } from './step.ts';

/** Finds the call that this user is in or makes, as the Worker is told of it [C33]. */
export const findHeldCall = (step: InboxStep): HeldCall | undefined => {
  const [entry] = [...step.entriesIn('active'), ...step.entriesIn('dialling')];
  if (!entry) return undefined;
  const { call, device } = entry;
  const session = isLegacyDevice(device) ? step.socketOf(device)?.who.sid : device;
  const more = session === undefined ? { device } : { device, session };
  if (entry.state === 'dialling') return { call, role: 'caller', state: 'ringing', ...more };
  return { call, ...(entry.role && { role: entry.role }), state: 'accepted', ...more };
};

/** The field `inCall` of what a device is told, if there is such a call. */
export const describeHeldCall = (step: InboxStep, asking: string): { readonly inCall?: InCall } => {
  const held = findHeldCall(step);
  if (!held) return {};
  const { device, ...rest } = held;
  return { inCall: { ...rest, here: device === asking } };
};

/**
 * Does something, and tells the new devices if that changes what is said of their user's call
 * [C57]. Those that wait for their welcome are told by it.
 */
export const tellHeldCallAfter = (step: InboxStep, change: () => void): void => {
  const former = new InboxStep(step.state, step.now);
  change();
  if (step.state.calls === former.state.calls && step.state.sockets === former.state.sockets)
    return;
  const isSame = (before: object | undefined, after: object | undefined) =>
    JSON.stringify(before) === JSON.stringify(after);
  if (isSame(findHeldCall(former), findHeldCall(step))) return;
  for (const { id, who, hello, welcome } of former.state.sockets) {
    const told = describeHeldCall(step, who.device);
    if (!hello || welcome || isSame(describeHeldCall(former, who.device), told)) continue;
    if (step.socket(id)) step.send(id, { type: 'in_call', ...told });
  }
};

/** A call that this user makes has moved to another device of theirs [C34]. */
export const onCallMoved = (
  step: InboxStep,
  { call, device, epoch, to, until }: Extract<ToInbox, { type: 'moved' }>,
): void => {
  const known = step.entry(call);
  if (until <= step.now || (known && known.state !== 'dialling' && known.state !== 'over')) return;
  // This message is a repeated or a late one: the call has moved on, or is over.
  if (known?.epoch !== undefined && epoch <= known.epoch) return;
  for (const socket of step.state.sockets) {
    if (socket.line?.call === call && socket.who.device !== device) step.dismissLegacy(socket);
  }
  const others = [...step.entriesIn('active'), ...step.entriesIn('dialling')];
  if (others.some((other) => other.call !== call)) step.act(call, device, { type: 'hangup' });
  else {
    const unheard = known?.state === 'dialling' ? known.unheard : undefined;
    step.putEntry({ state: 'dialling', call, device, epoch, to, unheard, until });
  }
  if (step.hasEnded(device)) step.act(call, device, { type: 'revoke' });
};
