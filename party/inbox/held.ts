import type { InCall } from '../../src/contract/sockets/inbox.ts';
import type { Held, ToInbox } from '../wire/messages.ts';
import { isOldDevice } from './state.ts';
import type { Turn } from './turn.ts';

/** The call that this user is in or makes, if so. */
export const heldBy = (turn: Turn): Held | undefined => {
  const [entry] = [...turn.entriesIn('active'), ...turn.entriesIn('dialling')];
  if (!entry) return undefined;
  const { call, device } = entry;
  const session = isOldDevice(device) ? turn.socketOf(device)?.who.sid : device;
  const more = session === undefined ? { device } : { device, session };
  if (entry.state === 'dialling') return { call, role: 'caller', state: 'ringing', ...more };
  return { call, ...(entry.role && { role: entry.role }), state: 'accepted', ...more };
};

/** The same as a device of theirs is told of it. */
export const inCallOf = (turn: Turn, asking: string): { readonly inCall?: InCall } => {
  const held = heldBy(turn);
  if (!held) return {};
  const { device, ...rest } = held;
  return { inCall: { ...rest, here: device === asking } };
};

/** A call that this user makes has moved to another device of theirs. */
export const moved = (
  turn: Turn,
  { call, device, epoch, to, until }: Extract<ToInbox, { type: 'moved' }>,
): void => {
  const known = turn.entry(call);
  if (until <= turn.now || known?.state === 'active' || known?.state === 'ringing') return;
  // It comes twice, or late: the call has moved on, or its room has said that it is over.
  if (known?.epoch !== undefined && epoch <= known.epoch) return;
  for (const socket of turn.state.sockets) {
    if (socket.line?.call === call && socket.who.device !== device) turn.dismiss(socket);
  }
  const others = [...turn.entriesIn('active'), ...turn.entriesIn('dialling')];
  if (others.some((other) => other.call !== call)) turn.act(call, device, { type: 'hangup' });
  else turn.put({ state: 'dialling', call, device, epoch, to, until });
  if (turn.hasEnded(device)) turn.act(call, device, { type: 'revoke' });
};
