import { type Call, memberOf } from '../../party/call/state.ts';
import type { ToInbox } from '../../party/wire/messages.ts';
import type { Around } from './around.ts';
import { hold } from './broken.ts';

/** How long calls of old clients ring on devices that come late, in milliseconds. */
export const LATE_RING_MS = 15_000;

/** How long after a call of an old client one of the other side crosses with it, in ms. */
const CALL_BACK_MS = 2_000;

/** How long a frame is under way at most, in milliseconds. */
const UNDER_WAY_MS = 1_000;

const callOf = (around: Around, id: string): Call | undefined => around.call(id).state?.call;

/** Whether a call was begun by an old client, which may have left it without a word. */
export const isOfOld = (call: Call): boolean => memberOf(call, call.caller)?.old === true;

/** How an inbox answered a ring, and whether a new device listens there. */
interface RingHeard {
  readonly answer: string;
  readonly listens: boolean;
}

/** Whoever calls from an old device is not busy, as long as another device of theirs listens. */
export const checkWaitingCall = (around: Around, user: string, heard: RingHeard) => {
  if (!heard.answer.startsWith('{"outcome":"busy"') || around.hostile.size > 0) return;
  const entries = around.inbox(user).state?.calls ?? [];
  const own = entries.filter(({ state }) => state === 'dialling' || state === 'active');
  const mayBeLeft = own.every((entry) => {
    const call = callOf(around, entry.call);
    return call?.caller === user && isOfOld(call);
  });
  hold(own.length > 0, () => `${user} is busy with nothing`);
  hold(!mayBeLeft || !heard.listens, () => `${user} is busy, who called from an old device`);
};

type Dial = Extract<ToInbox, { type: 'dial' }>;

/** An inbox was told of a dial: whoever calls an old caller back late is not led to that call. */
export const checkCallBack = (around: Around, dial: Dial, answer: string) => {
  const { call, until } = dial;
  const [, id = ''] = /^\{"outcome":"instead","call":"(.*)"\}$/.exec(answer) ?? [];
  const [mine, other] = [callOf(around, call), callOf(around, id)];
  if (other?.state !== 'ringing' || other.caller === mine?.caller) return;
  const at = mine?.createdAt ?? until;
  const isLate = isOfOld(other) && at > other.createdAt + CALL_BACK_MS;
  hold(!isLate, () => `${call} is taken for ${id}, which an old client may have left`);
};

/** A device hears of a call now: of none that an old client began long ago. */
export const checkLate = (around: Around, name: string, id: string) => {
  const call = callOf(around, id);
  if (!call || around.hostile.size > 0) return;
  const age = around.clock.now - call.createdAt;
  const isLate = isOfOld(call) && age > LATE_RING_MS + UNDER_WAY_MS;
  hold(!isLate, () => `${name} comes ${age} ms late, and rings for ${id} of an old client`);
};
