import { describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

/** The call that a device hears its user is in when it comes. */
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
  test('[C33] a device hears which call its user makes, and where; after a sleep too', () => {
    const bob = new Inbox();
    expect(told(bob, 'phone')).toBeUndefined();
    bob.dial('c');
    expect(told(bob, 'phone')).toEqual({ ...dialled, here: true });
    expect(told(bob.restart(), 'tablet')).toEqual({ ...dialled, here: false });
    bob.stop('c');
    expect(told(bob, 'phone')).toBeUndefined();
  });

  test.each(['caller', 'callee'] as const)(
    '[C33] a device hears which call its user is in, as %s',
    (role) => {
      const bob = new Inbox();
      bob.active('c', { role });
      expect(told(bob, 'phone')).toEqual({ ...dialled, role, state: 'accepted', here: true });
      expect(told(bob, 'tablet')).toMatchObject({ here: false });
    },
  );

  test('[C33] a device hears no role where the call was written before there were roles', () => {
    const bob = new Inbox();
    bob.active('c');
    expect(told(bob.restart(), 'phone')).not.toHaveProperty('role');
  });

  test('[C33] a device hears which session has the call on a legacy device', () => {
    const bob = new Inbox().legacy('pc');
    bob.active('c', { device: 'ws-pc', role: 'caller' });
    expect(told(bob, 'phone')).toMatchObject({ session: 'session of pc', here: false });
    bob.active('c', { device: 'ws-pc', role: 'caller' });
    const [refused] = [bob.dial('d', { to: ['carol'] })];
    expect(refused).toMatchObject({ outcome: 'in_call', held: { call: 'c', device: 'ws-pc' } });
  });
});

describe('a user who dials while they call on another device', () => {
  test('[C33] the user hears which call that is, and on which device', () => {
    const bob = new Inbox();
    bob.dial('c');
    const held = { ...dialled, device: 'phone' };
    expect(bob.dial('d', { device: 'tablet' })).toEqual({ outcome: 'in_call', held });
  });
});

describe('a call of one’s own', () => {
  test('[C34] an unanswered call can be ended on any device, and ends there', () => {
    const bob = new Inbox().device('tablet');
    bob.dial('c');
    bob.say('tablet', { type: 'hangup', call: 'c' });
    expect(bob.acts()).toEqual(['phone hangup']);
    expect(bob.dial('d', { device: 'tablet' })).toEqual({ outcome: 'ok' });
  });

  test('[C34] an unanswered call of a legacy device can be ended too, which hears of it', () => {
    const bob = new Inbox().legacy('pc').device('tablet');
    const offer = { userId: 'alice', sdp: { type: 'offer', sdp: 'v=0' } };
    bob.say('pc', { event: 'call:offer', payload: offer });
    bob.dial('c', { device: 'ws-pc' });
    bob.answer({ outcome: 'ok', call: 'c' }).got('pc');
    bob.say('tablet', { type: 'hangup', call: 'c' });
    expect(bob.got('pc')).toEqual([{ event: 'call:hangup' }]);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test("[C34] an answered call is ended only where it is, another user's not at all", () => {
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

  test("[C34] a call that moved is the other device's, busy there, and can be ended", () => {
    const bob = new Inbox().device('phone');
    bob.dial('c');
    expect(moved(bob, 2)).toEqual({ outcome: 'done' });
    expect(told(bob, 'tablet')).toEqual({ ...dialled, session: 'tablet', here: true });
    expect(bob.restart().dial('d', { to: ['carol'] })).toMatchObject({ outcome: 'in_call' });
    bob.say('phone', { type: 'hangup', call: 'c' });
    expect(bob.acts()).toEqual(['tablet hangup']);
  });

  test('[C34] a call that has moved from a legacy device ends for that device', () => {
    const bob = new Inbox().legacy('pc');
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

  test('[C34] a call that moved twice is where it moved last, in whatever order told', () => {
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

  test('[C34] a call that moved though the inbox took it for over goes on, if it lives', () => {
    const bob = new Inbox().device('phone');
    bob.dial('c');
    bob.say('phone', { type: 'hangup', call: 'c' });
    moved(bob, 2);
    expect(told(bob, 'tablet')).toMatchObject({ call: 'c', here: true });
    bob.tell({ type: 'stop', call: 'c', epoch: 2, reason: 'cancelled' });
    moved(bob, 2);
    expect(told(bob, 'tablet')).toBeUndefined();
  });

  test('[C34] a call that has moved gives way to what the user does meanwhile', () => {
    const bob = new Inbox().device('phone');
    bob.dial('c');
    bob.dial('d', { to: ['carol'] });
    bob.answer().acts();
    moved(bob, 2);
    expect(bob.acts()).toEqual(['tablet hangup']);
    expect(told(bob, 'tablet')).toMatchObject({ call: 'd' });
  });

  test('[A38, C34] a call does not move to a device whose session has just ended', () => {
    const bob = new Inbox();
    bob.dial('c');
    bob.tell({ type: 'revoked', sids: ['tablet'] });
    bob.answer().acts();
    moved(bob, 2);
    expect(bob.acts()).toEqual(['tablet revoke']);
  });
});
