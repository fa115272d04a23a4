import { describe, expect, test } from 'vitest';
import { Inbox, profile } from './inbox.ts';

const busy = { outcome: 'busy' };
const rings = (devices: number, old = false) => ({ outcome: 'ok', devices, old });

describe('a user who is called', () => {
  test('[C2] a call rings on all devices that have said hello', () => {
    const bob = new Inbox().device('phone').device('tablet').join('silent');
    bob.got('phone');
    expect(bob.ring('c', { video: true })).toEqual(rings(2));
    const ring = {
      type: 'ring',
      call: 'c',
      from: profile('alice'),
      video: true,
      group: false,
      expiresAt: bob.now + 45_000,
      ringsForMs: 45_000,
    };
    expect(bob.got('phone')).toEqual([ring]);
    expect(bob.got('silent')).toEqual([]);
  });

  test('[C35] every device hears how long it still rings, one that comes late too', () => {
    const bob = new Inbox().device('phone');
    bob.got('phone');
    const expiresAt = bob.now + 45_000;
    bob.wait(300);
    bob.ring('c', { expiresAt });
    expect(bob.got('phone')).toMatchObject([{ type: 'ring', ringsForMs: 44_700 }]);
    bob.wait(40_000);
    expect(bob.device('late').got('late')).toMatchObject([{ rings: [{ ringsForMs: 4_700 }] }]);
  });

  test('a call that is told twice rings once, and has the same answer', () => {
    const bob = new Inbox().device('phone');
    bob.got('phone');
    expect(bob.ring('c')).toEqual(rings(1));
    bob.device('tablet').leave('phone');
    expect(bob.ring('c')).toEqual(rings(1));
    expect(bob.got('phone')).toHaveLength(1);
  });

  test('[C5] a user with only silent devices is unreachable, and these still ring', () => {
    const bob = new Inbox().device('frozen').join('never said hello').wait(89_999).device('phone');
    expect(bob.ring('c')).toEqual(rings(2));
    bob.leave('phone').wait(1);
    expect(bob.ring('d', { from: profile('carol') })).toEqual(rings(0));
    expect(bob.got('frozen')).toMatchObject([{ type: 'welcome' }, { call: 'c' }, { call: 'd' }]);
    bob.acts();
    bob.device('back');
    expect(bob.acts()).toEqual(['back here']);
  });

  test('[C5] silent legacy devices count, since not all of them give signs of life', () => {
    expect(new Inbox().legacy('pc').wait(90_000).ring('c')).toEqual({ ...rings(1), old: true });
  });

  test('[C5] a user without devices is unreachable, and a device that comes later rings', () => {
    const bob = new Inbox();
    expect(bob.ring('c')).toEqual(rings(0));
    expect(bob.device('late').got('late')).toMatchObject([
      { type: 'welcome', version: 1, rings: [{ call: 'c' }] },
    ]);
  });

  test('a user hears several callers, of a group too', () => {
    const bob = new Inbox().device('phone');
    expect(bob.ring('c')).toEqual(rings(1));
    expect(bob.ring('d', { from: profile('carol'), group: true })).toEqual(rings(1));
    expect(bob.join('late').say('late', { type: 'hello', version: 1 }).got('late')).toMatchObject([
      { rings: [{ call: 'c' }, { call: 'd' }] },
    ]);
  });

  test('[C30] at most 32 calls ring at once', () => {
    const bob = new Inbox();
    for (let i = 0; i < 32; i++) expect(bob.ring(`c${i}`)).toEqual(rings(0));
    expect(bob.ring('more')).toEqual(busy);
  });

  test('[C3] a user is busy in a call, and while calling somebody else', () => {
    const bob = new Inbox().device('phone');
    bob.active('live');
    expect(bob.ring('c', { from: profile('carol') })).toEqual(busy);
    bob.stop('live');
    bob.dial('mine');
    expect(bob.ring('d', { from: profile('carol') })).toEqual(busy);
    expect(bob.ring('e', { from: profile('carol'), group: true })).toEqual(busy);
    expect(bob.got('phone')).not.toContainEqual(expect.objectContaining({ type: 'ring' }));
  });

  test('a ring whose time is over rings nowhere', () => {
    const bob = new Inbox().device('phone');
    bob.got('phone');
    expect(bob.ring('c', { expiresAt: bob.now })).toEqual(rings(0));
    expect(bob.got('phone')).toEqual([]);
  });

  test('[C2] a user declines on one device for all, once', () => {
    const bob = new Inbox().device('phone').device('tablet');
    bob.ring('c');
    bob.say('tablet', { type: 'decline', call: 'c' }).say('phone', { type: 'decline', call: 'c' });
    expect(bob.answer().acts()).toEqual(['tablet decline']);
    expect(bob.device('late').got('late')).toMatchObject([{ rings: [] }]);
    bob.stop('c', 'declined');
    expect(bob.got('phone').at(-1)).toEqual({ type: 'stop', call: 'c', reason: 'declined' });
  });

  test.each(['nothing', '__proto__', 'constructor', 'hasOwnProperty'])(
    'a user cannot decline a call that does not exist: %s',
    (call) => {
      const bob = new Inbox().device('phone');
      bob.say('phone', { type: 'decline', call });
      expect(bob.got('phone').at(-1)).toMatchObject({ type: 'error', code: 'not_now' });
      expect(bob.posts).toEqual([]);
    },
  );

  test('a call that has stopped does not ring again, however late the ring is repeated', () => {
    const bob = new Inbox().device('phone');
    const expiresAt = bob.now + 45_000;
    bob.ring('c', { expiresAt });
    bob.stop('c');
    bob.got('phone');
    bob.wait(30_000);
    bob.restart();
    expect(bob.ring('c', { expiresAt })).toEqual(rings(0));
    expect(bob.got('phone')).toEqual([]);
    expect(bob.state.calls).toHaveLength(1);
    bob.wait(25_000).say('phone', { type: 'ping' });
    expect(bob.state.calls).toEqual([]);
  });

  test('[C16] a call whose stop comes first does not ring', () => {
    const bob = new Inbox().device('phone');
    bob.got('phone');
    expect(bob.stop('c')).toEqual({ outcome: 'done' });
    expect(bob.ring('c')).toEqual(rings(0));
    expect(bob.got('phone')).toEqual([]);
  });

  test('[C10] a device hears that a call rings no longer when the call falls silent', () => {
    const bob = new Inbox().device('phone');
    bob.ring('c');
    bob.got('phone');
    bob.wait(54_999);
    expect(bob.got('phone')).toEqual([]);
    bob.wait(1);
    expect(bob.got('phone')).toEqual([{ type: 'stop', call: 'c', reason: 'missed' }]);
    expect(bob.state.calls).toEqual([]);
  });

  test('[C4] a late device does not hear of a call whose ring has just run out', () => {
    const bob = new Inbox();
    bob.ring('c');
    bob.wait(45_000);
    expect(bob.device('late').got('late')).toMatchObject([{ rings: [] }]);
  });

  test('an inbox remembers a bounded number of calls that are over', () => {
    const bob = new Inbox();
    for (let i = 0; i < 300; i++) bob.stop(`c${i}`);
    expect(bob.state.calls).toHaveLength(128);
    expect(bob.state.calls.at(-1)?.call).toBe('c299');
  });
});
