import type { RoomCall } from '../../party/call/state.ts';
import { isOnLegacyDevice, memberOf } from '../../party/call/state.ts';
import type { ToInbox } from '../../party/wire/messages.ts';
import { hold } from './broken.ts';
import type { DeviceWorld } from './device-world.ts';

/** How long calls of legacy clients ring on devices that come late, in milliseconds. */
export const LATE_RING_MS = 15_000;

/**
 * How long after a legacy client's call a call from the other side still crosses it, in
 * milliseconds.
 */
const CALL_BACK_MS = 2_000;

/** How long a frame is under way at most, in milliseconds. */
const UNDER_WAY_MS = 1_000;

const callOf = (world: DeviceWorld, id: string): RoomCall | undefined => world.call(id).state?.call;

/** Whether a legacy client began the call, which may have left it without a word. */
export const isByLegacyCaller = (call: RoomCall): boolean =>
  isOnLegacyDevice(memberOf(call, call.caller));

/** How an inbox answered a ring, and whether a current device listens there. */
interface RingHeard {
  readonly answer: string;
  readonly listens: boolean;
}

/**
 * [C42] Checks that whoever calls from a legacy device is not busy while another device listens.
 */
export const checkWaitingCall = (world: DeviceWorld, user: string, heard: RingHeard) => {
  if (!heard.answer.startsWith('{"outcome":"busy"') || world.hostile.size > 0) return;
  const entries = world.inbox(user).state?.calls ?? [];
  const own = entries.filter(({ state }) => state === 'dialling' || state === 'active');
  const mayBeLeft = own.every((entry) => {
    const call = callOf(world, entry.call);
    return call?.caller === user && isByLegacyCaller(call);
  });
  hold(own.length > 0, () => `${user} is busy with nothing`);
  hold(!mayBeLeft || !heard.listens, () => `${user} is busy, who called from a legacy device`);
};

type Dial = Extract<ToInbox, { type: 'dial' }>;

/** [C44] Checks that whoever calls a legacy caller back late is not led to the former call. */
export const checkCallBack = (world: DeviceWorld, dial: Dial, answer: string) => {
  const { call, until } = dial;
  const [, id = ''] = /^\{"outcome":"instead","call":"(.*)"\}$/.exec(answer) ?? [];
  const [mine, other] = [callOf(world, call), callOf(world, id)];
  if (other?.state !== 'ringing' || other.caller === mine?.caller) return;
  const at = mine?.createdAt ?? until;
  const isLate = isByLegacyCaller(other) && at > other.createdAt + CALL_BACK_MS;
  hold(!isLate, () => `${call} is taken for ${id}, which a legacy client may have left`);
};

/**
 * [C43] Checks that a device which comes late hears of no call that a legacy client began long ago.
 */
export const checkLate = (world: DeviceWorld, name: string, id: string) => {
  const call = callOf(world, id);
  if (!call || world.hostile.size > 0) return;
  const age = world.clock.now - call.createdAt;
  const isLate = isByLegacyCaller(call) && age > LATE_RING_MS + UNDER_WAY_MS;
  hold(!isLate, () => `${name} comes ${age} ms late, and rings for ${id} of a legacy client`);
};
