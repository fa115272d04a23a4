import { afterAll, describe, expect, test } from 'vitest';
import type { CallLine, Device, InboxLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices, ringing, talking } from '../support/calls/scenes.ts';

afterAll(dropAll);

const invite = async (by: Device, call: string, user: unknown) => {
  const { status, body } = await by.send('POST', `/api/calls/${call}/invite`, { user });
  return status === 200 ? 'ok' : body.code;
};

const newOne = async (): Promise<Device> => {
  const [one] = await newDevices(1);
  if (!one) throw new Error('There is nobody');
  return one;
};

const ringsIn = ({ frames }: InboxLine) => frames.filter(({ type }) => type === 'ring').length;

const offer = (sdp: string) => ({ type: 'signal', seq: 1, signal: { kind: 'offer', sdp } });
const left = (one: Device, reason: string) => ({
  type: 'peer',
  peer: { user: one.user.id, state: 'left' },
  reason,
});
const endsFor = async (line: CallLine) =>
  line.next({ type: 'state', state: 'ended', reason: 'hung_up' });

describe('somebody is invited into a call of two', () => {
  test('[C58, C61, C63] it rings for them, they accept, and all three negotiate', async () => {
    const { a, b, call, caller, callee } = await talking({ video: true });
    const c = await newOne();
    const inbox = await c.inbox();
    expect(await invite(b, call.callId, c.user.id)).toBe('ok');
    const from = { user: b.user.id };
    await inbox.next({ type: 'ring', call: call.callId, group: true, video: true, from });
    for (const line of [caller, callee]) await line.next({ type: 'welcome', group: true });
    const line = await c.accept(call.callId);
    for (const one of [caller, callee])
      await one.next({ type: 'peer', peer: { user: c.user.id, state: 'joined', polite: false } });
    // What was made before it was a group names nobody.
    caller.say(offer('v=0 a to b'));
    callee.say({ ...offer('v=0 b to c'), to: c.user.id });
    line.say({ ...offer('v=0 c to a'), to: a.user.id });
    await callee.next({ type: 'signal', from: a.user.id, signals: [{ sdp: 'v=0 a to b' }] });
    await line.next({ type: 'signal', from: b.user.id, signals: [{ sdp: 'v=0 b to c' }] });
    await caller.next({ type: 'signal', from: c.user.id, signals: [{ sdp: 'v=0 c to a' }] });
    callee.say({ type: 'hangup' });
    await line.next(left(b, 'hung_up'));
    line.say({ type: 'hangup' });
    await endsFor(caller);
    const [of] = await recordsOf(c, call.callId);
    const [mine] = await recordsOf(a, call.callId);
    expect(of).toMatchObject({ direction: 'incoming', group: true, missed: false });
    expect(of?.peers.map(({ userId }) => userId)).toEqual([a.user.id, b.user.id]);
    expect(Date.parse(`${of?.startedAt}`)).toBeGreaterThan(Date.parse(`${mine?.startedAt}`));
    expect(Date.parse(`${of?.answeredAt}`)).toBeGreaterThan(Date.parse(`${mine?.answeredAt}`));
  });

  test('[C58, C62] who declines is out of it, the two talk on, and may invite again', async () => {
    const { a, call, caller, callee } = await talking();
    const c = await newOne();
    const inbox = await c.inbox();
    expect(await invite(a, call.callId, c.user.id)).toBe('ok');
    await inbox.next({ type: 'ring', call: call.callId });
    inbox.say({ type: 'decline', call: call.callId });
    await callee.next(left(c, 'declined'));
    await inbox.next({ type: 'stop', call: call.callId, reason: 'declined' });
    // The pause of the pair [C29].
    expect(await invite(a, call.callId, c.user.id)).toBe('ok');
    await caller.next(left(c, 'failed'));
    caller.say({ type: 'hangup' });
    await endsFor(callee);
    expect(await recordsOf(c, call.callId)).toMatchObject([{ missed: false }]);
  });

  test('[C3, C58, C62] who talks to others is busy; who was in the call is rung anew', async () => {
    const other = await talking();
    const { b, call, callee } = await talking();
    expect(await invite(b, call.callId, other.a.user.id)).toBe('ok');
    await callee.next(left(other.a, 'busy'));
    const c = await newOne();
    const inbox = await c.inbox();
    for (const _ of [1, 2]) {
      expect(await invite(b, call.callId, c.user.id)).toBe('ok');
      await inbox.next({ type: 'ring', call: call.callId });
      const line = await c.accept(call.callId);
      await callee.next({ type: 'peer', peer: { user: c.user.id, state: 'joined' } });
      line.say({ type: 'hangup' });
      await callee.next(left(c, 'hung_up'));
    }
  });

  test('[C58, C62] two invite the same person at once, who rings once', async () => {
    const { a, b, call, callee } = await talking();
    const c = await newOne();
    const inbox = await c.inbox();
    const all = [a, b, a, b].map((by) => invite(by, call.callId, c.user.id));
    expect(await Promise.all(all)).toEqual(['ok', 'ok', 'ok', 'ok']);
    await inbox.next({ type: 'ring', call: call.callId });
    await c.accept(call.callId);
    await callee.next({ type: 'peer', peer: { user: c.user.id, state: 'joined' } });
    expect(ringsIn(inbox)).toBe(1);
    expect(await invite(a, call.callId, c.user.id)).toBe('already_in_call');
  });

  test('[C62] who calls them at that moment is rung, and joins', async () => {
    const { a, call, callee } = await talking();
    const c = await newOne();
    const inbox = await c.inbox();
    const [invited] = await Promise.all([
      invite(a, call.callId, c.user.id),
      c.send('POST', '/api/calls', { to: a.user.id }),
    ]);
    expect(invited).toBe('ok');
    await inbox.next({ type: 'ring', call: call.callId });
    await c.accept(call.callId);
    await callee.next({ type: 'peer', peer: { user: c.user.id, state: 'joined' } });
  });
});

