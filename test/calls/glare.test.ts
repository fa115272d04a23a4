import { afterAll, describe, expect, test } from 'vitest';
import type { Device, Started } from '../support/calls/device.ts';
import { AT_ONCE } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices } from '../support/calls/scenes.ts';

afterAll(dropAll);

/** How many dial, two by two; CI says 1,000. */
const GLARE_RUNS = Number(process.env.GLARE_RUNS ?? 100);

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
  test(`end up in exactly one call, of ${GLARE_RUNS} dials`, { timeout: 20_000 + GLARE_RUNS * 300 }, async () => {
    const devices = await newDevices(GLARE_RUNS);
    const pairs = Array.from({ length: GLARE_RUNS >> 1 }, (_, index) => devices.slice(2 * index, 2 * index + 2));
    const won = { smaller: 0, larger: 0 };
    const inTurn = async () => {
      for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
        const [a, b] = pair;
        if (!a || !b) throw new Error('There are no two');
        const call = await collide(a, b);
        const caller = call.role === 'caller' ? a : b;
        won[caller.user.id < (caller === a ? b : a).user.id ? 'smaller' : 'larger'] += 1;
        // Neither is in any other call, or it would be refused.
        const line = await a.join(call);
        expect(line.frames).toMatchObject([{ call: call.callId, caller: caller.user.id, state: 'ringing' }]);
        line.say({ type: call.role === 'caller' ? 'hangup' : 'decline' });
        await line.closed;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE >> 1 }, inTurn));
    expect(won.smaller + won.larger).toBe(GLARE_RUNS >> 1);
  });

  test('talk in it when the one who is called accepts, as anybody does; nothing else rings or is written down', async () => {
    const [a, b] = await newDevices(2);
    if (!a || !b) throw new Error('There are no two');
    const inboxes = await Promise.all([a.inbox(), b.inbox()]);
    const calls = await Promise.all([a.dial(b.user, { offer: 'v=0 a' }), b.dial(a.user, { offer: 'v=0 b' })]);
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
