import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Device, LegacyLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient, openLegacy } from '../support/calls/device.ts';
import { AT_ONCE_MS, dropAll } from '../support/calls/listener.ts';
import { newDevices, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

const HANGUP = { event: 'call:hangup' };
const answer = { event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0 answer' } } };
const ice = (n: number) => ({ event: 'call:ice', payload: { candidate: { candidate: `c${n}` } } });
const offerTo = ({ user }: Device) => ({
  event: 'call:offer',
  payload: { userId: user.id, sdp: { type: 'offer', sdp: 'v=0' }, isVideo: false },
});
const eventOf = (frame: object) => ('event' in frame ? [frame.event] : []);
const events = ({ frames }: LegacyLine) => frames.flatMap(eventOf);

/**
 * Has `a` call `b`, who answers, both with legacy clients; `a` has another socket for further
 * calls.
 */
const legacyTalk = async () => {
  const [a, b, c] = await newDevices(3);
  if (!a || !b || !c) throw new Error('There are no three');
  const { token } = await deviceOf(a.user);
  const [caller, incoming] = [await openLegacy(token), await openLegacy(token)];
  const callee = await legacyClient(b.user);
  caller.say(offerTo(b));
  await callee.next({ event: 'call:offer' });
  callee.say(answer);
  await caller.next({ event: 'call:answer' });
  return { a, b, c, caller, incoming, callee, token };
};

/** Time limits and retries for a busy machine. */
const patient = { retry: 2 };

describe.concurrent(
  'a legacy client that called, and may have left without a word,',
  patient,
  () => {
    test('[C42] a legacy caller is offered a further call, and accepting ends the former one', async () => {
      const { a, c, caller, incoming, callee } = await legacyTalk();
      const call = await c.dial(a.user, { offer: 'v=0 of the third' });
      expect(call.state).toBe('ringing');
      await incoming.next({ event: 'call:offer', payload: { fromUserId: c.user.id } });
      expect(events(caller)).toEqual(['call:answer']);
      incoming.say(answer);
      await call.line.next({ type: 'signal', signals: [{ kind: 'answer', sdp: 'v=0 answer' }] });
      for (const line of [caller, callee]) {
        expect((await line.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
      }
      incoming.say(ice(1));
      await call.line.next({ type: 'signal', signals: [{ kind: 'candidate' }] });
    });

    test('[C42] a legacy caller is offered a further call on a new device, too', async () => {
      const { a, c, callee } = await legacyTalk();
      const device = await deviceOf(a.user);
      const inbox = await device.inbox();
      const call = await c.dial(a.user);
      await inbox.next({ type: 'ring', call: call.callId });
      await device.accept(call.callId);
      expect((await callee.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
    });

    test('[C42] a legacy caller goes on with the former call by declining the further one', async () => {
      const { a, c, caller, incoming, callee } = await legacyTalk();
      const call = await c.dial(a.user, { offer: 'v=0' });
      await incoming.next({ event: 'call:offer' });
      incoming.say(HANGUP);
      await call.line.next({ type: 'state', state: 'ended', reason: 'declined' });
      caller.say(ice(1));
      expect((await callee.next()).frame).toEqual(ice(1));
      callee.say(ice(2));
      expect((await caller.next()).frame).toEqual(ice(2));
    });

    test('[C42] a legacy caller can make another call, on another socket of the page', async () => {
      const { c, caller, callee, incoming } = await legacyTalk();
      const other = await legacyClient(c.user);
      incoming.say(offerTo(c));
      await other.next({ event: 'call:offer' });
      for (const line of [caller, callee]) {
        expect((await line.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
      }
    });

    test('[C3, C42] a legacy caller is the only one to be offered it: whom it called is busy', async () => {
      const { b, c } = await legacyTalk();
      await (await deviceOf(b.user)).inbox();
      const call = await c.call(b.user);
      expect([call.state, call.reason]).toEqual(['ended', 'busy']);
    });

    test('[C43] a legacy caller rings devices that come in its first 15 s, and none later', async () => {
      const { a, b, inbox } = await two();
      const legacy = await legacyClient(a.user);
      legacy.say(offerTo(b));
      const { frame } = await inbox.next({ type: 'ring' });
      const call = 'call' in frame ? frame.call : '';
      const early = await (await deviceOf(b.user)).inbox();
      expect(early.frames).toMatchObject([{ rings: [{ call }] }]);
      await sleep(15_100);
      const late = await (await deviceOf(b.user)).inbox();
      const lateLegacy = await legacyClient(b.user);
      expect(late.frames).toMatchObject([{ type: 'welcome', rings: [] }]);
      await b.accept(call);
      await early.next({ type: 'stop', call, reason: 'answered_elsewhere' });
      expect(lateLegacy.frames).toEqual([]);
    });
  },
);

describe.concurrent('calling a legacy client back', patient, () => {
  const isCalled = async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    const callee = await legacyClient(b.user);
    legacy.say(offerTo(b));
    const { frame } = await inbox.next({ type: 'ring' });
    await callee.next({ event: 'call:offer' });
    return { a, b, inbox, legacy, callee, call: 'call' in frame ? frame.call : '' };
  };

  // On a busy machine the 2 s may be over before the next call.
  test('[C44] calling a legacy caller back at once is the same call', { retry: 3 }, async () => {
    const { a, b, call, legacy } = await isCalled();
    const body = { callId: call, role: 'callee', existing: true };
    expect((await b.send('POST', '/api/calls', { to: a.user.id })).body).toMatchObject(body);
    await b.accept(call);
    expect(events(legacy)).toEqual([]);
  });

  test('[C44] calling back after 2 s is a new call: the former one ends', async () => {
    const { a, b, inbox, legacy, call } = await isCalled();
    await sleep(2_100);
    const back = await b.dial(a.user, { offer: 'v=0 back' });
    expect([back.role, back.state]).toEqual(['caller', 'ringing']);
    expect(back.callId).not.toBe(call);
    await inbox.next({ type: 'stop', call });
    await legacy.next({ event: 'call:offer', payload: { fromUserId: b.user.id } });
    expect(events(legacy)).toEqual(['call:hangup', 'call:offer']);
    legacy.say(answer);
    await back.line.next({ type: 'signal', signals: [{ kind: 'answer' }] });
  });

  test('[C44] calling back after 2 s is a new call on a legacy client as well', async () => {
    const { a, b, legacy, callee } = await isCalled();
    await sleep(2_100);
    callee.say(offerTo(a));
    await legacy.next({ event: 'call:offer', payload: { fromUserId: b.user.id } });
    legacy.say(answer);
    await callee.next({ event: 'call:answer' });
    expect(events(legacy)).toEqual(['call:hangup', 'call:offer']);
  });

  test('[C44] calling back after 2 s is a new call, though the former one was accepted', async () => {
    const { a, b, legacy, call } = await isCalled();
    await b.accept(call);
    await sleep(2_100);
    const back = await b.dial(a.user, { offer: 'v=0 back' });
    expect(back.callId).not.toBe(call);
    await legacy.next({ event: 'call:offer', payload: { fromUserId: b.user.id } });
    expect(events(legacy)).toEqual(['call:hangup', 'call:offer']);
  });
});

test('[C27] a session has three legacy sockets; the other places are for other devices', async () => {
  const { a, b } = await two();
  const { token } = await deviceOf(a.user);
  const sockets: LegacyLine[] = [];
  for (let n = 0; n < 8; n++) sockets.push(await openLegacy(token));
  for (const socket of sockets.slice(0, 5)) {
    expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many connections' });
  }
  const open = async () => (await deviceOf(a.user)).inbox();
  const inboxes = await Promise.all(Array.from({ length: 5 }, open));
  const call = await b.dial(a.user, { offer: 'v=0' });
  for (const inbox of inboxes) await inbox.next({ type: 'ring', call: call.callId });
  for (const socket of sockets.slice(5)) await socket.next({ event: 'call:offer' });
});
