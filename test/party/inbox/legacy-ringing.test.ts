import { beforeEach, describe, expect, test } from 'vitest';
import { Inbox, offerOf, profile } from './inbox.ts';
import {
  acts,
  answer,
  answerSignal,
  hangup,
  heardOffer,
  ice,
  iceOf,
  offer,
} from './legacy-client.ts';

let bob: Inbox;
beforeEach(() => {
  bob = new Inbox().legacy('pc');
});

describe('a legacy client that is called', () => {
  test('[C37] it rings by the offer, which comes from the call', () => {
    expect(bob.ring('c')).toEqual({ outcome: 'ok', devices: 1, old: true });
    expect(bob.got('pc')).toEqual([]);
    bob.signal('c', 1, [offerOf('v=1'), { kind: 'candidate', candidate: { candidate: 'x' } }]);
    expect(bob.got('pc')).toEqual([
      heardOffer('v=1'),
      { event: 'call:ice', payload: { candidate: { candidate: 'x' } } },
    ]);
  });

  test('[C11, C37] it hears each signal once, also over a sleep, and a sender anew', () => {
    bob.ring('c');
    bob.signal('c', 1, [offerOf('v=1')]);
    bob.signal('c', 2, [offerOf('v=2')]);
    bob.restart();
    bob.signal('c', 1, [offerOf('v=1')]);
    bob.signal('c', 2, [offerOf('v=2')], { epoch: 1 });
    bob.signal('c', 1, [offerOf('v=3')], { epoch: 2 });
    bob.signal('c', 3, [offerOf('v=4')], { epoch: 1 });
    bob.signal('c', 1, [offerOf('v=5')], { from: 'constructor' });
    expect(bob.got('pc')).toEqual([
      heardOffer('v=1'),
      heardOffer('v=2'),
      heardOffer('v=3'),
      heardOffer('v=5', 'constructor'),
    ]);
  });

  test('it does not ring for a group, nor hear signals of calls that it is not in', () => {
    bob.ring('group', { group: true });
    expect(bob.ring('group', { group: true })).toEqual({ outcome: 'ok', devices: 0, old: false });
    for (const call of ['group', 'unknown', '__proto__']) bob.signal(call, 1, [offerOf('v=1')]);
    expect(bob.got('pc')).toEqual([]);
  });

  test('[C37, C45] it accepts the call; its earlier candidates follow the answer, in order', () => {
    bob.ring('c');
    bob.say('pc', ice(1)).say('pc', ice(2));
    expect(bob.posts).toEqual([]);
    bob.say('pc', answer).say('pc', ice(3)).answer();
    expect(bob.posts[0]).toMatchObject({
      to: { party: 'call', id: 'c' },
      message: { type: 'act', user: 'bob', device: 'ws-pc', action: { type: 'accept' } },
    });
    expect(bob.signals()).toEqual([
      [1, answerSignal],
      [2, iceOf(1)],
      [3, iceOf(2)],
      [4, iceOf(3)],
    ]);
    bob.active('c', { device: 'ws-pc' });
    bob.say('pc', answer).answer();
    expect(bob.signals().slice(4)).toEqual([[5, answerSignal]]);
  });

  test('[C2] it accepts once however often it answers, and each answer is passed on', () => {
    bob.ring('c');
    bob.say('pc', answer).say('pc', answer);
    expect(acts(bob)).toEqual(['ws-pc accept', 'ws-pc signal', 'ws-pc signal']);
  });

  test('[C2] it stops ringing when another device has the call, and can no longer take it', () => {
    bob.legacy('other').device('phone');
    bob.ring('c');
    bob.got('phone');
    bob.active('c', { device: 'ws-other' });
    expect([bob.got('pc'), bob.got('other')]).toEqual([[hangup], []]);
    expect(bob.got('phone')).toMatchObject([
      { type: 'stop', call: 'c', reason: 'answered_elsewhere' },
      { type: 'in_call' },
    ]);
    bob.say('pc', answer).say('pc', hangup);
    expect(bob.posts).toEqual([]);
  });

  test('[C2] it hears a hangup when it answers a call that another device has already', () => {
    bob.ring('c');
    bob.say('pc', answer);
    bob.active('c', { device: 'phone' });
    expect(bob.got('pc')).toEqual([hangup]);
  });

  test('[C2] it declines for all devices, hears nothing of that, and does not ring again', () => {
    bob.legacy('other');
    bob.ring('c');
    bob.say('pc', hangup);
    expect(acts(bob)).toEqual(['ws-pc decline']);
    bob.stop('c', 'declined');
    expect([bob.got('pc'), bob.got('other')]).toEqual([[], [hangup]]);
    expect(bob.posts).toEqual([]);
  });

  test('it leaves the call ringing on other devices when it goes away', () => {
    bob.device('phone');
    bob.ring('c');
    bob.got('phone');
    bob.leave('pc');
    expect(bob.posts).toEqual([]);
    expect(bob.got('phone')).toEqual([]);
  });

  test('[C37] it asks for what was said so far when it comes late, and alone hears it', () => {
    bob.ring('c');
    bob.signal('c', 1, [offerOf('v=1')]);
    bob.legacy('late');
    expect(acts(bob)).toEqual(['ws-late listen']);
    bob.signal('c', 1, [offerOf('v=1')], { device: 'ws-late' });
    expect([bob.got('pc'), bob.got('late')]).toEqual([[heardOffer('v=1')], [heardOffer('v=1')]]);
  });

  test('[C11] ringing again, it hears nothing of before until the offer comes once more', () => {
    bob.ring('c');
    bob.signal('c', 1, [offerOf('v=1')]);
    bob.say('pc', offer('alice')).got('pc');
    bob.signal('c', 2, [{ kind: 'candidate', candidate: { candidate: 'x' } }]);
    expect(bob.got('pc')).toEqual([]);
    bob.signal('c', 1, [offerOf('v=1')], { device: 'ws-pc' });
    bob.signal('c', 2, [{ kind: 'candidate', candidate: { candidate: 'x' } }], { device: 'ws-pc' });
    expect(bob.got('pc').map((frame) => 'event' in frame && frame.event)).toEqual([
      'call:offer',
      'call:ice',
    ]);
  });

  test('it hears no group, and nothing declined or run out, when it comes late', () => {
    bob.ring('group', { group: true });
    bob.device('phone');
    bob.ring('c');
    bob.say('phone', { type: 'decline', call: 'c' });
    bob.ring('d', { from: profile('carol'), expiresAt: bob.now + 1_000 });
    bob.wait(1_000).acts();
    expect(bob.legacy('late').acts()).toEqual([]);
  });

  test('it hears of one call at a time: the second one rings when the first is over', () => {
    bob.ring('first');
    expect(bob.ring('second', { from: profile('carol') })).toEqual({
      outcome: 'ok',
      devices: 0,
      old: false,
    });
    bob.signal('second', 1, [offerOf('v=1')]);
    expect(bob.got('pc')).toEqual([]);
    bob.stop('first');
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.posts).toMatchObject([
      { to: { id: 'second' }, message: { action: { type: 'listen' } } },
    ]);
    bob.signal('second', 1, [offerOf('v=1')], { from: 'carol', device: 'ws-pc' });
    expect(bob.got('pc')).toEqual([heardOffer('v=1', 'carol')]);
  });

  test('[C10] it hears a hangup when the call falls silent', () => {
    bob.ring('c');
    bob.wait(55_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.posts).toEqual([]);
  });
});
