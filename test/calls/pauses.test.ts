import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Device, InboxLine } from '../support/calls/device.ts';
import { AT_ONCE, legacyClient } from '../support/calls/device.ts';
import { AT_ONCE_MS, dropAll } from '../support/calls/listener.ts';
import { keepAlive, newDevices, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

const HANGUP = { event: 'call:hangup' };

/** Time limits and retries for a busy machine. */
const patient = { retry: 2 };

const ringsIn = ({ frames }: InboxLine) => frames.filter(({ type }) => type === 'ring').length;
const dial = (from: Device, to: string | string[]) => from.send('POST', '/api/calls', { to });

/** A call that rings and is declined, as the inbox has heard. */
const declined = async (from: Device, to: Device, inbox: InboxLine): Promise<void> => {
  const { callId } = await from.call(to.user);
  await inbox.next({ type: 'ring', call: callId });
  inbox.say({ type: 'decline', call: callId });
  await inbox.next({ type: 'stop', call: callId, reason: 'declined' });
};

// On a busy machine a pause can be over before the next call is made.
describe.concurrent('somebody who declines', { retry: 3 }, () => {
  test('[C29] who declines hears as many calls of one caller as the pauses allow', async () => {
    const { a, b, inbox } = await two();
    const started = performance.now();
    const statuses = new Set<number>();
    for (let n = 0; n < 20; n++) {
      const { status, body } = await dial(a, b.user.id);
      statuses.add(status);
      if (status !== 201) continue;
      const call = String(body.callId);
      await inbox.next({ type: 'ring', call });
      inbox.say({ type: 'decline', call });
      await inbox.next({ type: 'stop', call, reason: 'declined' });
    }
    const took = performance.now() - started;
    const allowed = [0, 10_000, 40_000, 160_000].filter((ms) => ms <= took).length;
    expect(ringsIn(inbox)).toBeLessThanOrEqual(allowed);
    expect(statuses).toEqual(new Set([201, 429]));
  });

  test('[C29, H12] who declines is not rung by the same one for ten seconds', async () => {
    const { a, b, inbox } = await two();
    await declined(a, b, inbox);
    const answers = await Promise.all([1, 2, 3].map(() => dial(a, b.user.id)));
    // Of dials at once a later one may be led to an earlier one that is just being refused.
    const refused = answers.filter(({ body }) => body.existing !== true);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect([answer.status, answer.body.code], answer.text).toEqual([429, 'too_many_requests']);
      expect(Number(answer.headers.get('Retry-After'))).toBe(answer.body.retryAfterSeconds);
      expect(Number(answer.body.retryAfterSeconds)).toBeLessThanOrEqual(10);
    }
    expect(ringsIn(inbox)).toBe(1);
    expect((await b.send('GET', '/api/calls')).body.calls).toHaveLength(1);
  });

  test('[C29] who declines is rung after that, and then not for half a minute', async () => {
    const { a, b, inbox } = await two();
    await declined(a, b, inbox);
    const { body } = await dial(a, b.user.id);
    await sleep(Number(body.retryAfterSeconds) * 1000);
    await declined(a, b, inbox);
    const answer = await dial(a, b.user.id);
    expect(answer.status).toBe(429);
    expect(Number(answer.body.retryAfterSeconds)).toBeGreaterThan(20);
  });

  test('[C29] who declines is rung at once after calling themselves', async () => {
    const { a, b, inbox } = await two();
    await declined(a, b, inbox);
    expect((await dial(a, b.user.id)).status).toBe(429);
    const back = await b.dial(a.user);
    back.line.say({ type: 'hangup' });
    await back.line.closed;
    await declined(a, b, inbox);
  });

  test('[C29, C40] who declines is not rung by a legacy client either, which hears a hangup', async () => {
    const { a, b, inbox } = await two();
    await declined(a, b, inbox);
    const legacy = await legacyClient(a.user);
    const sdp = { type: 'offer', sdp: 'v=0' };
    legacy.say({ event: 'call:offer', payload: { userId: b.user.id, sdp } });
    expect((await legacy.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
    expect(ringsIn(inbox)).toBe(1);
  });

  test('[C29] who declines is not rung in a group, where the others are', async () => {
    const { a, b, inbox } = await two();
    const other = await two();
    await declined(a, b, inbox);
    const call = await a.dial([b.user, other.b.user]);
    await other.inbox.next({ type: 'ring', call: call.callId });
    const [welcome] = call.line.frames;
    const peers = welcome?.type === 'welcome' ? welcome.peers : [];
    expect(Object.fromEntries(peers.map(({ user, state }) => [user, state]))).toEqual({
      [b.user.id]: 'left',
      [other.b.user.id]: 'ringing',
    });
    expect(ringsIn(inbox)).toBe(1);
    call.line.say({ type: 'hangup' });
    await other.inbox.next({ type: 'stop', call: call.callId });
  });

  test('[C29] a further call to a group that declined is refused as a whole', async () => {
    const { a, b, inbox } = await two();
    const other = await two();
    const { callId } = await a.call([b.user, other.b.user]);
    for (const line of [inbox, other.inbox]) {
      await line.next({ type: 'ring', call: callId });
      line.say({ type: 'decline', call: callId });
      await line.next({ type: 'stop', call: callId });
    }
    expect((await dial(a, [b.user.id, other.b.user.id])).status).toBe(429);
    expect([ringsIn(inbox), ringsIn(other.inbox)]).toEqual([1, 1]);
  });
});

test('[C29] who gives up a call can make it again at once', async () => {
  const { a, b, inbox } = await two();
  const first = await a.dial(b.user);
  first.line.say({ type: 'hangup' });
  await inbox.next({ type: 'stop', call: first.callId, reason: 'cancelled' });
  const second = await a.dial(b.user);
  second.line.say({ type: 'hangup' });
  await inbox.next({ type: 'stop', call: second.callId, reason: 'cancelled' });
  expect((await dial(a, b.user.id)).status).toBe(429);
});

test(
  '[C30] 32 callers make nobody busy: one more rings in place of the longest',
  patient,
  async () => {
    const { b, inbox, a } = await two();
    const [first, ...others] = await newDevices(32);
    if (!first) throw new Error('There are no callers');
    const longest = await first.dial(b.user);
    keepAlive(longest.line);
    const waiting = [...others];
    const inTurn = async () => {
      for (let device = waiting.pop(); device; device = waiting.pop()) await device.call(b.user);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
    expect(ringsIn(inbox)).toBe(32);
    const call = await a.call(b.user);
    expect(call.state).toBe('ringing');
    await inbox.next({ type: 'ring', call: call.callId, from: { user: a.user.id } });
    await longest.line.next({ type: 'state', state: 'ended', reason: 'busy' });
    await inbox.next({ type: 'stop', call: longest.callId, reason: 'busy' });
    const callee = await b.accept(call.callId);
    callee.say({ type: 'hangup' });
    await callee.closed;
  },
);
