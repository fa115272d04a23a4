import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Signal } from '../../src/contract/sockets/call.ts';
import { AT_ONCE_MS, dropAll } from '../support/calls/listener.ts';
import { ringing, talking, two } from '../support/calls/scenes.ts';
import { leaveAll, SocketClient } from '../support/calls/socket-client.ts';

afterAll(leaveAll);
afterAll(dropAll);

const offer = (sdp: string): Signal => ({ kind: 'offer', sdp });
const answer = (sdp: string): Signal => ({ kind: 'answer', sdp });
const candidate = (text: string): Signal => ({
  kind: 'candidate',
  candidate: { candidate: text, sdpMid: '0' },
});
const REPLACED = { code: 4008, reason: 'Replaced by a newer socket' };

describe('somebody who loses the connection', () => {
  test('[C11, C12] who loses the connection is away, and hears once what was said meanwhile', async () => {
    const { a, b, call, caller, callee } = await talking();
    caller.say({ type: 'signal', seq: 1, signal: offer('v=0 first') });
    await callee.next({ type: 'signal', seq: 1 });
    callee.drop();
    await caller.next({ type: 'peer', peer: { state: 'away', epoch: 1 } });
    caller.say({ type: 'signal', seq: 2, signal: candidate('one') });
    caller.say({ type: 'signal', seq: 3, signal: candidate('two') });
    const seen = { [a.user.id]: { epoch: 1, seq: 1 } };
    const back = await b.join(call.callId, { seen, acked: 0 });
    await back.next({ type: 'signal', seq: 2, epoch: 1, signals: [candidate('one')] });
    await back.next({ type: 'signal', seq: 3, epoch: 1, signals: [candidate('two')] });
    await caller.next({ type: 'acked', seq: 1 });
    await caller.next({ type: 'peer', peer: { state: 'joined', epoch: 1 } });
    back.say({ type: 'ack', seen: { [a.user.id]: { epoch: 1, seq: 3 } } });
    await caller.next({ type: 'acked', seq: 3 });
    expect(back.frames.filter(({ type }) => type === 'signal')).toHaveLength(2);
    expect(caller.frames).not.toContainEqual(expect.objectContaining({ state: 'ended' }));
  });

  test('[C12] who loses the connection by a reset is away at once, too', async () => {
    const { a, caller, callee } = await talking();
    caller.reset();
    await callee.next({ type: 'peer', peer: { user: a.user.id, state: 'away' } }, AT_ONCE_MS);
  });

  test('[C11] who comes back gets again what had come, but was not acked', async () => {
    const { b, call, caller, callee } = await talking();
    caller.say({ type: 'signal', seq: 1, signal: offer('v=0') });
    await callee.next({ type: 'signal', seq: 1 });
    callee.drop();
    const back = await b.join(call.callId, { seen: {}, acked: 0 });
    await back.next({ type: 'signal', seq: 1, signals: [offer('v=0')] });
  });

  test('[C11] who comes back hears what the room has of theirs, and what it asks for again', async () => {
    const { b, call, caller, callee } = await talking();
    callee.say({ type: 'signal', seq: 1, signal: offer('v=0') });
    await caller.next({ type: 'signal', seq: 1 });
    callee.drop();
    const back = await b.join(call.callId, { seen: {}, acked: 0 });
    expect(back.frames[0]).toMatchObject({ type: 'welcome', received: 1, joined: true });
    back.say({ type: 'signal', seq: 3, signal: candidate('three') });
    await back.next({ type: 'resend', seq: 2 });
    back.say({ type: 'signal', seq: 1, signal: offer('v=0') });
    back.say({ type: 'signal', seq: 2, signal: candidate('two') });
    await caller.next({ type: 'signal', seq: 2, signals: [candidate('two')] });
    await caller.next({ type: 'signal', seq: 3, signals: [candidate('three')] });
    expect(caller.frames.filter(({ type }) => type === 'signal')).toHaveLength(3);
  });

  test('[C11] who comes back without memory begins a new epoch: what was on the way is dropped', async () => {
    const { a, b, call, caller, callee } = await talking();
    caller.say({ type: 'signal', seq: 1, signal: offer('v=0 old') });
    await callee.next({ type: 'signal', seq: 1 });
    callee.drop();
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    const back = await b.join(call.callId);
    expect(back.frames[0]).toMatchObject({ received: 0, state: 'accepted', joined: true });
    await caller.next({ type: 'peer', peer: { state: 'joined', epoch: 2 } });
    caller.say({ type: 'signal', seq: 2, signal: offer('v=0 new') });
    await back.next({ type: 'signal', from: a.user.id, seq: 2, signals: [offer('v=0 new')] });
    expect(back.frames.filter(({ type }) => type === 'signal')).toHaveLength(1);
    back.say({ type: 'signal', seq: 1, signal: answer('v=0') });
    await caller.next({
      type: 'signal',
      from: b.user.id,
      epoch: 2,
      seq: 1,
      signals: [answer('v=0')],
    });
  });

  test('[C11, C12] two who lose it at once and speak meanwhile miss nothing, in order', async () => {
    const { a, b } = await two();
    const first = offer('v=0 0');
    const call = await a.call(b.user, { offer: 'v=0 0' });
    const [one, other] = [
      SocketClient.calling(a, call, b.user.id),
      SocketClient.accepting(b, call.callId, false),
    ];
    one.signal(first);
    await Promise.all([one, other].map((end) => end.until(({ talks }) => talks)));
    const said: Record<'one' | 'other', Signal[]> = { one: [first], other: [] };
    const say = (who: 'one' | 'other', signal: Signal) => {
      said[who].push(signal);
      ({ one, other })[who].signal(signal);
    };
    say('other', answer('v=0 0'));
    for (let round = 1; round <= 12; round++) {
      say('one', candidate(`one ${round}`));
      say('other', round % 4 === 0 ? offer(`v=0 ${round}`) : candidate(`other ${round}`));
      // The pauses vary, so that signals are under way in some rounds only.
      await sleep(round % 2 === 0 ? 0 : 5);
      const leaving = [[one], [other], [one, other]][round % 3] ?? [];
      for (const end of leaving) end.drop();
      say('one', candidate(`one ${round} away`));
      say('other', candidate(`other ${round} away`));
      await Promise.all(leaving.map((end) => end.comeBack()));
    }
    await one.until(
      ({ delivered, pending }) => delivered.length >= said.other.length && pending === 0,
    );
    await other.until(
      ({ delivered, pending }) => delivered.length >= said.one.length && pending === 0,
    );
    expect(one.delivered.map(({ signal }) => signal)).toEqual(said.other);
    expect(other.delivered.map(({ signal }) => signal)).toEqual(said.one);
    expect([one, other].map(({ talks, errors }) => [talks, errors])).toEqual([
      [true, []],
      [true, []],
    ]);
    expect(one.people).toMatchObject([{ state: 'joined', epoch: 1 }]);
    one.hangUp();
    await other.until(({ over }) => over === 'hung_up');
  });
});

