import { afterAll, describe, expect, test } from 'vitest';
import type { Device, InboxLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { joinToMove } from '../support/calls/moving.ts';
import { newDevices, ringing, talking, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

/** The call that a welcome says the user is in. */
const inCall = async (inbox: Promise<InboxLine>) => {
  const [welcome] = (await inbox).frames;
  return welcome?.type === 'welcome' ? welcome.inCall : undefined;
};

/** The id of a device's session, as its list has it. */
const sessionOf = async (device: Device): Promise<string> => {
  const { body } = await device.send('GET', '/api/sessions');
  const sessions = body.sessions as { id: string; current: boolean }[];
  return sessions.find(({ current }) => current)?.id ?? 'none';
};

const takeOver = (device: Device, callId: string) =>
  device.send('POST', `/api/calls/${callId}/ticket`, { takeOver: true });

describe('a device without its memory', () => {
  test('[C33] a device without its memory is told which call it is in, and comes back to it', async () => {
    const { a, b, call, caller, callee } = await talking();
    let [line, other] = [caller, callee];
    for (const [device, role] of [
      [a, 'caller'],
      [b, 'callee'],
    ] as const) {
      line.drop();
      await other.next({ type: 'peer', peer: { state: 'away' } });
      const session = await sessionOf(device);
      const about = { call: call.callId, role, state: 'accepted', session };
      expect(await inCall(device.inbox())).toEqual({ ...about, here: true });
      const another = await deviceOf(device.user);
      expect(await inCall(another.inbox())).toEqual({ ...about, here: false });
      const back = await device.join(call.callId);
      expect(back.frames).toMatchObject([{ joined: true, received: 0, state: 'accepted' }]);
      await other.next({ type: 'peer', peer: { state: 'joined', epoch: 2 } });
      [line, other] = [other, back];
    }
  });

  test('[C33] a device that dials somebody else is told of its call, and may hang up', async () => {
    const { a, call, caller, callee } = await talking();
    caller.drop();
    const [stranger] = await newDevices(1);
    const refused = await a.send('POST', '/api/calls', { to: stranger?.user.id });
    const session = await sessionOf(a);
    const about = { call: call.callId, role: 'caller', state: 'accepted', here: true, session };
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'in_call', inCall: about }]);
    const inbox = await a.inbox();
    inbox.say({ type: 'hangup', call: call.callId });
    await callee.next({ type: 'state', state: 'ended', reason: 'hung_up' });
    expect((await a.send('POST', '/api/calls', { to: stranger?.user.id })).status).toBe(201);
  });
});

/** What an inbox has said since its welcome of the call that its user is in. */
const newsIn = ({ frames }: InboxLine) =>
  frames.flatMap((frame) => (frame.type === 'in_call' ? [frame.inCall] : []));

describe('a device that is connected', () => {
  test('[C57] a device hears that another one calls, is answered, has moved the call and is done', async () => {
    const { a, b, inbox: theirs } = await two();
    const [tablet, page] = [await deviceOf(a.user), await legacyClient(a.user)];
    const [mine, other] = [await a.inbox(), await tablet.inbox()];
    const [here, there] = [await sessionOf(a), await sessionOf(tablet)];
    const dialled = await a.dial(b.user);
    const about = { call: dialled.callId, role: 'caller' };
    const ringsOn = { ...about, state: 'ringing', session: here };
    await mine.next({ type: 'in_call', inCall: { ...ringsOn, here: true } });
    await other.next({ type: 'in_call', inCall: { ...ringsOn, here: false } });
    await theirs.next({ type: 'ring', call: dialled.callId });
    await b.accept(dialled.callId);
    const accepted = { ...about, state: 'accepted' };
    await other.next({ type: 'in_call', inCall: { ...accepted, session: here, here: false } });
    const callee = { call: dialled.callId, role: 'callee', state: 'accepted', here: true };
    await theirs.next({ type: 'in_call', inCall: callee });
    const moved = await joinToMove(tablet, dialled.callId);
    moved.say({ type: 'move' });
    await other.next({ type: 'in_call', inCall: { ...accepted, session: there, here: true } });
    await mine.next({ type: 'in_call', inCall: { ...accepted, session: there, here: false } });
    moved.say({ type: 'hangup' });
    for (const line of [mine, other, theirs])
      await expect.poll(() => newsIn(line).at(-1)).toBeUndefined();
    expect([mine, other, theirs].map((line) => newsIn(line).length)).toEqual([4, 4, 2]);
    expect(page.frames).toEqual([]);
  });
});

