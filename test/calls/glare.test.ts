import { afterAll, describe, expect, test } from 'vitest';
import type { Device, Started } from '../support/calls/device.ts';
import { AT_ONCE, deviceOf } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices } from '../support/calls/scenes.ts';
import { TIMEOUT_MS } from '../support/patience.ts';
import { repeated } from '../support/races.ts';

afterAll(dropAll);

/** How many pairs dial each other; CI asks for 1,000. */
const GLARE_RUNS = Number(process.env.GLARE_RUNS ?? 100);

/** How often a group of three dials at once. */
const GROUP_RUNS = Math.ceil(GLARE_RUNS / 20);

/** Both dial each other at the same moment; they hear of one call, and of the same one. */
const collide = async (a: Device, b: Device): Promise<Started> => {
  const calls = await Promise.all([a.call(b.user), b.call(a.user)]);
  const [one, other] = calls;
  expect(one.callId).toBe(other.callId);
  expect(calls.map(({ state }) => state)).toEqual(['ringing', 'ringing']);
  expect(calls.map(({ role }) => role).toSorted()).toEqual(['callee', 'caller']);
  return one;
};

describe('two who dial each other at the same moment', () => {
  test(`[C7] two who dial each other end up in exactly one call, of ${GLARE_RUNS} dials`, {
    timeout: TIMEOUT_MS + GLARE_RUNS * 2_000,
  }, async () => {
    const devices = await newDevices(GLARE_RUNS);
    const pairs = Array.from({ length: GLARE_RUNS >> 1 }, (_, index) =>
      devices.slice(2 * index, 2 * index + 2),
    );
    const won = { smaller: 0, larger: 0 };
    const inTurn = async () => {
      for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
        const [a, b] = pair;
        if (!a || !b) throw new Error('There are no two');
        const call = await collide(a, b);
        const caller = call.role === 'caller' ? a : b;
        won[caller.user.id < (caller === a ? b : a).user.id ? 'smaller' : 'larger'] += 1;
        // A dial would be refused if one of them were in another call.
        const line = await a.join(call);
        expect(line.frames).toMatchObject([
          { call: call.callId, caller: caller.user.id, state: 'ringing' },
        ]);
        line.say({ type: call.role === 'caller' ? 'hangup' : 'decline' });
        await line.closed;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE >> 1 }, inTurn));
    expect(won.smaller + won.larger).toBe(GLARE_RUNS >> 1);
  });

  test('[C7] two who dial each other talk once the callee accepts; nothing else rings', async () => {
    const [a, b] = await newDevices(2);
    if (!a || !b) throw new Error('There are no two');
    const inboxes = await Promise.all([a.inbox(), b.inbox()]);
    const calls = await Promise.all([
      a.dial(b.user, { offer: 'v=0 a' }),
      b.dial(a.user, { offer: 'v=0 b' }),
    ]);
    const [caller, callee] = calls[0].role === 'caller' ? calls : calls.toReversed();
    if (!caller || !callee) throw new Error('There are no two');
    callee.line.say({ type: 'accept' });
    const offer = caller === calls[0] ? 'v=0 a' : 'v=0 b';
    await callee.line.next({ type: 'signal', seq: 1, signals: [{ kind: 'offer', sdp: offer }] });
    callee.line.say({ type: 'signal', seq: 1, signal: { kind: 'answer', sdp: 'v=0' } });
    await caller.line.next({ type: 'signal', seq: 1 });
    caller.line.say({ type: 'hangup' });
    await callee.line.next({ type: 'state', state: 'ended', reason: 'hung_up' });
    const rings = inboxes.flatMap(({ frames }) => frames.filter(({ type }) => type === 'ring'));
    expect(rings.map((ring) => 'call' in ring && ring.call)).toEqual([caller.callId]);
    for (const device of [a, b]) {
      expect(await recordsOf(device, caller.callId)).toMatchObject([{ reason: 'hung_up' }]);
      expect((await device.send('GET', '/api/calls')).body.calls).toHaveLength(1);
    }
  });
});

/** Three people, each with a device whose inbox is open. */
const three = async () => {
  const [a, b, c] = await newDevices(3);
  if (!a || !b || !c) throw new Error('There are no three');
  const inboxes = await Promise.all([a.inbox(), b.inbox(), c.inbox()]);
  return { a, b, c, inboxes };
};

describe('of a group', () => {
  test('[C7] two of a group who call the others at once are in one call, and the third too', async () => {
    for (const _ of repeated(GROUP_RUNS, () => 0)) {
      const { a, b, c, inboxes } = await three();
      const calls = await Promise.all([a.call([b.user, c.user]), b.call([c.user, a.user])]);
      const [{ callId }] = calls;
      expect(calls.map((call) => call.callId)).toEqual([callId, callId]);
      expect(calls.map(({ role }) => role).toSorted()).toEqual(['callee', 'caller']);
      const lines = await Promise.all([a.join(calls[0]), b.join(calls[1])]);
      for (const [index, line] of lines.entries()) {
        if (calls[index]?.role === 'callee') line.say({ type: 'accept' });
      }
      const third = await c.accept(callId);
      for (const line of [...lines, third]) line.say({ type: 'ping' });
      for (const line of [...lines, third]) await line.next({ type: 'pong' });
      third.say({ type: 'signal', seq: 1, to: a.user.id, signal: { kind: 'offer', sdp: 'v=0' } });
      await lines[0]?.next({ type: 'signal', from: c.user.id });
      // The call that gave way does not ring any more.
      const rings =
        inboxes[2]?.frames.flatMap((one) => (one.type === 'ring' ? one.call : [])) ?? [];
      const stops = inboxes[2]?.frames.flatMap((one) => (one.type === 'stop' ? one.call : []));
      expect(stops?.toSorted()).toEqual(rings.filter((call) => call !== callId).toSorted());
    }
  });

  test('[C7] who is called by a group and calls the caller, or all, gets that call', async () => {
    const { a, b, c, inboxes } = await three();
    const { callId, line } = await a.dial([b.user, c.user]);
    for (const inbox of inboxes.slice(1)) await inbox.next({ type: 'ring', call: callId });
    const existing = { callId, role: 'callee', existing: true, state: 'ringing' };
    const back = await b.send('POST', '/api/calls', { to: a.user.id, offer: 'v=0' });
    expect([back.status, back.body]).toMatchObject([201, existing]);
    const to = [b.user.id, a.user.id];
    const all = await (await deviceOf(c.user)).send('POST', '/api/calls', { to });
    expect([all.status, all.body]).toMatchObject([201, existing]);
    await b.accept(callId);
    await line.next({ type: 'peer', peer: { user: b.user.id, state: 'joined' } });
    // The callee has not joined yet, so the call rings on.
    expect((await c.call([a.user, b.user])).callId).toBe(callId);
  });

  test('[C7] who calls a group and is called by one of it has them in that call', async () => {
    const { a, b, c } = await three();
    const calls = await Promise.all([a.call([b.user, c.user]), c.call(a.user)]);
    const [group, pair] = calls;
    if (pair.callId === group.callId) return expect(pair.role).toBe('callee');
    // The call rang before the group call, whose caller did not take it.
    await expect.poll(() => recordsOf(c, pair.callId)).toMatchObject([{ reason: 'declined' }]);
  });
});
