import { describe, expect, test } from 'vitest';
import { inboxRoom } from '../../../party/inbox/room.ts';
import { Inbox, profile } from './inbox.ts';

const ok = { outcome: 'ok' };
const inCall = { outcome: 'in_call' };
const busy = { outcome: 'busy' };
const instead = (call: string) => ({ outcome: 'instead', call });
const rings = (devices: number, old = false) => ({ outcome: 'ok', devices, old });

describe('a user who calls', () => {
  test('a user may call when nothing else is going on, however often it is asked', () => {
    const bob = new Inbox();
    expect(bob.dial('c')).toEqual(ok);
    expect(bob.dial('c')).toEqual(ok);
  });

  test('a dial is written before it is answered', () => {
    const bob = new Inbox();
    const { effects } = inboxRoom.step(
      bob.state,
      {
        type: 'message',
        request: 'r',
        message: { type: 'dial', call: 'c', device: 'phone', to: ['a'], until: 2e6 },
      },
      bob.now,
    );
    expect(effects.map(({ type }) => type)).toEqual(['keep', 'reply']);
  });

  test('[C33] a user in a call is led back to it, and may make no other', () => {
    const bob = new Inbox();
    bob.active('live');
    expect(bob.dial('c')).toEqual(instead('live'));
    expect(bob.dial('c', { device: 'tablet' })).toEqual(instead('live'));
    expect(bob.dial('c', { to: ['carol'] })).toMatchObject(inCall);
    expect(bob.dial('c', { to: ['alice', 'carol'] })).toMatchObject(inCall);
  });

  test('[C33] a user is not led back to a group call by calling one of the group', () => {
    const bob = new Inbox();
    bob.active('live', { peers: ['alice', 'carol'] });
    expect(bob.dial('c')).toMatchObject(inCall);
  });

  test('[C29] dialling the same user again on the same device gives the first call back', () => {
    const bob = new Inbox();
    bob.dial('first');
    expect(bob.dial('second')).toEqual(instead('first'));
    expect(bob.acts()).toEqual([]);
  });

  test('a user gives an unanswered call up by calling somebody else on the same device', () => {
    const bob = new Inbox();
    bob.dial('first');
    expect(bob.dial('second', { to: ['carol'] })).toEqual(ok);
    expect(bob.posts).toMatchObject([
      {
        to: { party: 'call', id: 'first' },
        message: { type: 'act', user: 'bob', device: 'phone', action: { type: 'hangup' } },
      },
    ]);
    expect(bob.dial('third', { to: ['carol'] })).toEqual(instead('second'));
  });

  test('a user cannot call on a second device while the first one dials', () => {
    const bob = new Inbox();
    bob.dial('first');
    expect(bob.dial('second', { device: 'tablet', to: ['carol'] })).toMatchObject(inCall);
    expect(bob.dial('second', { device: 'tablet' })).toMatchObject(inCall);
    expect(bob.acts()).toEqual([]);
  });

  test('[C7] a user who calls their caller is led to that call', () => {
    const bob = new Inbox();
    bob.ring('other', { from: profile('carol') });
    expect(bob.dial('mine')).toEqual(ok);
    expect(bob.stop('mine')).toEqual({ outcome: 'done' });
    bob.ring('theirs');
    expect(bob.dial('again')).toEqual(instead('theirs'));
  });

  test('a user may call back the one whose call they have just declined', () => {
    const bob = new Inbox().device('phone');
    bob.ring('theirs');
    bob.say('phone', { type: 'decline', call: 'theirs' });
    expect(bob.dial('mine')).toEqual(ok);
  });

  test('[C28] a user makes 60 calls, and then one a minute', () => {
    const bob = new Inbox();
    for (let i = 0; i < 60; i++) {
      expect(bob.dial(`c${i}`)).toEqual(ok);
      bob.stop(`c${i}`);
    }
    expect(bob.dial('more')).toEqual({ outcome: 'limited', retryAfterSeconds: 60 });
    bob.wait(59_001);
    expect(bob.dial('more')).toEqual({ outcome: 'limited', retryAfterSeconds: 1 });
    bob.wait(999);
    expect(bob.dial('more')).toEqual(ok);
    bob.stop('more');
    expect(bob.dial('yet more')).toEqual({ outcome: 'limited', retryAfterSeconds: 60 });
  });

  test('[C28] the limit outlives a sleep, and calls that exist are not counted again', () => {
    const bob = new Inbox();
    for (let i = 0; i < 59; i++) {
      bob.dial(`c${i}`);
      bob.stop(`c${i}`);
    }
    bob.dial('last');
    for (let i = 0; i < 9; i++) expect(bob.dial('again')).toEqual(instead('last'));
    bob.stop('last');
    bob.restart();
    expect(bob.dial('more')).toMatchObject({ outcome: 'limited' });
  });

  test('[C10] a user is free again when the call says nothing until its time is over', () => {
    const bob = new Inbox();
    bob.dial('lost');
    bob.wait(54_999);
    expect(bob.dial('c', { device: 'tablet' })).toMatchObject(inCall);
    bob.wait(1);
    expect(bob.dial('c', { device: 'tablet' })).toEqual(ok);
  });
});

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
    expect(bob.got('phone')).toMatchObject([{ type: 'welcome' }]);
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

