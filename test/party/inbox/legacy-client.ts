import type { Inbox } from './inbox.ts';
import { offerOf } from './inbox.ts';

export const hangup = { event: 'call:hangup' };
export const ice = (n: number) => ({
  event: 'call:ice',
  payload: { candidate: { candidate: `candidate:${n}` } },
});
export const iceOf = (n: number) => ({
  kind: 'candidate',
  candidate: { candidate: `candidate:${n}` },
  raw: { candidate: { candidate: `candidate:${n}` } },
});
export const sdp = { type: 'answer', sdp: 'v=0' };
export const answer = { event: 'call:answer', payload: { sdp } };
export const answerSignal = { kind: 'answer', sdp: 'v=0', raw: { sdp } };
export const offer = (userId: string) => ({
  event: 'call:offer',
  payload: { userId, sdp: { type: 'offer', sdp: 'v=1' } },
});
export const heardOffer = (text: string, from = 'alice') => ({
  event: 'call:offer',
  payload: { sdp: { type: 'offer', sdp: text }, isVideo: true, fromUserId: from },
});

/** Takes what calls were told since the last time; all of them answer. */
export const acts = (bob: Inbox) => bob.answer().acts();

/** A legacy client calls, and the call rings at the other side. */
export const dial = (bob: Inbox, call = 'c', to = 'alice') => {
  bob.say('pc', offer(to));
  bob.dial(call, { device: 'ws-pc', to: [to] });
  bob.answerFirst({ outcome: 'ok', call });
};

/** A legacy client answers a call, and the call takes note. */
export const take = (bob: Inbox, call = 'c') => {
  bob.ring(call);
  bob.signal(call, 1, [offerOf('v=1')]);
  bob.say('pc', answer).answer();
  bob.active(call, { device: 'ws-pc' });
  bob.got('pc');
  bob.posts.length = 0;
};
