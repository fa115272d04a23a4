import { afterAll, describe, expect, test } from 'vitest';
import type { Device } from '../support/calls/device.ts';
import { deviceOf } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices, ringing, talking, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

const DONE = { code: 1000, reason: 'Done' };

/** Expects one record of the call in each of the two histories. */
const written = async (caller: Device, callee: Device, callId: string) => {
  const [out, into] = await Promise.all([recordsOf(caller, callId), recordsOf(callee, callId)]);
  expect(out).toMatchObject([{ direction: 'outgoing', peers: [{ userId: callee.user.id }] }]);
  expect(into).toMatchObject([{ direction: 'incoming', peers: [{ userId: caller.user.id }] }]);
  return { out: out[0], into: into[0] };
};

describe('a call', () => {
  test('[C1, C2, C14] a call goes from ringing to accepted, and rings only for who is called', async () => {
    const { a, b, call, caller, inbox } = await ringing({ video: true, offer: 'v=0 offer' });
    expect(call).toMatchObject({ state: 'ringing', role: 'caller' });
    const other = { username: b.user.username, displayName: b.user.displayName, user: b.user.id };
    expect(caller.frames).toMatchObject([
      {
        type: 'welcome',
        call: call.callId,
        state: 'ringing',
        video: true,
        group: false,
        caller: a.user.id,
        you: a.user.id,
        received: 1,
        peers: [{ ...other, state: 'ringing' }],
      },
    ]);
    const { username, displayName, id } = a.user;
    const ring = inbox.frames.find(({ type }) => type === 'ring');
    expect(ring).toMatchObject({
      from: { user: id, username, displayName },
      video: true,
      group: false,
    });
    const callee = await b.join(call.callId);
    expect(callee.frames).toMatchObject([
      { state: 'ringing', you: b.user.id, peers: [{ user: id, state: 'joined' }] },
    ]);
    callee.say({ type: 'accept' });
    await callee.next({ type: 'state', state: 'accepted' });
    await callee.next({
      type: 'signal',
      from: id,
      seq: 1,
      signals: [{ kind: 'offer', sdp: 'v=0 offer' }],
    });
    await caller.next({ type: 'state', state: 'accepted' });
    await caller.next({ type: 'peer', peer: { user: b.user.id, state: 'joined', polite: false } });
    expect(callee.frames[0]).toMatchObject({ peers: [{ polite: true }] });
    expect(caller.frames.filter(({ type }) => type === 'state')).toHaveLength(1);
  });

  test.each(['caller', 'callee'] as const)(
    '[C1] a call ends as hung_up for both when the %s hangs up',
    async (who) => {
      const scene = await talking();
      scene[who].say({ type: 'hangup' });
      for (const line of [scene.caller, scene.callee]) {
        await line.next({ type: 'state', state: 'ended', reason: 'hung_up' });
        expect(await line.closed).toEqual(DONE);
      }
      const { out, into } = await written(scene.a, scene.b, scene.call.callId);
      expect([out, into]).toMatchObject([
        { reason: 'hung_up', missed: false, answeredAt: expect.any(String) },
        { reason: 'hung_up', missed: false, answeredAt: out?.answeredAt },
      ]);
    },
  );

  test.each(['in its room', 'in the inbox'])(
    '[C1, C3] a call that is declined %s ends as declined, on all devices',
    async (where) => {
      const { a, b, call, caller, inbox } = await ringing();
      const others = await Promise.all([
        (await deviceOf(b.user)).inbox(),
        (await deviceOf(b.user)).join(call.callId),
      ]);
      if (where === 'in the inbox') inbox.say({ type: 'decline', call: call.callId });
      else (await b.join(call.callId)).say({ type: 'decline' });
      await caller.next({ type: 'state', state: 'ended', reason: 'declined' });
      expect(await caller.closed).toEqual(DONE);
      await inbox.next({ type: 'stop', call: call.callId, reason: 'declined' });
      await others[0].next({ type: 'stop', call: call.callId, reason: 'declined' });
      await others[1].next({ type: 'state', state: 'ended', reason: 'declined' });
      const { into } = await written(a, b, call.callId);
      expect(into).toMatchObject({
        reason: 'declined',
        missed: false,
        answeredAt: null,
        durationSeconds: 0,
      });
    },
  );

  test('[C1, C3] a call that is given up before it was accepted ends as cancelled, and missed', async () => {
    const { a, b, call, caller, inbox } = await ringing();
    const knocking = await b.join(call.callId);
    caller.say({ type: 'hangup' });
    await inbox.next({ type: 'stop', call: call.callId, reason: 'cancelled' });
    await knocking.next({ type: 'state', state: 'ended', reason: 'cancelled' });
    expect(await knocking.closed).toEqual(DONE);
    const { out, into } = await written(a, b, call.callId);
    expect([out?.reason, out?.missed, into?.reason, into?.missed]).toEqual([
      'cancelled',
      false,
      'cancelled',
      true,
    ]);
  });

  test('[C3] a call to somebody who is in another one ends as busy, and disturbs nobody', async () => {
    const { b, caller, callee, inbox } = await talking();
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody calls');
    const call = await c.call(b.user);
    expect(call).toMatchObject({ state: 'ended', reason: 'busy' });
    const late = await c.knock(call);
    await late.next({ type: 'state', state: 'ended', reason: 'busy' });
    expect(await late.closed).toEqual(DONE);
    expect(inbox.frames.filter(({ type }) => type === 'ring')).toHaveLength(1);
    const { into } = await written(c, b, call.callId);
    expect(into).toMatchObject({ reason: 'busy', missed: true });
    caller.say({ type: 'hangup' });
    await callee.next({ type: 'state', state: 'ended', reason: 'hung_up' });
  });

  test('[C3] a call to somebody who calls somebody else ends as busy', async () => {
    const { a } = await ringing();
    const [c] = await newDevices(1);
    expect(await c?.call(a.user)).toMatchObject({ state: 'ended', reason: 'busy' });
  });

  test('[C1] a call can be followed by another one between the same two, at once', async () => {
    const { a, b, inbox, caller, callee } = await talking();
    callee.say({ type: 'hangup' });
    await caller.next({ type: 'state', state: 'ended' });
    const back = await b.dial(a.user);
    expect(back.state).toBe('ringing');
    back.line.say({ type: 'hangup' });
    await back.line.next({ type: 'state', state: 'ended', reason: 'cancelled' });
    const again = await a.call(b.user);
    expect(again.state).toBe('ringing');
    await inbox.next({ type: 'ring', call: again.callId });
  });

  test('[C1, C56] a call tells those who come after its end how it ended', async () => {
    const { a, b, call, caller, callee } = await talking();
    const ticket = await b.callTicket(call.callId);
    caller.say({ type: 'hangup' });
    await callee.closed;
    const late = await b.knock(ticket);
    await late.next({ type: 'state', state: 'ended', reason: 'hung_up' });
    expect(await late.closed).toEqual(DONE);
    const answer = await a.send('POST', `/api/calls/${call.callId}/ticket`);
    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'call_not_found', reason: 'hung_up' },
    });
  });

  test('[C18] a call is not there for those who are not in it', async () => {
    const { call } = await ringing();
    const [stranger] = await newDevices(1);
    const answer = await stranger?.send('POST', `/api/calls/${call.callId}/ticket`);
    expect([answer?.status, answer?.body.code]).toEqual([404, 'call_not_found']);
  });
});

