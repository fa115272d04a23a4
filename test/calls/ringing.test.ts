import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { startBeats } from '../support/calls/beats.ts';
import type { InboxLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices, ringing, talking, two } from '../support/calls/scenes.ts';
import { repeated } from '../support/races.ts';

afterAll(dropAll);

const ELSEWHERE = { code: 4003, reason: 'Not in this call' };

/** The frames that answer a device that accepts. */
const OUTCOME = new Set(['state', 'answered_elsewhere']);

/** Before how many beats of 5 ms the other devices are quiet: 50 ms on a machine without load. */
const STOP_BEATS = 10;
const BEAT_MS = 5;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

describe('a call rings', () => {
  test('[C2] a call rings on all devices of the callee at once, new and legacy', async () => {
    const { a, b, inbox } = await two();
    const others = await Promise.all(repeated(3, async () => (await deviceOf(b.user)).inbox()));
    const legacy = await Promise.all([legacyClient(b.user), legacyClient(b.user)]);
    const { callId } = await a.call(b.user, { offer: 'v=0' });
    const rings = await Promise.all([inbox, ...others].map((line) => line.next({ type: 'ring' })));
    expect(new Set(rings.map(({ text }) => text)).size).toBe(1);
    expect(rings[0]?.frame).toMatchObject({ call: callId, expiresAt: expect.any(Number) });
    expect(rings[0]?.frame).toHaveProperty('ringsForMs');
    for (const line of legacy) {
      expect((await line.next()).frame).toMatchObject({
        event: 'call:offer',
        payload: { fromUserId: a.user.id },
      });
    }
  });

  test('[C2] a call rings on a device that comes while it rings', async () => {
    const { a, b, call } = await ringing({ offer: 'v=0' });
    const late = await (await deviceOf(b.user)).inbox();
    expect(late.frames).toMatchObject([
      { type: 'welcome', rings: [{ call: call.callId, from: { user: a.user.id } }] },
    ]);
    const legacy = await legacyClient(b.user);
    expect((await legacy.next()).frame).toMatchObject({
      event: 'call:offer',
      payload: { sdp: { type: 'offer', sdp: 'v=0' }, fromUserId: a.user.id },
    });
  });

  test('[C35] a call rings for as long as it says, whatever the clock of a device', async () => {
    const { b, call, caller, inbox } = await ringing();
    const left = ({ frames }: InboxLine) => {
      const first = frames.flatMap((frame) => (frame.type === 'ring' ? frame : []))[0];
      const known = frames.flatMap((frame) => (frame.type === 'welcome' ? frame.rings : []))[0];
      return (first ?? known)?.ringsForMs ?? Number.NaN;
    };
    await sleep(20);
    const late = await (await deviceOf(b.user)).inbox();
    const line = await b.join(call.callId);
    const inRoom = line.frames.map((frame) => frame.type === 'welcome' && frame.ringsForMs)[0];
    const all = [45_000, left(inbox), left(late), inRoom, 40_000].map(Number);
    expect(
      all.toSorted((one, other) => other - one),
      'in this order',
    ).toEqual(all);
    expect(left(late)).toBeLessThan(left(inbox));
    expect(caller.frames).toMatchObject([{ type: 'welcome', ringsForMs: expect.any(Number) }]);
  });

  test('[C5] a call rings for who cannot be reached: the caller is told, a late device takes it', async () => {
    const [a, b] = await newDevices(2);
    if (!a || !b) throw new Error('There are no two');
    const call = await a.dial(b.user);
    expect(call.state).toBe('ringing');
    expect(call.line.frames).toMatchObject([
      { peers: [{ user: b.user.id, state: 'ringing', unreachable: true }] },
    ]);
    const late = await b.inbox();
    expect(late.frames).toMatchObject([{ rings: [{ call: call.callId }] }]);
    await b.accept(call.callId);
    const { frame } = await call.line.next({ type: 'peer', peer: { state: 'joined' } });
    expect(frame).not.toHaveProperty('peer.unreachable');
  });

  test('[C2] a call rings no longer on a device that comes after it was answered', async () => {
    const { b } = await talking();
    const late = await (await deviceOf(b.user)).inbox();
    expect(late.frames).toMatchObject([{ type: 'welcome', rings: [] }]);
  });

  test('[C3, C8] a call rings for the others of a group when one of them is busy', async () => {
    const { b: busy } = await talking();
    const { a, b, inbox } = await two();
    const call = await a.dial([busy.user, b.user]);
    expect(call.state).toBe('ringing');
    await inbox.next({ type: 'ring', call: call.callId, group: true });
    const [welcome] = call.line.frames;
    const peers = welcome?.type === 'welcome' ? welcome.peers : [];
    expect(Object.fromEntries(peers.map(({ user, state }) => [user, state]))).toEqual({
      [busy.user.id]: 'left',
      [b.user.id]: 'ringing',
    });
  });
});

