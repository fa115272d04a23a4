import { afterAll, describe, expect, test } from 'vitest';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { ice, offerTo } from '../support/calls/legacy-frames.ts';
import { dropAll } from '../support/calls/listener.ts';
import { joinEarly } from '../support/calls/moving.ts';
import { ringing, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

const offer = (sdp: string) => ({ kind: 'offer', sdp }) as const;
const answer = (sdp: string) => ({ kind: 'answer', sdp }) as const;
const candidate = (text: string) =>
  ({ kind: 'candidate', candidate: { candidate: text } }) as const;
const signal = (seq: number, one: object) => ({ type: 'signal', seq, signal: one });
const accept = { type: 'accept' };

describe('a device that prepares its answer while it rings', () => {
  test('[C48, C49] it hears the offer, and answers in the same moment as it accepts', async () => {
    const { a, b, call, caller } = await ringing({ offer: 'v=0' });
    caller.say(signal(2, candidate('one')));
    const callee = await joinEarly(b, call.callId);
    expect(callee.frames[0]).toMatchObject({ joined: false, state: 'ringing' });
    await callee.next({ type: 'signal', seq: 1, epoch: 1, signals: [offer('v=0')] });
    await callee.next({ type: 'signal', seq: 2, signals: [candidate('one')] });
    callee.say({ type: 'ack', seen: { [a.user.id]: { epoch: 1, seq: 2 } } });
    callee.say(accept);
    callee.say(signal(1, answer('v=0')));
    await caller.next({ type: 'state', state: 'accepted' });
    await caller.next({ type: 'signal', seq: 1, signals: [answer('v=0')] });
    caller.say(signal(3, candidate('two')));
    await callee.next({ type: 'signal', seq: 3 });
    const seqs = callee.frames.flatMap((frame) => (frame.type === 'signal' ? [frame.seq] : []));
    expect(seqs).toEqual([1, 2, 3]);
    // The caller hears of the ack with the call alone, not before it.
    const heard = caller.frames.map(({ type }) => type);
    expect(heard.indexOf('acked')).toBeGreaterThan(heard.indexOf('state'));
  });

  test('[C2, C48, C49] of several devices each hears it, and another one may accept', async () => {
    const { b, call, caller } = await ringing({ offer: 'v=0' });
    const [second, third] = [await deviceOf(b.user), await deviceOf(b.user)];
    const early = [await joinEarly(b, call.callId), await joinEarly(second, call.callId)];
    for (const line of early) await line.next({ type: 'signal', seq: 1 });
    const callee = await third.accept(call.callId);
    await callee.next({ type: 'signal', seq: 1, signals: [offer('v=0')] });
    for (const line of early) {
      await line.next({ type: 'answered_elsewhere' });
      expect(await line.closed).toEqual({ code: 4003, reason: 'Not in this call' });
    }
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
  });

  test('[C48, C49] one that loses the connection comes back and is sent what it lacks', async () => {
    const { a, b, call, caller } = await ringing({ offer: 'v=0' });
    const first = await joinEarly(b, call.callId);
    await first.next({ type: 'signal', seq: 1 });
    first.drop();
    caller.say(signal(2, candidate('one')));
    const seen = { [a.user.id]: { epoch: 1, seq: 1 } };
    const back = await joinEarly(b, call.callId, { seen, acked: 0 });
    await back.next({ type: 'signal', seq: 2 });
    expect(back.frames.filter(({ type }) => type === 'signal')).toHaveLength(1);
  });

  test('[C50] it hears that the caller began anew, and their new offer', async () => {
    const { a, b, call, caller } = await ringing({ offer: 'v=0 first' });
    const callee = await joinEarly(b, call.callId);
    await callee.next({ type: 'signal', seq: 1, epoch: 1 });
    caller.drop();
    const again = await a.join(call.callId);
    await callee.next({ type: 'peer', peer: { epoch: 2 } });
    again.say(signal(1, offer('v=0 second')));
    await callee.next({ type: 'signal', seq: 1, epoch: 2, signals: [offer('v=0 second')] });
    callee.say(accept);
    callee.say(signal(1, answer('v=0')));
    await again.next({ type: 'signal', seq: 1 });
  });

  test('[C13, C48] it hears a legacy caller, and answers them', async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    legacy.say(offerTo(b.user.id));
    legacy.say(ice(1));
    const { frame } = await inbox.next({ type: 'ring' });
    const callId = 'call' in frame ? frame.call : '';
    const callee = await joinEarly(b, callId);
    await callee.next({ type: 'signal', seq: 1, signals: [offer('v=0 offer')] });
    await callee.next({ type: 'signal', seq: 2 });
    callee.say(accept);
    callee.say(signal(1, answer('v=0')));
    const { frame: answered } = await legacy.next({ event: 'call:answer' });
    expect(answered).toMatchObject({ payload: { type: 'answer', sdp: 'v=0' } });
  });

  test('[C48] of a group call it hears nothing before it has accepted', async () => {
    const { a, b, inbox } = await two();
    const other = await two();
    const call = await a.dial([b.user, other.b.user]);
    await inbox.next({ type: 'ring', call: call.callId });
    const callee = await joinEarly(b, call.callId);
    call.line.say({ ...signal(1, offer('v=0')), to: b.user.id });
    await call.line.next({ type: 'error', code: 'no_such_peer', seq: 1 });
    callee.say(accept);
    await call.line.next({ type: 'peer', peer: { user: b.user.id, state: 'joined' } });
    call.line.say({ ...signal(1, offer('v=0')), to: b.user.id });
    await callee.next({ type: 'signal', seq: 1 });
    expect(callee.frames.filter(({ type }) => type === 'signal')).toHaveLength(1);
  });
});

describe('early devices that do harm', () => {
  test('[C17, C22, C49] one that floods the room with acks is closed, and the caller hears none', async () => {
    const { a, b, call, caller } = await ringing({ offer: 'v=0' });
    const callee = await joinEarly(b, call.callId);
    await callee.next({ type: 'signal', seq: 1 });
    const seen = { [a.user.id]: { epoch: 1, seq: 1_000_000 }, nobody: { epoch: 1, seq: 1 } };
    for (let n = 0; n < 1_000; n++) callee.say({ type: 'ack', seen });
    expect(await callee.closed).toEqual({ code: 4029, reason: 'Too many messages' });
    const before = caller.frames.map(({ type }) => type);
    expect(before.filter((type) => type !== 'welcome' && type !== 'peer')).toEqual([]);
    const other = await deviceOf(b.user);
    const line = await other.accept(call.callId);
    await line.next({ type: 'signal', seq: 1, signals: [offer('v=0')] });
    line.say({ type: 'ack', seen: { [a.user.id]: { epoch: 1, seq: 1 } } });
    await caller.next({ type: 'acked', seq: 1 });
  });

  test('[C48] it says nothing in the call before it accepts', async () => {
    const { b, call, caller } = await ringing({ offer: 'v=0' });
    const callee = await joinEarly(b, call.callId);
    callee.say(signal(1, answer('v=0 too early')));
    await callee.next({ type: 'error', code: 'not_now', seq: 1 });
    callee.say(accept);
    callee.say(signal(1, answer('v=0')));
    await caller.next({ type: 'signal', seq: 1, signals: [answer('v=0')] });
  });
});
