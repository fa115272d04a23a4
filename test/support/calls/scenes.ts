import type { CallLine, Device, Dialled, InboxLine } from './device.ts';
import { deviceOf } from './device.ts';
import { newUsers } from './people.ts';

/** Devices of so many people who did not exist before, one of each. */
export const newDevices = async (count: number): Promise<Device[]> =>
  Promise.all((await newUsers(count)).map(deviceOf));

/** Two people who have not met; `b` has the inbox open. */
export interface Two {
  readonly a: Device;
  readonly b: Device;
  readonly inbox: InboxLine;
}

/** Makes two people. */
export const two = async (): Promise<Two> => {
  const [a, b] = await newDevices(2);
  if (!a || !b) throw new Error('There are no two');
  return { a, b, inbox: await b.inbox() };
};

/** A call from `a` that rings for `b`. */
export interface Ringing extends Two {
  readonly call: Dialled;
  /** The connection of `a`. */
  readonly caller: CallLine;
}

/** Makes a call that rings. */
export const ringing = async (more?: { video?: boolean; offer?: string }): Promise<Ringing> => {
  const people = await two();
  const call = await people.a.dial(people.b.user, more);
  await people.inbox.next({ type: 'ring', call: call.callId });
  return { ...people, call, caller: call.line };
};

/** A call that `b` has accepted. */
export interface Talking extends Ringing {
  /** The connection of `b`. */
  readonly callee: CallLine;
}

/** Makes a call that was accepted, as both have heard. */
export const talking = async (more?: { video?: boolean; offer?: string }): Promise<Talking> => {
  const scene = await ringing(more);
  const callee = await scene.b.accept(scene.call.callId);
  await scene.caller.next({ type: 'peer', peer: { state: 'joined' } });
  return { ...scene, callee };
};

/** Checks that two people can call each other. */
export const aCallWorks = async (a: Device, b: Device): Promise<void> => {
  const call = await a.dial(b.user, { offer: 'v=0' });
  const callee = await b.accept(call.callId);
  await callee.next({ type: 'signal', from: a.user.id, seq: 1 });
  callee.say({ type: 'signal', seq: 1, signal: { kind: 'answer', sdp: 'v=0' } });
  await call.line.next({ type: 'signal', from: b.user.id, seq: 1 });
  call.line.say({ type: 'hangup' });
  await callee.next({ type: 'state', state: 'ended', reason: 'hung_up' });
  await Promise.all([call.line.closed, callee.closed]);
};

/** Pings as clients do, until the connections end. */
export const keepAlive = (...lines: readonly CallLine[]): void => {
  for (const line of lines) {
    const timer = setInterval(() => line.say({ type: 'ping' }), 5_000);
    void line.closed.then(() => clearInterval(timer));
  }
};