describe('whoever calls', () => {
  test('[C33] whoever calls is refused while in a call, or while another device of theirs calls', async () => {
    const { a, b } = await talking();
    const { a: c } = await ringing();
    const [other] = await newDevices(1);
    if (!other) throw new Error('Nobody is called');
    for (const device of [a, b, await deviceOf(c.user)]) {
      const answer = await device.send('POST', '/api/calls', { to: other.user.id });
      expect([answer.status, answer.body.code]).toEqual([409, 'in_call']);
    }
  });

  test('[C1] whoever calls gives up the call that rings by calling somebody else', async () => {
    const { a, call, inbox } = await ringing();
    const next = await two();
    const second = await a.call(next.b.user);
    await next.inbox.next({ type: 'ring', call: second.callId });
    await inbox.next({ type: 'stop', call: call.callId, reason: 'cancelled' });
  });

  test('[C7] whoever calls gets the call that there is when the same one is called again', async () => {
    const { a, b, call } = await ringing();
    expect(await a.call(b.user)).toMatchObject({
      callId: call.callId,
      role: 'caller',
      state: 'ringing',
    });
  });

  test('[C1] whoever calls can name a username as well as an id', async () => {
    const { a, b, inbox } = await two();
    const answer = await a.send('POST', '/api/calls', { to: `@${b.user.username.toUpperCase()}` });
    expect(answer.status, answer.text).toBe(201);
    await inbox.next({ type: 'ring', call: String(answer.body.callId) });
  });

  test('[C1] whoever calls is told when there is nobody of that name', async () => {
    const { a } = await two();
    const nobody = await a.send('POST', '/api/calls', { to: crypto.randomUUID() });
    expect([nobody.status, nobody.body.code]).toEqual([404, 'user_not_found']);
    const oneself = await a.send('POST', '/api/calls', { to: a.user.id });
    expect([oneself.status, oneself.body.code]).toEqual([400, 'call_to_oneself']);
  });
});
