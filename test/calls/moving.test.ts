import { afterAll, describe, expect, test } from 'vitest';
import type { Device, InboxLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { HANGUP, answer as legacyAnswer } from '../support/calls/legacy-frames.ts';
import { dropAll } from '../support/calls/listener.ts';
import { joinToMove, moveTo, NOT_IN_CALL, takeOver } from '../support/calls/moving.ts';
import { newDevices, ringing, talking } from '../support/calls/scenes.ts';

afterAll(dropAll);

const offer = (sdp: string) => ({ kind: 'offer', sdp }) as const;
const answer = (sdp: string) => ({ kind: 'answer', sdp }) as const;
const signal = (seq: number, one: object) => ({ type: 'signal', seq, signal: one });
const move = { type: 'move' };

/** The call that a device hears its user is in, when it comes to its inbox. */
const inCall = async (inbox: Promise<InboxLine>) => {
  const [welcome] = (await inbox).frames;
  return welcome?.type === 'welcome' ? welcome.inCall : undefined;
};

describe('a call that moves to another device', () => {
  test('[C51, C52] the others negotiate anew with it; the former hears where the call is', async () => {
    const { a, b, call, caller, callee } = await talking({ offer: 'v=0 first' });
    await callee.next({ type: 'signal', seq: 1 });
    const tablet = await deviceOf(b.user);
    const line = await joinToMove(tablet, call.callId);
    expect(line.frames).toMatchObject([
      { movable: true, joined: false, received: 0, state: 'accepted', you: b.user.id },
    ]);
    line.say(move);
    await line.next({ type: 'state', state: 'accepted' });
    await callee.next({ type: 'answered_elsewhere', moved: true });
    expect(await callee.closed).toEqual(NOT_IN_CALL);
    const peer = { user: b.user.id, state: 'joined', epoch: 2, polite: false };
    await caller.next({ type: 'peer', peer });
    caller.say(signal(2, offer('v=0 second')));
    await line.next({ type: 'signal', seq: 2, epoch: 1, signals: [offer('v=0 second')] });
    line.say(signal(1, answer('v=0')));
    await caller.next({ type: 'signal', from: b.user.id, epoch: 2, seq: 1 });
    expect(await inCall(tablet.inbox())).toMatchObject({ call: call.callId, here: true });
    expect(await inCall(b.inbox())).toMatchObject({ call: call.callId, here: false });
    const late = await b.send('POST', `/api/calls/${call.callId}/ticket`);
    expect([late.status, late.body.code]).toEqual([409, 'answered_elsewhere']);
    line.say({ type: 'hangup' });
    await caller.next({ type: 'state', state: 'ended', reason: 'hung_up' });
    expect(await recordsOf(a, call.callId)).toMatchObject([{ reason: 'hung_up' }]);
  });

  test('[C51] it moves from a device that has gone, and back, and of two at once to one', async () => {
    const { a, b, call, caller, callee } = await talking();
    callee.drop();
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    const [second, third] = [await deviceOf(b.user), await deviceOf(b.user)];
    const tablet = await moveTo(second, call.callId);
    await caller.next({ type: 'peer', peer: { state: 'joined', epoch: 2 } });
    const lines = [await joinToMove(b, call.callId), await joinToMove(third, call.callId)];
    for (const line of lines) line.say(move);
    await tablet.next({ type: 'answered_elsewhere', moved: true });
    const told = await Promise.all(
      lines.map((line) => line.next({ type: new Set(['state', 'answered_elsewhere']) })),
    );
    const types = told.map(({ frame }) => frame.type).toSorted();
    expect(types).toEqual(['answered_elsewhere', 'state']);
    await caller.next({ type: 'peer', peer: { state: 'joined', epoch: 3 } });
    const here = await Promise.all([b, second, third].map((one) => inCall(one.inbox())));
    expect(here.map((one) => one?.here).toSorted()).toEqual([false, false, true]);
    expect(await inCall(a.inbox())).toMatchObject({ here: true });
  });

  test('[C51] a device that goes before it moves the call has changed nothing', async () => {
    const { b, call, caller, callee } = await talking();
    const line = await joinToMove(await deviceOf(b.user), call.callId);
    const before = caller.frames.length;
    line.say(signal(1, offer('v=0')));
    await line.next({ type: 'error', code: 'not_now' });
    line.say({ type: 'hangup' });
    await line.next({ type: 'error', code: 'not_now' });
    await line.requestClose(1000);
    callee.say(signal(1, answer('v=0')));
    await caller.next({ type: 'signal', seq: 1, epoch: 1 });
    expect(caller.frames).toHaveLength(before + 1);
    expect(callee.frames.filter(({ type }) => type === 'answered_elsewhere')).toEqual([]);
  });

  test('[C37, C52] it moves from a legacy client, which hears that it is over there', async () => {
    const { b, call, caller } = await ringing({ offer: 'v=0' });
    const legacy = await legacyClient(b.user);
    await legacy.next({ event: 'call:offer' });
    legacy.say(legacyAnswer);
    await caller.next({ type: 'signal', seq: 1, epoch: 1 });
    const line = await moveTo(b, call.callId);
    await legacy.next(HANGUP);
    legacy.close();
    await legacy.closed;
    await caller.next({ type: 'peer', peer: { state: 'joined', epoch: 2 } });
    caller.say(signal(2, offer('v=0 again')));
    await line.next({ type: 'signal', seq: 2 });
    line.say(signal(1, answer('v=0 again')));
    await caller.next({ type: 'signal', seq: 1, epoch: 2 });
  });

  test('[C53] it stays where somebody else is on a legacy client', async () => {
    const { a, b, call, caller } = await ringing({ offer: 'v=0' });
    const legacy = await legacyClient(b.user);
    await legacy.next({ event: 'call:offer' });
    legacy.say(legacyAnswer);
    await caller.next({ type: 'signal', seq: 1 });
    const refused = await takeOver(await deviceOf(a.user), call.callId);
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'answered_elsewhere', inCall: { here: false } },
    ]);
  });

  test('[C51] in a group all others begin anew with it', async () => {
    const [a, b, c] = (await newDevices(3)) as [Device, Device, Device];
    const call = await a.dial([b.user, c.user]);
    const [second, third] = [await b.accept(call.callId), await c.accept(call.callId)];
    await second.next({ type: 'peer', peer: { user: c.user.id, state: 'joined' } });
    const line = await moveTo(await deviceOf(b.user), call.callId);
    for (const other of [call.line, third])
      await other.next({ type: 'peer', peer: { user: b.user.id, epoch: 2 } });
    third.say({ ...signal(1, offer('v=0')), to: b.user.id });
    await line.next({ type: 'signal', from: c.user.id, seq: 1 });
  });

  test('[C25, C52] the end of the new device’s session ends it, the former’s does not', async () => {
    const { b, call, caller } = await talking();
    const tablet = await deviceOf(b.user);
    const line = await moveTo(tablet, call.callId);
    await caller.next({ type: 'peer', peer: { epoch: 2 } });
    expect((await b.send('POST', '/api/auth/logout')).status).toBe(200);
    caller.say(signal(1, offer('v=0')));
    await line.next({ type: 'signal', seq: 1 });
    expect((await tablet.send('POST', '/api/auth/logout')).status).toBe(200);
    expect(await line.closed).toEqual({ code: 4001, reason: 'Unauthorized' });
    await caller.next({ type: 'state', state: 'ended', reason: 'hung_up' });
  });

  test('[C54] it moves ten times a minute', async () => {
    const { b, call } = await talking();
    const devices = [b, await deviceOf(b.user)];
    for (let n = 1; n <= 10; n++) await moveTo(devices[n % 2] ?? b, call.callId);
    const line = await joinToMove(devices[1] ?? b, call.callId);
    line.say(move);
    await line.next({ type: 'error', code: 'too_often' });
  });
});