describe('candidates that come before their description', () => {
  test('[C13] candidates that come before their description are delivered behind it', async () => {
    const { caller, callee } = await talking();
    caller.say({ type: 'signal', seq: 1, signal: candidate('early') });
    caller.say({ type: 'signal', seq: 2, signal: candidate('early too') });
    caller.say({ type: 'signal', seq: 3, signal: offer('v=0') });
    caller.say({ type: 'signal', seq: 4, signal: candidate('late') });
    const { frame } = await callee.next({ type: 'signal' });
    expect(frame).toMatchObject({
      seq: 3,
      signals: [offer('v=0'), candidate('early'), candidate('early too')],
    });
    await callee.next({ type: 'signal', seq: 4, signals: [candidate('late')] });
  });

  test('[C13] candidates that come early are kept while the other one is away', async () => {
    const { b, call, caller, callee } = await talking();
    caller.say({ type: 'signal', seq: 1, signal: candidate('early') });
    callee.drop();
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    caller.say({ type: 'signal', seq: 2, signal: offer('v=0') });
    const back = await b.join(call.callId, { seen: {}, acked: 0 });
    await back.next({ type: 'signal', seq: 2, signals: [offer('v=0'), candidate('early')] });
  });
});

describe('the newest socket of a device', () => {
  test('[C19] the newest socket of a device wins in a call; the other side notices nothing', async () => {
    const { a, b, call, caller, callee } = await talking();
    const newer = await b.join(call.callId, { seen: {}, acked: 0 });
    expect(await callee.closed).toEqual(REPLACED);
    callee.say({ type: 'hangup' });
    caller.say({ type: 'signal', seq: 1, signal: offer('v=0') });
    await newer.next({ type: 'signal', from: a.user.id, seq: 1 });
    newer.say({ type: 'signal', seq: 1, signal: answer('v=0') });
    await caller.next({ type: 'signal', from: b.user.id, seq: 1 });
    expect(caller.frames).not.toContainEqual(expect.objectContaining({ state: 'ended' }));
  });

  test('[C19] the newest socket of a device wins in an inbox, and hears the rings', async () => {
    const { a, b, inbox } = await two();
    const newer = await b.inbox();
    expect(await inbox.closed).toEqual(REPLACED);
    const { callId } = await a.call(b.user);
    await newer.next({ type: 'ring', call: callId });
    expect(inbox.frames.map(({ type }) => type)).toEqual(['welcome']);
  });

  test('[C19] the newest socket of a device wins while it rings', async () => {
    const { b, call } = await ringing();
    const [first, second] = [await b.join(call.callId), await b.join(call.callId)];
    expect(await first.closed).toEqual(REPLACED);
    second.say({ type: 'accept' });
    await second.next({ type: 'state', state: 'accepted' });
  });
});
