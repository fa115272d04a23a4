import { describe, expect, test } from 'vitest';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import { Inbox, profile } from './inbox.ts';

const ok = { outcome: 'ok' };
const busy = { outcome: 'busy' };
const instead = (call: string) => ({ outcome: 'instead', call });
const rings = (devices: number, old = false) => ({ outcome: 'ok', devices, old });

describe('a user who is in a call', () => {
  test('[C2] a user has the call on one device; the others stop ringing', () => {
    const bob = new Inbox().device('phone').device('tablet').join('mute');
    bob.ring('c');
    bob.got('tablet');
    bob.got('phone');
    expect(bob.active('c')).toEqual(ok);
    expect(bob.got('tablet')).toMatchObject([
      { type: 'stop', call: 'c', reason: 'answered_elsewhere' },
      { type: 'in_call', inCall: { call: 'c', here: false } },
    ]);
    expect(bob.got('phone')).toMatchObject([
      { type: 'in_call', inCall: { call: 'c', here: true } },
    ]);
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

  test('the inbox says of a call that stops that it is over, and nothing more', () => {
    const bob = new Inbox().device('phone').device('tablet');
    bob.ring('c');
    bob.active('c');
    bob.got('phone');
    bob.got('tablet');
    bob.stop('c', 'hung_up');
    const over = { type: 'in_call' };
    expect([...bob.got('phone'), ...bob.got('tablet')]).toEqual([over, over]);
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
    expect(inboxRoomDefinition.deadline(bob.state)).toBeUndefined();
    bob.stop('c');
    expect(inboxRoomDefinition.deadline(bob.state)).toBeUndefined();
  });

  test('an inbox is woken when the next of its calls runs out', () => {
    const bob = new Inbox();
    bob.ring('c', { expiresAt: bob.now + 45_000 });
    bob.ring('d', { expiresAt: bob.now + 20_000 });
    expect(inboxRoomDefinition.deadline(bob.state)).toBe(bob.now + 30_000);
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
