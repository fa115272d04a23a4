import type { Device, LegacyLine } from './device.ts';
import { newDevices } from './scenes.ts';

/** The frame that ends a call. */
export const HANGUP = { event: 'call:hangup' };
/** An answer. */
export const answer = {
  event: 'call:answer',
  payload: { sdp: { type: 'answer', sdp: 'v=0 answer' } },
};
/** A candidate, known by its number. */
export const ice = (n: number) => ({
  event: 'call:ice',
  payload: { candidate: { candidate: `c${n}`, sdpMid: '0' } },
});
/** An offer to somebody. */
export const offerTo = (userId: unknown, sdp = 'v=0 offer') => ({
  event: 'call:offer',
  payload: { userId, sdp: { type: 'offer', sdp }, isVideo: false },
});

/** The events that a legacy client has heard, in order. */
export const events = ({ frames }: LegacyLine): string[] =>
  frames.flatMap((frame) => ('event' in frame ? [frame.event] : []));

/** Devices of three people who have not met. */
export const three = async (): Promise<[Device, Device, Device]> => {
  const [a, b, c] = await newDevices(3);
  if (!a || !b || !c) throw new Error('There are no three');
  return [a, b, c];
};