describe('a call that nobody has answered', () => {
  test('[C34] a call that nobody has answered can be ended on another device of the caller', async () => {
    const { a, call, caller, inbox } = await ringing();
    const other = await deviceOf(a.user);
    const line = await other.inbox();
    line.say({ type: 'hangup', call: call.callId });
    await caller.next({ type: 'state', state: 'ended', reason: 'cancelled' });
    await inbox.next({ type: 'stop', call: call.callId, reason: 'cancelled' });
    expect(await recordsOf(a, call.callId)).toMatchObject([{ reason: 'cancelled' }]);
  });

  test('[C34] a call that nobody has answered can be taken over by another device', async () => {
    const { a, b, call, caller } = await ringing({ offer: 'v=0 first' });
    const other = await deviceOf(a.user);
    const refused = await other.send('POST', `/api/calls/${call.callId}/ticket`);
    const session = await sessionOf(a);
    const about = { call: call.callId, role: 'caller', state: 'ringing', here: false, session };
    expect([refused.status, refused.body]).toMatchObject([
      409,
      { code: 'answered_elsewhere', inCall: about },
    ]);
    const taken = await takeOver(other, call.callId);
    expect([taken.status, taken.body]).toMatchObject([
      200,
      { callId: call.callId, role: 'caller' },
    ]);
    await caller.next({ type: 'answered_elsewhere' });
    expect(await caller.closed).toEqual({ code: 4003, reason: 'Not in this call' });
    const { ticket, url } = taken.body;
    const line = await other.join({ ticket: String(ticket), url: String(url) });
    line.say({ type: 'signal', seq: 1, signal: { kind: 'offer', sdp: 'v=0 second' } });
    const callee = await b.accept(call.callId);
    const { frame } = await callee.next({ type: 'signal' });
    expect(frame).toMatchObject({ epoch: 2, seq: 1, signals: [{ sdp: 'v=0 second' }] });
    await line.next({ type: 'peer', peer: { state: 'joined' } });
    expect(await inCall(other.inbox())).toMatchObject({ here: true, state: 'accepted' });
    const late = await a.send('POST', `/api/calls/${call.callId}/ticket`);
    expect(late.body.code).toBe('answered_elsewhere');
  });

  test('[C34] a call is taken over from a legacy client, which hears that it is over there', async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    legacy.say({
      event: 'call:offer',
      payload: { userId: b.user.id, sdp: { type: 'offer', sdp: 'v=0' } },
    });
    const { frame } = await inbox.next({ type: 'ring' });
    const callId = 'call' in frame ? frame.call : '';
    expect((await takeOver(a, callId)).status).toBe(200);
    await legacy.next({ event: 'call:hangup' });
    legacy.close();
    const line = await a.join(callId);
    await b.accept(callId);
    await line.next({ type: 'peer', peer: { state: 'joined' } });
  });

  test('[C34] a call is not taken over by others, by the callee’s devices or without asking', async () => {
    const { a, b, call, caller } = await ringing();
    const [stranger] = await newDevices(1);
    if (!stranger) throw new Error('There is nobody');
    expect((await takeOver(stranger, call.callId)).status).toBe(404);
    expect((await takeOver(b, call.callId)).body.role).toBe('callee');
    const other = await deviceOf(a.user);
    for (const takes of [false, null, undefined]) {
      const path = `/api/calls/${call.callId}/ticket`;
      expect((await other.send('POST', path, { takeOver: takes })).status).toBe(409);
    }
    const wrong = await other.send('POST', `/api/calls/${call.callId}/ticket`, { takeOver: 'yes' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid_field']);
    caller.say({ type: 'hangup' });
    await caller.next({ type: 'state', state: 'ended' });
    expect((await takeOver(other, call.callId)).status).toBe(404);
  });

  test('[C34] a call that two other devices want at once has one of them in the end', async () => {
    const { a, b, call } = await ringing();
    const others = await Promise.all([deviceOf(a.user), deviceOf(a.user)]);
    await Promise.all(others.map((other) => takeOver(other, call.callId)));
    const told = await Promise.all(others.map((other) => inCall(other.inbox())));
    expect(told.map((one) => one?.here).toSorted()).toEqual([false, true]);
    const winner = others[told.findIndex((one) => one?.here)];
    const line = await winner?.join(call.callId);
    await b.accept(call.callId);
    await line?.next({ type: 'peer', peer: { state: 'joined' } });
  });
});
