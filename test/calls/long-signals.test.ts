import { afterAll, describe, expect, test } from 'vitest';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { ringing, talking, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

const LIMIT = 256 * 1024;
const READ_LIMIT = 1024 * 1024;
const TOO_BIG = { code: 1009, reason: 'Frame too long' };

/** Makes an SDP, of repeated lines, so that the frame with its offer has so many bytes of UTF-8. */
const sdpOf = (bytes: number, line = 'a=x\r\n', around: object = frameOf(1, '')): string => {
  const lengthOf = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;
  const left = bytes - Buffer.byteLength(JSON.stringify(around));
  const lines = line.repeat(Math.floor(left / lengthOf(line)));
  return lines + 'x'.repeat(left - lengthOf(lines));
};

const frameOf = (seq: number, sdp: string) => ({
  type: 'signal',
  seq,
  signal: { kind: 'offer', sdp },
});

describe('a signal', () => {
  test.each(['x', '😀', 'a=x\r\n'])(
    '[C21] a signal of 256 KiB is passed on, in lines of %j',
    async (line) => {
      const { a, call, caller, callee } = await talking();
      const sdp = sdpOf(LIMIT, line);
      caller.say(frameOf(1, sdp));
      const { frame } = await callee.next({ type: 'signal', from: a.user.id, seq: 1 });
      expect(frame).toMatchObject({ signals: [{ kind: 'offer', sdp }] });
      // A device that comes back gets the signal, too.
      caller.drop();
      const back = await a.join(call.callId, { seen: {}, acked: 0 });
      expect(back.frames).toMatchObject([{ type: 'welcome', received: 1 }]);
    },
  );

  test.each(['x', '😀', 'a=x\r\n'])(
    '[C21] a signal a byte too long is refused by its number, in lines of %j',
    async (line) => {
      const { a, caller, callee } = await talking();
      caller.say(frameOf(1, sdpOf(LIMIT + 1, line)));
      await caller.next({ type: 'error', code: 'too_long', seq: 1 });
      caller.say(frameOf(1, 'v=0 short'));
      await callee.next({
        type: 'signal',
        from: a.user.id,
        seq: 1,
        signals: { 0: { sdp: 'v=0 short' } },
      });
    },
  );

  test('[C21] a signal that is too long is refused each time, and costs nobody the call', async () => {
    const { a, call, caller, callee } = await talking();
    const long = frameOf(1, sdpOf(LIMIT + 1));
    caller.say(long);
    await caller.next({ type: 'error', code: 'too_long', seq: 1 });
    caller.drop();
    const back = await a.join(call.callId, { seen: {}, acked: 0 });
    back.say(long);
    await back.next({ type: 'error', code: 'too_long', seq: 1 });
    back.say({ type: 'hangup' });
    await callee.next({ type: 'state', state: 'ended', reason: 'hung_up' });
  });

  test('[C11, C21] a signal that is too long takes none of those behind it along', async () => {
    const { a, caller, callee } = await talking();
    caller.say(frameOf(1, 'first'));
    caller.say(frameOf(2, sdpOf(LIMIT + 1)));
    // Both are under way when the refusal of the second arrives.
    caller.say(frameOf(3, 'second'));
    caller.say(frameOf(4, 'third'));
    await caller.next({ type: 'error', code: 'too_long', seq: 2 });
    await caller.next({ type: 'resend', seq: 2 });
    caller.say(frameOf(2, 'second'));
    caller.say(frameOf(3, 'third'));
    caller.say(frameOf(4, 'fourth'));
    for (const [index, sdp] of ['first', 'second', 'third', 'fourth'].entries()) {
      const { frame } = await callee.next({ type: 'signal', from: a.user.id });
      expect(frame).toMatchObject({ seq: index + 1, signals: [{ sdp }] });
    }
  });

  test('[C21] a signal that is longer than anything that is looked at ends the connection', async () => {
    const { caller } = await talking();
    caller.say(frameOf(1, sdpOf(READ_LIMIT)));
    await caller.next({ type: 'error', code: 'too_long', seq: 1 });
    caller.say(frameOf(1, sdpOf(READ_LIMIT + 1)));
    expect((await caller.closed).code).toBe(1009);
  });

  test('[C21, C22] a long signal counts in the rate as so many frames', async () => {
    const { caller } = await talking();
    const text = JSON.stringify(frameOf(1, sdpOf(READ_LIMIT)));
    for (let n = 0; n < 20; n += 1) caller.say(text);
    expect(await caller.closed).toEqual({ code: 4029, reason: 'Too many messages' });
  });
});

describe('an offer that goes with POST', () => {
  test('[C21] an offer is taken by the POST exactly when the room would take it', async () => {
    const sdp = sdpOf(LIMIT);
    const { a, b, call, caller } = await ringing({ offer: sdp });
    const callee = await b.accept(call.callId);
    await callee.next({ type: 'signal', from: a.user.id, seq: 1, signals: { 0: { sdp } } });
    callee.say({ type: 'signal', seq: 1, signal: { kind: 'offer', sdp } });
    await caller.next({ type: 'signal', from: b.user.id, signals: { 0: { sdp } } });
    const longer = await (await deviceOf(a.user)).send('POST', '/api/calls', {
      to: b.user.id,
      offer: `${sdp}x`,
    });
    expect([longer.status, longer.body.code]).toEqual([400, 'invalid_field']);
  });
});

describe('a legacy client', () => {
  const around = (userId: string, sdp: string) => ({
    event: 'call:offer',
    payload: { userId, sdp },
  });

  test('[C21] a legacy client may signal as much; what is longer ends its connection', async () => {
    const { a, b } = await two();
    const [caller, callee] = [await legacyClient(a.user), await legacyClient(b.user)];
    const sdp = sdpOf(LIMIT, 'a=x\r\n', around(b.user.id, ''));
    caller.say(around(b.user.id, sdp));
    await callee.next({ event: 'call:offer', payload: { sdp } });
    callee.say({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: sdp.slice(300) } } });
    await caller.next({ event: 'call:answer', payload: { sdp: sdp.slice(300) } });
    caller.say(around(b.user.id, `${sdp}x`));
    expect(await caller.closed).toEqual(TOO_BIG);
  });

  test('[C21, C37] a legacy client hears as much from a new one', async () => {
    const { a, b } = await two();
    const callee = await legacyClient(b.user);
    const sdp = sdpOf(LIMIT);
    await a.dial(b.user, { offer: sdp });
    await callee.next({ event: 'call:offer', payload: { sdp: { sdp } } });
  });
});
