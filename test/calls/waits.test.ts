import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sign } from '../../party/wire/signature.ts';
import type { Beats } from '../support/calls/beats.ts';
import { startBeats } from '../support/calls/beats.ts';
import type { CallLine } from '../support/calls/device.ts';
import { legacyClient, newDevice } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { keepAlive, newDevices, ringing, talking, two } from '../support/calls/scenes.ts';
import { runningApi } from '../support/client.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { freshChat, link, messagesOf } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

// These tests wait in real time, all at once, since most of that is sleep.

afterAll(dropAll);

const api = runningApi();
const RING_MS = 45_000;
const GRACE_MS = 20_000;
const SILENCE_MS = 20_000;
/** By how much a wait may be longer than it should, in milliseconds of a machine without load. */
const LATE_MS = 6_000;
const BEAT_MS = 250;

let beats: Beats;
beforeAll(async () => {
  beats = startBeats(await (await newDevice()).inbox(), BEAT_MS);
});
afterAll(() => beats.stop());

/** Notes the present, by the clock and by the beats. */
const start = (at = performance.now()) => ({ at, beat: beats.count });

/** Expects fewer beats since then than a machine without load has in this time. */
const expectWithin = (started: ReturnType<typeof start>, ms: number) =>
  expect(beats.count - started.beat).toBeLessThan(ms / BEAT_MS);

/** Expects a frame after this time, and not much later. */
const expectAfter = async (
  started: ReturnType<typeof start>,
  ms: number,
  heard: Promise<{ at: number }>,
) => {
  const { at } = await heard;
  expect(at - started.at).toBeGreaterThan(ms - 500);
  expectWithin(started, ms + LATE_MS);
};

/** Links a number to a chat, as soon as the stores have begun to answer in time. */
const linked = (phone: string, chat: number) =>
  expect.poll(() => link(api, phone, chat).then(() => 'linked', String)).toBe('linked');

const ended = (line: CallLine, reason: string) =>
  line.next({ type: 'state', state: 'ended', reason }, PATIENCE_MS);