describe('an invitation that may not be', () => {
  test('[C59] before the call is answered, and after its end', async () => {
    const { a, b, call, caller } = await ringing();
    const c = await newOne();
    expect(await invite(a, call.callId, c.user.id)).toBe('call_not_answered');
    expect(await invite(b, call.callId, c.user.id)).toBe('call_not_answered');
    caller.say({ type: 'hangup' });
    await caller.closed;
    expect(await invite(a, call.callId, c.user.id)).toBe('call_not_found');
  });

  test('[C59] from outside, and by another device of somebody who is in the call', async () => {
    const { a, b, call } = await talking();
    const [c, d] = [await newOne(), await newOne()];
    const inbox = await d.inbox();
    expect(await invite(c, call.callId, d.user.id)).toBe('call_not_found');
    expect(await invite(c, call.callId, a.user.id)).toBe('call_not_found');
    expect(await invite(c, crypto.randomUUID(), d.user.id)).toBe('call_not_found');
    expect(await invite(await deviceOf(b.user), call.callId, d.user.id)).toBe('answered_elsewhere');
    expect(ringsIn(inbox)).toBe(0);
  });

  test('[C59] of oneself, of nobody, and of what is no name', async () => {
    const { a, call, callee } = await talking();
    expect(await invite(a, call.callId, a.user.id)).toBe('call_to_oneself');
    expect(await invite(a, call.callId, crypto.randomUUID())).toBe('user_not_found');
    for (const user of [undefined, null, 7, {}, ['x'], 'x'.repeat(66), true])
      expect(await invite(a, call.callId, user), JSON.stringify(user)).toBe('invalid_field');
    expect(callee.frames.filter(({ type }) => type === 'welcome')).toHaveLength(1);
  });

  test('[C59] into a call with a legacy client, which stays of two', async () => {
    const { a, b, call, caller } = await ringing({ offer: 'v=0' });
    const c = await newOne();
    const page = await legacyClient(b.user);
    await page.next({ event: 'call:offer' });
    page.say({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    await caller.next({ type: 'state', state: 'accepted' });
    expect(await invite(a, call.callId, c.user.id)).toBe('call_stays_of_two');
  });

  test('[M42] of somebody who has blocked who invites: they hear nothing of it', async () => {
    const { a, b, call, callee } = await talking();
    const c = await newOne();
    const inbox = await c.inbox();
    expect((await c.send('PUT', `/api/users/${a.user.id}/block`)).status).toBe(200);
    expect(await invite(a, call.callId, c.user.id)).toBe('ok');
    await callee.next({ type: 'welcome', group: true });
    await callee.next({ type: 'peer', peer: { user: c.user.id, unreachable: true } });
    expect(ringsIn(inbox)).toBe(0);
    // Who is not blocked may invite them.
    expect(await invite(b, call.callId, c.user.id)).toBe('ok');
    await inbox.next({ type: 'ring', call: call.callId, from: { user: b.user.id } });
  });

  test('[C60] more than one may call: sixty at once, from within and from outside', async () => {
    const { a, call } = await talking();
    const [outside, c] = [await newOne(), await newOne()];
    for (const [by, used, expected] of [
      [a, 1, 'user_not_found'],
      [outside, 0, 'user_not_found'],
    ] as const) {
      const nobody = crypto.randomUUID();
      for (let n = used; n < 60; n++) expect(await invite(by, call.callId, nobody)).toBe(expected);
      expect(await invite(by, call.callId, c.user.id)).toBe('too_many_requests');
      const answer = await by.send('POST', '/api/calls', { to: c.user.id });
      expect(answer.body.code).toMatch(/too_many_requests|in_call/);
    }
  }, 60_000);
});
