import { describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

/** Which call a device is told that the user is in when it comes. */
const told = (bob: Inbox, device: string) => {
  const name = `connection ${bob.connected.length} of ${device}`;
  const [welcome] = bob.device(name, { device, sid: device }).leave(name).got(name);
  return welcome && 'inCall' in welcome ? welcome.inCall : undefined;
};
const dialled = { call: 'c', role: 'caller', state: 'ringing', session: 'phone' };
const moved = (bob: Inbox, epoch: number, device = 'tablet') => {
  const until = bob.now + 50_000;
  return bob.tell({ type: 'moved', call: 'c', device, epoch, to: ['alice'], until });
};

describe('a device that comes', () => {
  test('hears which call its user makes, and where; after a sleep too', () => {
    const bob = new Inbox();
    expect(told(bob, 'phone')).toBeUndefined();
    bob.dial('c');
    expect(told(bob, 'phone')).toEqual({ ...dialled, here: true });
    expect(told(bob.restart(), 'tablet')).toEqual({ ...dialled, here: false });
    bob.stop('c');
    expect(told(bob, 'phone')).toBeUndefined();
  });

  test.each(['caller', 'callee'] as const)('hears which call its user is in, as %s', (role) => {
    const bob = new Inbox();
    bob.active('c', { role });
    expect(told(bob, 'phone')).toEqual({ ...dialled, role, state: 'accepted', here: true });
    expect(told(bob, 'tablet')).toMatchObject({ here: false });
  });

  test('hears it without the role where that was written before there was one', () => {
    const bob = new Inbox();
    bob.active('c');
    expect(told(bob.restart(), 'phone')).not.toHaveProperty('role');
  });

  test('hears that an old device has it, by its session, as long as that is there', () => {
    const bob = new Inbox().old('pc');
    bob.active('c', { device: 'ws-pc', role: 'caller' });
    expect(told(bob, 'phone')).toMatchObject({ session: 'session of pc', here: false });
    bob.active('c', { device: 'ws-pc', role: 'caller' });
    const [refused] = [bob.dial('d', { to: ['carol'] })];
    expect(refused).toMatchObject({ outcome: 'in_call', held: { call: 'c', device: 'ws-pc' } });
  });
});

describe('who dials while they call on another device', () => {
  test('hears which call that is, and on which device', () => {
    const bob = new Inbox();
    bob.dial('c');
    const held = { ...dialled, device: 'phone' };
    expect(bob.dial('d', { device: 'tablet' })).toEqual({ outcome: 'in_call', held });
  });
});

describe('a call of one’s own', () => {
  test('that nobody has answered can be ended on any device; it ends there', () => {
    const bob = new Inbox().device('tablet');
    bob.dial('c');
    bob.say('tablet', { type: 'hangup', call: 'c' });
    expect(bob.acts()).toEqual(['phone hangup']);
    expect(bob.dial('d', { device: 'tablet' })).toEqual({ outcome: 'ok' });
  });

  test('of an old device can be ended too, which hears of it', () => {
    const bob = new Inbox().old('pc').device('tablet');
    const offer = { userId: 'alice', sdp: { type: 'offer', sdp: 'v=0' } };
    bob.say('pc', { event: 'call:offer', payload: offer });
    bob.dial('c', { device: 'ws-pc' });
    bob.answer({ outcome: 'ok', call: 'c' }).got('pc');
    bob.say('tablet', { type: 'hangup', call: 'c' });
    expect(bob.got('pc')).toEqual([{ event: 'call:hangup' }]);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('that was answered can be ended where it is alone, another’s not at all', () => {
    const bob = new Inbox().device('phone').device('tablet');
    bob.active('c');
    bob.ring('d');
    bob.got('tablet');
    for (const call of ['c', 'd', 'none']) bob.say('tablet', { type: 'hangup', call });
    const refused = { type: 'error', code: 'not_now' };
    expect(bob.got('tablet')).toMatchObject([refused, refused, refused]);
    bob.acts();
    bob.say('phone', { type: 'hangup', call: 'c' });
    expect(bob.acts()).toEqual(['phone hangup']);
  });

  test('that has moved is the other device’s: it is busy there, and can be ended', () => {
    const bob = new Inbox().device('phone');
    bob.dial('c');
    expect(moved(bob, 2)).toEqual({ outcome: 'done' });
    expect(told(bob, 'tablet')).toEqual({ ...dialled, session: 'tablet', here: true });
    expect(bob.restart().dial('d', { to: ['carol'] })).toMatchObject({ outcome: 'in_call' });
    bob.say('phone', { type: 'hangup', call: 'c' });
    expect(bob.acts()).toEqual(['tablet hangup']);
  });

  test('that has moved from an old device ends for that one, who is in it no more', () => {
    const bob = new Inbox().old('pc');
    const offer = { userId: 'alice', sdp: { type: 'offer', sdp: 'v=0' } };
    bob.say('pc', { event: 'call:offer', payload: offer });
    bob.dial('c', { device: 'ws-pc' });
    bob.answer({ outcome: 'ok', call: 'c' }).got('pc');
    moved(bob, 2);
    expect(bob.got('pc')).toEqual([{ event: 'call:hangup' }]);
    bob.leave('pc');
    expect(bob.acts()).toEqual([]);
    expect(told(bob, 'tablet')).toMatchObject({ here: true });
  });

  test('that has moved twice is where it moved last, in whatever order that is told', () => {
    for (const epochs of [
      [2, 3],
      [3, 2],
      [3, 3, 2],
    ]) {
      const bob = new Inbox();
      bob.dial('c');
      for (const epoch of epochs) moved(bob, epoch, `device ${epoch}`);
      expect(told(bob, 'device 3')).toMatchObject({ here: true });
    }
  });

  test('that has moved while the inbox took it for over goes on; one that is over does not', () => {
    const bob = new Inbox().device('phone');
    bob.dial('c');
    bob.say('phone', { type: 'hangup', call: 'c' });
    moved(bob, 2);
    expect(told(bob, 'tablet')).toMatchObject({ call: 'c', here: true });
    bob.tell({ type: 'stop', call: 'c', epoch: 2, reason: 'cancelled' });
    moved(bob, 2);
    expect(told(bob, 'tablet')).toBeUndefined();
  });

  test('that has moved gives way to what the user does meanwhile', () => {
    const bob = new Inbox().device('phone');
    bob.dial('c');
    bob.dial('d', { to: ['carol'] });
    bob.answer().acts();
    moved(bob, 2);
    expect(bob.acts()).toEqual(['tablet hangup']);
    expect(told(bob, 'tablet')).toMatchObject({ call: 'd' });
  });

  test('does not move to a device whose session has just ended', () => {
    const bob = new Inbox();
    bob.dial('c');
    bob.tell({ type: 'revoked', sids: ['tablet'] });
    bob.answer().acts();
    moved(bob, 2);
    expect(bob.acts()).toEqual(['tablet revoke']);
  });
});
