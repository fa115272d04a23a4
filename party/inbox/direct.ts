import { isFull } from '../outbox.ts';
import type { CarriedSignal, ToInbox } from '../wire/messages.ts';
import type { Direct, LegacyLine } from './state.ts';
import type { InboxStep } from './step.ts';
import { HAND_MS, sizeOf } from './step.ts';

/*
 * Two legacy devices that talk hand each other their signals from inbox to inbox [C47]. The call's
 * room has nothing to add: neither device can come back to a call, so nothing is kept for it.
 */

/**
 * All that a legacy device has sent has arrived, and what follows goes directly. If it has sent
 * more, that is on its way through the call's room, which says so anew when it has arrived.
 */
export const onDirect = (
  step: InboxStep,
  { call, device, seq, ...direct }: Extract<ToInbox, { type: 'direct' }>,
): void => {
  const socket = step.socketOf(device);
  if (socket?.line?.call !== call || socket.line.sent !== seq || socket.line.direct) return;
  const { to, epoch, video } = direct;
  step.updateSocket(socket, { line: { ...socket.line, direct: { to, epoch, video } } });
};

/** Hands the last signal of a legacy device to the inbox of the other one. */
export const sendDirectly = (
  step: InboxStep,
  { call, sent: seq, direct }: LegacyLine & { readonly direct: Direct },
  signal: CarriedSignal,
): void => {
  const { to, epoch, video } = direct;
  const { device } = to;
  const from = step.state.id;
  step.post({
    to: { party: 'inbox', id: to.user },
    message: { type: 'signal', call, from, video, device, epoch, seq, signals: [signal] },
    durable: false,
    until: step.now + HAND_MS,
    size: sizeOf(signal),
  });
};

/** Whether so much is on its way in a call that signals of its legacy device are ignored. */
export const isLineFull = ({ state }: InboxStep, { call, direct }: LegacyLine): boolean =>
  isFull(state.outbox, { party: 'call', id: call }) ||
  (direct !== undefined && isFull(state.outbox, { party: 'inbox', id: direct.to.user }));