describe.concurrent('in time,', () => {
  test('[C4, C6, C9] a call that nobody answers is missed after 45 s, on all devices', async () => {
    const chat = freshChat();
    const { a, b, inbox } = await two();
    await linked(b.user.phone, chat);
    const legacy = await legacyClient(b.user);
    const started = start();
    const call = await a.dial(b.user, { video: true });
    keepAlive(call.line);
    await Promise.all([
      expectAfter(started, RING_MS, ended(call.line, 'missed')),
      inbox.next({ type: 'stop', call: call.callId, reason: 'missed' }, PATIENCE_MS),
      legacy.next({ event: 'call:hangup' }, PATIENCE_MS),
    ]);
    expect(await call.line.closed).toEqual({ code: 1000, reason: 'Done' });
    expect(await recordsOf(b, call.callId)).toMatchObject([
      { reason: 'missed', missed: true, answeredAt: null },
    ]);
    expect(await recordsOf(a, call.callId)).toMatchObject([{ reason: 'missed', missed: false }]);
    expect(await messagesOf(chat)).toEqual([`Пропущенный видеозвонок от ${a.user.displayName}`]);
  });

  test('[C4] a call that nobody answers is missed after 45 s though the caller has long gone', async () => {
    const started = start();
    const { call, caller, inbox, b } = await ringing();
    caller.drop();
    const stopped = inbox.next({ type: 'stop', call: call.callId, reason: 'missed' }, PATIENCE_MS);
    await expectAfter(started, RING_MS, stopped);
    expect(await recordsOf(b, call.callId)).toMatchObject([{ reason: 'missed', missed: true }]);
  });

  test('[C4, C5, C6] a call to somebody unreachable is missed all the same, and told', async () => {
    const [a, b] = await newDevices(2);
    if (!a || !b) throw new Error('There are no two');
    const chat = freshChat();
    await linked(b.user.phone, chat);
    const call = await a.dial(b.user);
    keepAlive(call.line);
    await ended(call.line, 'missed');
    expect(await recordsOf(b, call.callId)).toMatchObject([{ reason: 'missed', missed: true }]);
    expect(await messagesOf(chat)).toEqual([`Пропущенный звонок от ${a.user.displayName}`]);
  });

  test('[C4, C40] a call that nobody answers ends for a legacy caller after 45 s', async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    const started = start();
    legacy.say({
      event: 'call:offer',
      payload: { userId: b.user.id, sdp: { type: 'offer', sdp: 'v=0' }, isVideo: false },
    });
    await inbox.next({ type: 'ring' });
    await expectAfter(started, RING_MS, legacy.next({ event: 'call:hangup' }, PATIENCE_MS));
    await inbox.next({ type: 'stop', reason: 'missed' });
  });

  test('[C4, C8] a call that nobody answers by one of a group goes on without them', async () => {
    const { a, b } = await two();
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody is called');
    const inbox = await c.inbox();
    const call = await a.dial([b.user, c.user]);
    const callee = await b.accept(call.callId);
    keepAlive(call.line, callee);
    await inbox.next({ type: 'stop', call: call.callId, reason: 'missed' }, PATIENCE_MS);
    await call.line.next({
      type: 'peer',
      peer: { user: c.user.id, state: 'left' },
      reason: 'missed',
    });
    expect(call.line.frames).not.toContainEqual(expect.objectContaining({ state: 'ended' }));
    callee.say({ type: 'hangup' });
    await ended(call.line, 'hung_up');
    expect(await recordsOf(c, call.callId)).toMatchObject([{ reason: 'hung_up', group: true }]);
  });

  test('[C12] somebody in a call who does not come back is lost after 20 s', async () => {
    const { a, b, call, caller, callee } = await talking();
    keepAlive(caller);
    const started = start();
    callee.drop();
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    await expectAfter(started, GRACE_MS, ended(caller, 'lost'));
    expect(await recordsOf(a, call.callId)).toMatchObject([
      { reason: 'lost', answeredAt: expect.any(String) },
    ]);
    const answer = await b.send('POST', `/api/calls/${call.callId}/ticket`);
    expect([answer.status, answer.body.code]).toEqual([404, 'call_not_found']);
  });

  test('[C12] somebody in a call who comes back within the 20 s is in it still', async () => {
    const { b, call, caller, callee } = await talking();
    keepAlive(caller);
    callee.drop();
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    await sleep(GRACE_MS - 3_000);
    const back = await b.join(call.callId, { seen: {}, acked: 0 });
    keepAlive(back);
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
    await sleep(5_000);
    expect(caller.frames).not.toContainEqual(expect.objectContaining({ state: 'ended' }));
    caller.say({ type: 'hangup' });
    await ended(back, 'hung_up');
  });

  test('[C12, C23] somebody who falls silent is away within 20 s, and lost after 20 s more', async () => {
    const { caller, callee } = await talking();
    keepAlive(caller);
    const started = start();
    const away = await caller.next({ type: 'peer', peer: { state: 'away' } }, PATIENCE_MS);
    expectWithin(started, SILENCE_MS);
    const silent = start(away.at);
    expect(await callee.closed).toEqual({ code: 4409, reason: 'Silent for too long' });
    await expectAfter(silent, GRACE_MS, ended(caller, 'lost'));
  });

  test('[C23] somebody in a call whose connection hangs is away within 20 s', async () => {
    const { caller, callee } = await talking();
    keepAlive(caller);
    const started = start();
    callee.freeze();
    await caller.next({ type: 'peer', peer: { state: 'away' } }, PATIENCE_MS);
    expectWithin(started, SILENCE_MS);
  });

  // PartyKit gives a room no way to cut a connection.
  const isOnPartyServer = stack.settings.ROOMS_URL === undefined;
  if (isOnPartyServer) {
    test('[C26] somebody who answers no close is cut off 65 s after the end of the call', async () => {
      const { caller, callee } = await talking();
      const cutOff = callee.holdOpen();
      caller.say({ type: 'hangup' });
      await ended(callee, 'hung_up');
      const started = start();
      expect(await Promise.race([cutOff.then(() => 'cut off'), sleep(50_000, 'open')])).toBe(
        'open',
      );
      await expectAfter(
        started,
        65_000,
        cutOff.then(() => start()),
      );
    });
  }

  test('[C8, C12] somebody of a group call is lost to it, and the others go on', async () => {
    const { a, b } = await two();
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody is called');
    const call = await a.dial([b.user, c.user]);
    const [one, other] = [await b.accept(call.callId), await c.accept(call.callId)];
    keepAlive(call.line, one);
    other.drop();
    await one.next(
      { type: 'peer', peer: { user: c.user.id, state: 'left' }, reason: 'lost' },
      PATIENCE_MS,
    );
    one.say({ type: 'ping' });
    await one.next({ type: 'pong' });
    one.say({ type: 'hangup' });
    await ended(call.line, 'hung_up');
  });

  test('[C10] a call of two legacy clients lasts, though nothing is said in it', async () => {
    const { a, b } = await two();
    const [caller, callee] = [await legacyClient(a.user), await legacyClient(b.user)];
    caller.say({
      event: 'call:offer',
      payload: { userId: b.user.id, sdp: { type: 'offer', sdp: 'v=0' } },
    });
    await callee.next({ event: 'call:offer' });
    // An idle room has lost its memory after this time.
    await sleep(15_000);
    callee.say({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    await caller.next({ event: 'call:answer' });
    // The room tells the inboxes again within this time.
    await sleep(31_000);
    const payload = { candidate: { candidate: 'late', sdpMid: '0' } };
    for (const [from, to] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      from.say({ event: 'call:ice', payload });
      expect((await to.next()).frame).toEqual({ event: 'call:ice', payload });
    }
    caller.say({ event: 'call:hangup' });
    expect((await callee.next()).frame).toEqual({ event: 'call:hangup' });
  });

  test('[C45] a call of a legacy client that is answered late has its offer', async () => {
    const { a, b, inbox } = await two();
    const caller = await legacyClient(a.user);
    caller.say({
      event: 'call:offer',
      payload: { userId: b.user.id, sdp: { type: 'offer', sdp: 'v=0' } },
    });
    const { frame } = await inbox.next({ type: 'ring' });
    await sleep(25_000);
    const callee = await b.accept('call' in frame ? frame.call : '');
    await callee.next({ type: 'signal', signals: [{ kind: 'offer', sdp: 'v=0' }] });
  });

  test('[C5] a device that has been silent for 90 s counts for none', async () => {
    const { a, b, inbox: half } = await two();
    const { b: c, inbox: whole } = await two();
    const timer = setInterval(() => whole.say('ping'), 25_000);
    half.freeze();
    await sleep(91_000);
    const { line } = await a.dial([b.user, c.user]);
    const [welcome] = line.frames;
    const peers = welcome?.type === 'welcome' ? welcome.peers : [];
    const isUnreachable = peers.map((peer) => [peer.user, peer.unreachable ?? false]);
    expect(Object.fromEntries(isUnreachable)).toEqual({ [b.user.id]: true, [c.user.id]: false });
    clearInterval(timer);
    if (welcome?.type !== 'welcome') throw new Error('There is no welcome');
    // A device that was woken by a push, say, joins without opening its inbox.
    await b.join(welcome.call);
    const { frame } = await line.next({ type: 'peer', peer: { user: b.user.id } });
    expect(frame).not.toHaveProperty('peer.unreachable');
  });

  test('[C16] a request that was signed half a minute ago is taken by nobody', async () => {
    const { ROOMS_SECRET, JWT_SECRET, ROOMS_URL } = stack.settings;
    const secret = String(ROOMS_SECRET ?? JWT_SECRET);
    const body = JSON.stringify({ type: 'call' });
    const headers = await sign([secret], { target: 'worker', body }, Date.now());
    const entrant = { user: 'u', device: 'd', sid: 'd', old: false, until: Date.now() + 1e9 };
    const way = await sign([secret], { target: 'inbox/u', entrant }, Date.now());
    await sleep(31_000);
    const late = await api.send('POST', '/api/internal/rooms', { body, headers });
    expect(late.status).toBe(401);
    if (ROOMS_URL === undefined) return;
    expect(
      (await fetch(`${ROOMS_URL}/parties/inbox/u`, { method: 'POST', headers: way })).status,
    ).toBe(401);
  });
});