describe('a user who is in a call', () => {
  test('[C2] a user has the call on one device; the others stop ringing', () => {
    const bob = new Inbox().device('phone').device('tablet').join('mute');
    bob.ring('c');
    bob.got('tablet');
    bob.got('phone');
    expect(bob.active('c')).toEqual(ok);
    expect(bob.got('tablet')).toEqual([{ type: 'stop', call: 'c', reason: 'answered_elsewhere' }]);
    expect(bob.got('phone')).toEqual([]);
    expect(bob.got('mute')).toEqual([]);
  });

  test('devices hear once that a call was answered, however often the call repeats it', () => {
    const bob = new Inbox().device('phone').device('tablet');
    bob.ring('c');
    bob.active('c');
    bob.got('tablet');
    bob.wait(30_000);
    expect(bob.active('c')).toEqual(ok);
    expect(bob.got('tablet')).toEqual([]);
  });

  test('[C10] a user stays busy while the call repeats it, and until what it said runs out', () => {
    const bob = new Inbox();
    bob.active('c');
    bob.wait(60_000);
    bob.active('c');
    bob.wait(89_999);
    expect(bob.ring('d', { from: profile('carol') })).toEqual(busy);
    bob.wait(1);
    expect(bob.ring('d', { from: profile('carol') })).toEqual(rings(0));
  });

  test('[C3] a user cannot be in a second call while the first one lives', () => {
    const bob = new Inbox();
    bob.active('c');
    expect(bob.active('d')).toEqual(busy);
    expect(bob.active('c')).toEqual(ok);
    bob.stop('c');
    expect(bob.active('d')).toEqual(ok);
  });

  test('[C3] entering a call gives up the others, and refuses those that ring', () => {
    const bob = new Inbox().device('phone');
    bob.ring('theirs');
    bob.ring('group', { group: true });
    bob.ring('other', { from: profile('carol') });
    bob.dial('mine', { to: ['dave'], device: 'tablet' });
    bob.posts.length = 0;
    bob.active('theirs');
    expect(
      bob.posts.map(({ to, message }) => [
        to,
        message.type === 'act' && [message.device, message.action.type],
      ]),
    ).toEqual([
      [{ party: 'call', id: 'mine' }, ['tablet', 'hangup']],
      [{ party: 'call', id: 'group' }, ['phone', 'busy']],
      [{ party: 'call', id: 'other' }, ['phone', 'busy']],
    ]);
    bob.active('theirs');
    expect(bob.posts).toHaveLength(3);
    expect(bob.device('late').got('late')).toMatchObject([{ rings: [] }]);
  });

  test('[C10] a user is free as soon as the call stops, and no late word makes them busy', () => {
    const bob = new Inbox();
    bob.active('c');
    bob.stop('c', 'hung_up');
    expect(bob.active('c')).toEqual(ok);
    expect(bob.dial('d', { to: ['carol'] })).toEqual(ok);
  });

  test('a user who comes back to a call that they had left is in it again', () => {
    const bob = new Inbox();
    bob.active('c', { epoch: 2 });
    bob.tell({ type: 'stop', call: 'c', epoch: 2, reason: 'hung_up' });
    bob.active('c', { epoch: 2 });
    expect(bob.state.calls).toMatchObject([{ state: 'over' }]);
    bob.restart();
    bob.active('c', { epoch: 3 });
    expect(bob.ring('d', { from: profile('carol') })).toEqual(busy);
  });

  test('the inbox says nothing more of a call when it stops', () => {
    const bob = new Inbox().device('phone').device('tablet');
    bob.ring('c');
    bob.active('c');
    bob.got('phone');
    bob.got('tablet');
    bob.stop('c', 'hung_up');
    expect([...bob.got('phone'), ...bob.got('tablet')]).toEqual([]);
  });

  test('a user stays in the call through a sleep', () => {
    const bob = new Inbox();
    bob.active('c');
    bob.restart();
    expect(bob.dial('d')).toEqual(instead('c'));
  });
});

describe('an idle inbox', () => {
  test('an idle inbox sets no alarm, whoever is connected', () => {
    const bob = new Inbox().device('phone').legacy('pc');
    expect(inboxRoom.deadline(bob.state)).toBeUndefined();
    bob.stop('c');
    expect(inboxRoom.deadline(bob.state)).toBeUndefined();
  });

  test('an inbox is woken when the next of its calls runs out', () => {
    const bob = new Inbox();
    bob.ring('c', { expiresAt: bob.now + 45_000 });
    bob.ring('d', { expiresAt: bob.now + 20_000 });
    expect(inboxRoom.deadline(bob.state)).toBe(bob.now + 30_000);
  });

  test('an inbox writes only what it has to know after a sleep', () => {
    const bob = new Inbox().device('phone');
    expect(bob.writes).toBe(0);
    bob.ring('c');
    expect(bob.writes).toBe(1);
    bob.ring('c');
    bob.say('phone', { type: 'ping' }).device('tablet');
    expect(bob.writes).toBe(1);
  });

  test('[C16] an inbox tells a call again what it has not answered, also after a restart', () => {
    const bob = new Inbox().device('phone');
    bob.ring('c');
    bob.say('phone', { type: 'decline', call: 'c' });
    bob.lose();
    expect(bob.acts()).toEqual(['phone decline']);
    bob.wait(250);
    expect(bob.acts()).toEqual(['phone decline']);
    bob.restart(['phone']);
    expect(bob.acts()).toEqual(['phone decline']);
    bob.answer();
    bob.restart();
    expect(bob.acts()).toEqual([]);
  });
});