describe('of several devices that accept at once', () => {
  test('[C2] of several devices that accept at once exactly one has the call', async () => {
    const { b, call, caller } = await ringing();
    const devices = [b, ...(await Promise.all(repeated(5, () => deviceOf(b.user))))];
    const lines = await Promise.all(devices.map((device) => device.join(call.callId)));
    for (const line of lines) line.say({ type: 'accept' });
    const outcomes = await Promise.all(
      lines.map(async (line) => (await line.next({ type: OUTCOME })).frame.type),
    );
    expect(outcomes.toSorted()).toEqual([...repeated(5, () => 'answered_elsewhere'), 'state']);
    const winner = lines[outcomes.indexOf('state')];
    for (const line of lines) {
      if (line !== winner) expect(await line.closed).toEqual(ELSEWHERE);
      const heard = line.frames.filter(({ type }) => OUTCOME.has(type));
      expect(heard).toEqual([
        line === winner ? { type: 'state', state: 'accepted' } : { type: 'answered_elsewhere' },
      ]);
    }
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
    winner?.say({ type: 'hangup' });
    await caller.next({ type: 'state', state: 'ended' });
    expect(caller.frames.map(({ type }) => type)).toEqual(['welcome', 'state', 'peer', 'state']);
  });

  test('[C2] of several devices that accept, one of which is legacy, exactly one has the call', async () => {
    for (const legacyFirst of [true, false]) {
      const { b, call, caller } = await ringing({ offer: 'v=0' });
      const [legacy, line] = [await legacyClient(b.user), await b.join(call.callId)];
      await legacy.next({ event: 'call:offer' });
      const answer = () =>
        legacy.say({
          event: 'call:answer',
          payload: { sdp: { type: 'answer', sdp: 'v=0 legacy' } },
        });
      if (legacyFirst) answer();
      line.say({ type: 'accept' });
      if (!legacyFirst) answer();
      await caller.next({ type: 'peer', peer: { state: 'joined' } });
      const { frame } = await line.next({ type: OUTCOME });
      if (frame.type === 'state') await legacy.next({ event: 'call:hangup' });
      else await caller.next({ type: 'signal', signals: [{ kind: 'answer', sdp: 'v=0 legacy' }] });
    }
  });

  test(`[C2] the others stop within ${STOP_BEATS} beats of ${BEAT_MS} ms`, {
    retry: 2,
  }, async () => {
    const took: number[] = [];
    for (const _ of repeated(5, () => 0)) {
      const { b, call } = await ringing();
      const legacy = await legacyClient(b.user);
      const other = await deviceOf(b.user);
      const [inbox, room, line] = [
        await other.inbox(),
        await other.join(call.callId),
        await b.join(call.callId),
      ];
      const beats = startBeats(line, BEAT_MS);
      line.say({ type: 'accept' });
      await Promise.all([
        inbox.next({ type: 'stop', call: call.callId, reason: 'answered_elsewhere' }),
        room.next({ type: 'answered_elsewhere' }),
        legacy.next({ event: 'call:hangup' }),
      ]);
      took.push(beats.count);
      beats.stop();
      expect(await room.closed).toEqual(ELSEWHERE);
      line.say({ type: 'hangup' });
      await line.closed;
    }
    expect(median(took), `all of them: ${took}`).toBeLessThanOrEqual(STOP_BEATS);
  });

  test('[C2] a device that is too late is sent away, with or without a ticket from before', async () => {
    const { b, call, inbox } = await ringing();
    const other = await deviceOf(b.user);
    const ticket = await other.callTicket(call.callId);
    await b.accept(call.callId);
    const line = await other.knock(ticket);
    await line.next({ type: 'answered_elsewhere' });
    expect(await line.closed).toEqual(ELSEWHERE);
    const answer = await other.send('POST', `/api/calls/${call.callId}/ticket`);
    expect([answer.status, answer.body.code]).toEqual([409, 'answered_elsewhere']);
    // The device that has the call need not be told.
    expect(inbox.frames.filter(({ type }) => type === 'stop')).toEqual([]);
  });
});

describe('somebody who is called by two at once', () => {
  test('[C3] who is called by two takes one; the other hears busy, and missed is recorded', async () => {
    const { b, call, inbox, a } = await ringing();
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody else calls');
    const second = await c.dial(b.user);
    await inbox.next({ type: 'ring', call: second.callId });
    await b.accept(call.callId);
    await second.line.next({ type: 'state', state: 'ended', reason: 'busy' });
    await inbox.next({ type: 'stop', call: second.callId, reason: 'busy' });
    expect(await recordsOf(b, second.callId)).toMatchObject([{ reason: 'busy', missed: true }]);
    expect(await recordsOf(c, second.callId)).toMatchObject([{ reason: 'busy', missed: false }]);
    expect(a.user.id).not.toBe(c.user.id);
  });

  test('[C3] who is called by two cannot take both', async () => {
    const { b, call, caller } = await ringing();
    const [c] = await newDevices(1);
    const other = await deviceOf(b.user);
    if (!c) throw new Error('Nobody else calls');
    const second = await c.dial(b.user);
    const [one, two] = [await b.join(call.callId), await other.join(second.callId)];
    one.say({ type: 'accept' });
    two.say({ type: 'accept' });
    const ended = await Promise.any([
      caller.next({ type: 'state', state: 'ended', reason: 'busy' }).then(() => caller),
      second.line.next({ type: 'state', state: 'ended', reason: 'busy' }).then(() => second.line),
    ]);
    const alive = ended === caller ? [second.line, two] : [caller, one];
    for (const line of alive) {
      line?.say({ type: 'ping' });
      await line?.next({ type: 'pong' });
      expect(line?.frames.filter(({ type }) => type === 'state')).toEqual([
        { type: 'state', state: 'accepted' },
      ]);
    }
  });
});