describe('who may not move a call', () => {
  test('[C18, C51] strangers, members of other calls, and the other one in it', async () => {
    const { a, b, call, caller, callee } = await talking();
    const other = await talking();
    const [stranger] = await newDevices(1);
    for (const device of [stranger, other.a, other.b])
      expect((await takeOver(device ?? a, call.callId)).status).toBe(404);
    // A ticket to another call, or of another user, moves nothing here.
    const theirs = await takeOver(await deviceOf(other.b.user), other.call.callId);
    const { url } = call;
    const line = await other.b.knock({ ticket: String(theirs.body['ticket']), url });
    expect(await line.closed).toEqual(NOT_IN_CALL);
    for (const mine of [caller, callee, other.caller]) {
      mine.say(move);
      await mine.next({ type: 'error', code: 'not_now' });
    }
    callee.say(signal(1, answer('v=0')));
    await caller.next({ type: 'signal', from: b.user.id, epoch: 1 });
  });

  test('[C18, C51] a device without a ticket for it, and one with a ticket that was used', async () => {
    const { b, call, callee } = await talking();
    const device = await deviceOf(b.user);
    const plain = await device.send('POST', `/api/calls/${call.callId}/ticket`);
    expect(plain.status).toBe(409);
    const { body } = await takeOver(device, call.callId);
    const ticket = { ticket: String(body['ticket']), url: String(body['url']) };
    await (await device.join(ticket)).requestClose(1000);
    const again = await device.knock(ticket);
    expect(await again.closed).toEqual({ code: 4001, reason: 'Unauthorized' });
    expect(callee.frames.filter(({ type }) => type === 'answered_elsewhere')).toEqual([]);
  });

  test('[C51] somebody for whom it rings', async () => {
    const { b, call } = await ringing();
    const line = await joinToMove(b, call.callId);
    line.say(move);
    await line.next({ type: 'error', code: 'not_now' });
  });
});
