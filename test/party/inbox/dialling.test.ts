import { describe, expect, test } from 'vitest';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import { Inbox, profile } from './inbox.ts';

const ok = { outcome: 'ok' };
const inCall = { outcome: 'in_call' };
const instead = (call: string) => ({ outcome: 'instead', call });

describe('a user who calls', () => {
  test('a user may call when nothing else is going on, however often it is asked', () => {
    const bob = new Inbox();
    expect(bob.dial('c')).toEqual(ok);
    expect(bob.dial('c')).toEqual(ok);
  });

  test('a dial is written before it is answered', () => {
    const bob = new Inbox();
    const { effects } = inboxRoomDefinition.step(
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
