import { afterAll, describe, expect, test } from 'vitest';
import type { LegacyLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient, openLegacy } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { answer, events, HANGUP, ice, offerTo, three } from '../support/calls/legacy-frames.ts';
import { AT_ONCE_MS, dropAll } from '../support/calls/listener.ts';
import { newDevices, talking, two } from '../support/calls/scenes.ts';
import { repeated } from '../support/races.ts';

afterAll(dropAll);

/** Two legacy clients in a call, each with a socket. */
const legacyTalk = async () => {
  const [a, b, c] = await three();
  const [caller, callee] = [await legacyClient(a.user), await legacyClient(b.user)];
  caller.say(offerTo(b.user.id));
  await callee.next({ event: 'call:offer' });
  callee.say(answer);
  await caller.next({ event: 'call:answer' });
  return { a, b, c, caller, callee };
};

describe('a legacy client that calls', () => {
  test.each([
    ['whom nobody knows', crypto.randomUUID()],
    ['with a name that is none', '../../x'],
    ['with the name of what objects inherit', 'hasOwnProperty'],
  ])('[C40] a legacy caller hears call:hangup at once when it is somebody %s', async (_, to) => {
    const [a] = await newDevices(1);
    const legacy = await openLegacy(String(a?.token));
    legacy.say(offerTo(to));
    expect((await legacy.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
  });

  test('[C40] a legacy caller hears it when it calls itself', async () => {
    const [a] = await newDevices(1);
    const legacy = await openLegacy(String(a?.token));
    legacy.say(offerTo(a?.user.id));
    expect((await legacy.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
  });

  test('[C3, C40] a legacy caller hears it at once when the other one is busy, who hears nothing', async () => {
    const { a: busy, inbox } = await talking();
    const [c] = await newDevices(1);
    const legacy = await openLegacy(String(c?.token));
    legacy.say(offerTo(busy.user.id));
    expect((await legacy.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
    expect(inbox.frames.filter(({ type }) => type === 'ring')).toHaveLength(1);
  });

  test.each(['legacy', 'new'])(
    '[C40] a legacy caller hears it at once when the other one declines on an %s client',
    async (kind) => {
      const { a, b, inbox } = await two();
      const [caller, callee] = [await legacyClient(a.user), await legacyClient(b.user)];
      caller.say(offerTo(b.user.id));
      await callee.next({ event: 'call:offer' });
      const { frame } = await inbox.next({ type: 'ring' });
      const call = 'call' in frame ? frame.call : '';
      if (kind === 'legacy') callee.say(HANGUP);
      else inbox.say({ type: 'decline', call });
      expect((await caller.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
      await inbox.next({ type: 'stop', call, reason: 'declined' });
      expect(await recordsOf(b, call)).toMatchObject([{ reason: 'declined' }]);
    },
  );

  test('[C41] a legacy caller ends its unanswered call by making another one', async () => {
    const { a, b, inbox } = await two();
    const second = await two();
    const legacy = await legacyClient(a.user);
    legacy.say(offerTo(b.user.id));
    const { frame } = await inbox.next({ type: 'ring' });
    legacy.say(offerTo(second.b.user.id));
    await second.inbox.next({ type: 'ring', from: { user: a.user.id } });
    await inbox.next({
      type: 'stop',
      call: 'call' in frame ? frame.call : '',
      reason: 'cancelled',
    });
    expect(legacy.frames).toEqual([]);
  });

  test('[C37] a legacy caller can name the other one by a username, and as targetUserId', async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    legacy.say({
      event: 'call:offer',
      payload: { targetUserId: b.user.username, sdp: { type: 'offer', sdp: 'v=0' } },
    });
    await inbox.next({ type: 'ring', from: { user: a.user.id } });
  });

  test('[C1, C39] a legacy caller gives up before anybody answers: the call is cancelled', async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    legacy.say(offerTo(b.user.id));
    const { frame } = await inbox.next({ type: 'ring' });
    legacy.say(HANGUP);
    const call = 'call' in frame ? frame.call : '';
    await inbox.next({ type: 'stop', call, reason: 'cancelled' });
    expect(await recordsOf(b, call)).toMatchObject([{ reason: 'cancelled', missed: true }]);
  });

  test('[C10] a legacy caller that gives up before the call is known leaves nothing that rings', async () => {
    const { a, b, inbox } = await two();
    const second = await two();
    const legacy = await legacyClient(a.user);
    for (const frame of [offerTo(b.user.id), ice(1), HANGUP, offerTo(second.b.user.id)])
      legacy.say(frame);
    await second.inbox.next({ type: 'ring', from: { user: a.user.id } });
    // The call may have rung for a moment.
    const count = (type: string) => inbox.frames.filter((frame) => frame.type === type).length;
    await expect.poll(() => count('ring') - count('stop')).toBe(0);
    expect((await (await deviceOf(b.user)).inbox()).frames).toMatchObject([
      { type: 'welcome', rings: [] },
    ]);
    expect(legacy.frames).toEqual([]);
  });
});

describe('a legacy client in a call', () => {
  const endings: [string, (line: LegacyLine) => void][] = [
    ['without a word', (line) => line.drop()],
    ['by a reset', (line) => line.reset()],
    [
      'with bytes that are no frame of WebSocket',
      (line) => line.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0])),
    ],
  ];

  test.each(endings)(
    '[C39] a legacy client in a call whose connection ends %s has hung up, at once',
    async (_, end) => {
      for (const who of ['caller', 'callee'] as const) {
        const lines = await legacyTalk();
        end(lines[who]);
        const other = who === 'caller' ? lines.callee : lines.caller;
        expect((await other.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
      }
    },
  );

  test('[C39] a legacy client in a call with a new one has hung up when its socket goes', async () => {
    const { a, b, inbox } = await two();
    const legacy = await legacyClient(a.user);
    legacy.say(offerTo(b.user.id));
    const { frame } = await inbox.next({ type: 'ring' });
    const callee = await b.accept('call' in frame ? frame.call : '');
    legacy.drop();
    await callee.next({ type: 'state', state: 'ended', reason: 'hung_up' }, AT_ONCE_MS);
  });

  test('[C11, C47] two legacy clients hear all candidates of each other, in order', async () => {
    const { caller, callee } = await legacyTalk();
    for (let n = 1; n <= 40; n++) {
      caller.say(ice(n));
      callee.say(ice(-n));
      // Each waits for the other one now and then, so that not all go together.
      if (n % 4 === 0) {
        await callee.next(ice(n));
        await caller.next(ice(-n));
      }
    }
    const heard = ({ frames }: LegacyLine) =>
      frames.flatMap((frame) =>
        'event' in frame && frame.event === 'call:ice' ? [frame.payload] : [],
      );
    const said = Array.from({ length: 40 }, (_, n) => n + 1);
    expect(heard(callee)).toEqual(said.map((n) => ice(n).payload));
    expect(heard(caller)).toEqual(said.map((n) => ice(-n).payload));
  });

  test('[C18] a legacy client in a call is not taken over by a third one', async () => {
    const { a, b, c, caller, callee } = await legacyTalk();
    const third = await legacyClient(c.user);
    for (const to of [a, b]) {
      third.say(offerTo(to.user.id, 'v=0 third'));
      expect((await third.next({}, AT_ONCE_MS)).frame).toEqual(HANGUP);
      for (const frame of [ice(7), answer, HANGUP]) third.say(frame);
    }
    caller.say(ice(1));
    expect((await callee.next()).frame).toEqual(ice(1));
    callee.say(ice(2));
    expect((await caller.next()).frame).toEqual(ice(2));
    expect([events(caller), events(callee), events(third)]).toEqual([
      ['call:answer', 'call:ice'],
      ['call:offer', 'call:ice'],
      ['call:hangup', 'call:hangup'],
    ]);
  });

  test('[C1] a legacy client can call another one after its call', async () => {
    const { a, b, c, caller, callee } = await legacyTalk();
    caller.say(HANGUP);
    await callee.next(HANGUP);
    const third = await legacyClient(c.user);
    callee.say(offerTo(c.user.id));
    await third.next({ event: 'call:offer', payload: { fromUserId: b.user.id } });
    third.say(HANGUP);
    await callee.next(HANGUP);
    third.say(offerTo(a.user.id));
    await caller.next({ event: 'call:offer', payload: { fromUserId: c.user.id } });
  });
});

describe('two legacy clients that call each other at the same moment', () => {
  test('[C7, C44] two legacy clients that dial each other end up in one call', async () => {
    for (const _ of repeated(4, () => 0)) {
      const [a, b] = await three();
      const [one, other] = [await legacyClient(a.user), await legacyClient(b.user)];
      one.say(offerTo(b.user.id));
      other.say(offerTo(a.user.id));
      const rung = await Promise.any([
        one.next({ event: 'call:offer' }).then(() => one),
        other.next({ event: 'call:offer' }).then(() => other),
      ]);
      const caller = rung === one ? other : one;
      rung.say(answer);
      await caller.next({ event: 'call:answer' });
      caller.say(ice(1));
      await rung.next(ice(1));
      rung.say(ice(2));
      await caller.next(ice(2));
      expect(events(caller).filter((event) => event === 'call:offer')).toEqual([]);
      caller.say(HANGUP);
      await rung.next(HANGUP);
    }
  });
});
