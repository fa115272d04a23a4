import { afterAll, describe, expect, test } from 'vitest';
import { PING } from '../../src/contract/sockets/protocol.ts';
import type { Device, InboxLine, LegacyLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { keepAlive, newDevices, talking, two } from '../support/calls/scenes.ts';
import { runningApi } from '../support/client.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { race } from '../support/races.ts';
import { freshChat, link, messagesOf } from '../support/sign-in.ts';

afterAll(dropAll);

const api = runningApi();
const HANGUP = { event: 'call:hangup' };

const block = async (who: Device, whom: Device) =>
  expect((await who.send('PUT', `/api/users/${whom.user.id}/block`)).status).toBe(200);

const offerTo = ({ user }: Device) => ({
  event: 'call:offer',
  payload: { userId: user.id, sdp: { type: 'offer', sdp: 'v=0' }, isVideo: false },
});

/** `b` has blocked `a`, and has a new device and a legacy one connected. */
const blocked = async () => {
  const people = await two();
  await block(people.b, people.a);
  return { ...people, page: await legacyClient(people.b.user) };
};

/** Waits until the caller's inbox knows of their call, as it tells any device that comes. */
const untilCalling = async ({ user }: Device) => {
  const other = await deviceOf(user);
  await expect.poll(async () => (await other.inbox()).frames[0]).toHaveProperty('inCall');
};

/** Whether a frame is of a call that the user of the inbox makes themselves. */
const isOfOwnCall = (frame: InboxLine['frames'][number]) =>
  frame.type === 'in_call' && frame.inCall?.role === 'caller';

/** Expects that devices were told of no call by others, once what was under way has come. */
const expectQuiet = async (inbox: InboxLine, page?: LegacyLine) => {
  for (const line of page ? [inbox, page] : [inbox]) {
    line.say(PING[0]);
    await line.next({ type: 'pong' });
  }
  const others = inbox.frames.filter((frame) => !isOfOwnCall(frame));
  expect(others.filter(({ type }) => type !== 'welcome' && type !== 'pong')).toEqual([]);
  expect(page?.frames.filter((frame) => 'event' in frame) ?? []).toEqual([]);
};

const historyOf = async (device: Device) => (await device.send('GET', '/api/calls')).body.calls;

/** A text with the ids, tickets and names of one call taken out, to compare it with another's. */
const withoutNames = (value: unknown) =>
  JSON.stringify(value, (name, part) =>
    typeof part === 'string' || name === 'ringsForMs' ? typeof part : part,
  );

describe('[M42] a call to somebody who has blocked the caller', () => {
  test('[C5] looks like one to somebody without a device, and no device hears of it', async () => {
    const { a, b, inbox, page } = await blocked();
    const [away] = await newDevices(1);
    if (!away) throw new Error('Nobody is away');
    const [caller] = [await deviceOf(a.user)];
    const seen: unknown[] = [];
    for (const callee of [b, away]) {
      const answer = await caller.send('POST', '/api/calls', { to: callee.user.id, offer: 'v=0' });
      const { ticket, url, state } = answer.body;
      expect([answer.status, state]).toEqual([201, 'ringing']);
      const line = await caller.join({ ticket: String(ticket), url: String(url) });
      line.say({ type: 'hangup' });
      await line.next({ type: 'state', state: 'ended', reason: 'cancelled' });
      await line.closed;
      const records = await recordsOf(caller, String(answer.body.callId));
      expect(records).toMatchObject([{ peers: [{ userId: callee.user.id }] }]);
      const again = await caller.send('POST', '/api/calls', { to: callee.user.id });
      expect(again.status, 'who gives up once may call again at once').toBe(201);
      await caller.send('POST', '/api/calls', { to: a.user.id });
      seen.push([answer.body, line.frames, records, again.body].map(withoutNames));
      const second = await caller.join(String(again.body.callId));
      second.say({ type: 'hangup' });
      await second.closed;
      const paused = await caller.send('POST', '/api/calls', { to: callee.user.id });
      expect([paused.status, paused.body.code]).toEqual([429, 'too_many_requests']);
    }
    expect(seen[0]).toEqual(seen[1]);
    await expectQuiet(inbox, page);
    expect(await historyOf(b)).toEqual([]);
  });

  test('[C2] does not ring on devices that come late, and cannot be taken by accident', async () => {
    const { a, b, inbox } = await blocked();
    const call = await a.dial(b.user, { offer: 'v=0' });
    const late = await (await deviceOf(b.user)).inbox();
    const page = await legacyClient(b.user);
    inbox.say({ type: 'decline', call: call.callId });
    await inbox.next({ type: 'error', code: 'not_now' });
    await expectQuiet(late, page);
    expect(late.frames[0]).toMatchObject({ type: 'welcome', rings: [] });
    call.line.say({ type: 'ping' });
    await call.line.next({ type: 'pong' });
    expect(call.line.frames[0]).toMatchObject({ peers: [{ state: 'ringing', unreachable: true }] });
    expect(call.line.frames.slice(1).map(({ type }) => type)).toEqual(['pong']);
  });

  test('[C3] is not told that the callee is in another call', async () => {
    const { b, inbox } = await talking();
    const [a] = await newDevices(1);
    if (!a) throw new Error('Nobody calls');
    await block(b, a);
    await inbox.next({ type: 'in_call' });
    const before = inbox.frames.length;
    const call = await a.dial(b.user);
    expect(call.state).toBe('ringing');
    expect(call.line.frames[0]).toMatchObject({ peers: [{ unreachable: true }] });
    inbox.say({ type: 'ping' });
    await inbox.next({ type: 'pong' });
    expect(inbox.frames.slice(before).map(({ type }) => type)).toEqual(['pong']);
  });

  test('[C8] rings for the others of a group, who talk without them', async () => {
    const { a, b, inbox, page } = await blocked();
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody else is called');
    const ringing = await c.inbox();
    const call = await a.dial([b.user, c.user]);
    await ringing.next({ type: 'ring', call: call.callId, group: true });
    const talk = await c.accept(call.callId);
    await call.line.next({ type: 'peer', peer: { user: c.user.id, state: 'joined' } });
    talk.say({ type: 'hangup' });
    call.line.say({ type: 'hangup' });
    await call.line.closed;
    expect(await recordsOf(a, call.callId)).toMatchObject([{ peers: [{}, {}] }]);
    await expectQuiet(inbox, page);
    expect(await historyOf(b)).toEqual([]);
  });

  test('[C37] rings nowhere either when a legacy client calls', async () => {
    const { a, b, inbox, page } = await blocked();
    const legacy = await legacyClient(a.user);
    legacy.say(offerTo(b));
    legacy.say({ event: 'call:ice', payload: { candidate: { candidate: 'c' } } });
    await untilCalling(a);
    await expectQuiet(inbox, page);
    legacy.say(HANGUP);
    await expect.poll(() => historyOf(a)).toMatchObject([{ reason: 'cancelled' }]);
    await expectQuiet(inbox, page);
    expect(await historyOf(b)).toEqual([]);
  });

  test('rings as soon as the block is over', async () => {
    const { a, b, inbox, page } = await blocked();
    expect((await b.send('DELETE', `/api/users/${a.user.id}/block`)).status).toBe(200);
    const call = await a.dial(b.user, { offer: 'v=0' });
    await inbox.next({ type: 'ring', call: call.callId });
    await page.next({ event: 'call:offer' });
  });

  test('leaves those who have blocked free to call, and to be called by others', async () => {
    const { a, b, inbox } = await blocked();
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody else calls');
    await a.dial(b.user);
    const call = await c.dial(b.user);
    await inbox.next({ type: 'ring', call: call.callId });
    await b.accept(call.callId);
    await call.line.next({ type: 'peer', peer: { state: 'joined' } });
  });
});

describe('[C7, M42] who has blocked somebody and calls them', () => {
  test('rings with a call of their own, though the other one calls at that time', async () => {
    const { a, b, inbox } = await blocked();
    const line = await a.inbox();
    const own = await a.dial(b.user, { offer: 'v=0 a' });
    const call = await b.dial(a.user, { offer: 'v=0 b' });
    expect([call.role, call.callId === own.callId]).toEqual(['caller', false]);
    await line.next({ type: 'ring', call: call.callId });
    await own.line.next({ type: 'state', state: 'ended', reason: 'cancelled' });
    await a.accept(call.callId);
    await call.line.next({ type: 'peer', peer: { user: a.user.id, state: 'joined' } });
    await expectQuiet(inbox);
  });

  test('rings from a legacy client, too, and on one', async () => {
    const { a, b, inbox, page } = await blocked();
    const caller = await legacyClient(a.user);
    caller.say(offerTo(b));
    await untilCalling(a);
    page.say(offerTo(a));
    await caller.next(HANGUP);
    await caller.next({ event: 'call:offer', payload: { fromUserId: b.user.id } });
    caller.say({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    await page.next({ event: 'call:answer' });
    expect(page.frames.filter((frame) => 'event' in frame)).toHaveLength(1);
    await expectQuiet(inbox);
  });

  test('never rings themselves when both call at the very same moment', () =>
    race(async () => {
      const { a, b, inbox } = await blocked();
      const line = await a.inbox();
      const [, call] = await Promise.all([
        a.send('POST', '/api/calls', { to: b.user.id }),
        b.call(a.user),
      ]);
      expect(call.role).toBe('caller');
      await line.next({ type: 'ring', call: call.callId });
      await expectQuiet(inbox);
      const talk = await a.accept(call.callId);
      talk.say({ type: 'hangup' });
      await talk.closed;
    }));
});

describe.concurrent('[M42] in time,', () => {
  test('[C4, C6] the call is missed for the caller, and nobody hears of it, in no way', async ({
    expect,
  }) => {
    const { a, b, inbox, page } = await blocked();
    const chat = freshChat();
    await expect
      .poll(() => link(api, b.user.phone, chat).then(() => 'linked', String))
      .toBe('linked');
    const call = await a.dial(b.user, { video: true });
    keepAlive(call.line);
    await call.line.next({ type: 'state', state: 'ended', reason: 'missed' }, PATIENCE_MS);
    expect(await recordsOf(a, call.callId)).toMatchObject([{ reason: 'missed', missed: false }]);
    const paused = await a.send('POST', '/api/calls', { to: b.user.id });
    expect([paused.status, paused.body.code]).toEqual([429, 'too_many_requests']);
    await expectQuiet(inbox, page);
    // Word of another call comes after what would be told of this one.
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody else calls');
    const other = await c.dial(b.user);
    await inbox.next({ type: 'ring', call: other.callId });
    other.line.say({ type: 'hangup' });
    await expect.poll(() => messagesOf(chat)).toHaveLength(1);
    expect(await messagesOf(chat)).toEqual([`Пропущенный звонок от ${c.user.displayName}`]);
    expect(await historyOf(b)).toMatchObject([{ callId: other.callId }]);
  });

  test('[C40] a legacy caller hears a hangup after 45 s, and not before', async ({ expect }) => {
    const { a, b, inbox, page } = await blocked();
    const legacy = await legacyClient(a.user);
    const started = performance.now();
    legacy.say(offerTo(b));
    const { at } = await legacy.next(HANGUP, PATIENCE_MS);
    expect(at - started).toBeGreaterThan(44_000);
    await expect.poll(() => historyOf(a)).toMatchObject([{ reason: 'missed' }]);
    await expectQuiet(inbox, page);
    expect(await historyOf(b)).toEqual([]);
  });
});
