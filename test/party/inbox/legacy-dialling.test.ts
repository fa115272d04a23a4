import { beforeEach, describe, expect, test } from 'vitest';
import { Inbox, offerOf } from './inbox.ts';
import {
  acts,
  answer,
  dial,
  hangup,
  heardOffer,
  ice,
  iceOf,
  offer,
  take,
} from './legacy-client.ts';

let bob: Inbox;
beforeEach(() => {
  bob = new Inbox().legacy('pc');
});

describe('a legacy client that calls', () => {
  test('[C37] its offer reaches the Worker as it is', () => {
    const payload = {
      targetUserId: 'alice',
      sdp: { type: 'offer', sdp: 'v=1' },
      isVideo: true,
      x: 1,
    };
    bob.say('pc', { event: 'call:offer', payload });
    expect(bob.posts).toMatchObject([
      {
        to: 'worker',
        message: {
          type: 'call',
          from: 'bob',
          device: 'ws-pc',
          to: 'alice',
          video: true,
          offer: { kind: 'offer', sdp: 'v=1', raw: payload },
        },
      },
    ]);
  });

  test('[C37] its candidates follow the offer in order, from number 2', () => {
    bob.say('pc', offer('alice')).say('pc', ice(1));
    expect(bob.dial('c', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
    bob.say('pc', ice(2));
    expect(bob.posts.splice(0)).toMatchObject([{ to: 'worker' }]);
    bob.answerFirst({ outcome: 'ok', call: 'c' }).say('pc', ice(3)).answer();
    expect(bob.signals()).toEqual([
      [2, iceOf(1)],
      [3, iceOf(2)],
      [4, iceOf(3)],
    ]);
    expect(bob.posts[0]).toMatchObject({
      to: { party: 'call', id: 'c' },
      message: { user: 'bob', device: 'ws-pc' },
    });
  });

  test('a client that gave up while the Worker was unreachable calls nobody later', () => {
    bob.say('pc', offer('alice')).lose().say('pc', hangup).wait(60_000);
    expect(bob.posts).toHaveLength(1);
    bob.say('pc', offer('cyd'));
    expect(bob.posts).toMatchObject([{ to: 'worker' }, { to: 'worker', message: { to: 'cyd' } }]);
  });

  test('at most 64 of its candidates are kept', () => {
    bob.say('pc', offer('alice'));
    for (let n = 1; n <= 70; n++) bob.say('pc', ice(n));
    bob.dial('c', { device: 'ws-pc' });
    bob.answerFirst({ outcome: 'ok', call: 'c' }).answer();
    expect(bob.signals().map(([seq]) => seq)).toEqual(Array.from({ length: 64 }, (_, i) => i + 2));
  });

  test.each([
    [{ outcome: 'no' }],
    [{ outcome: 'ok', call: 'never heard of' }],
    ['rubbish'],
    [null],
  ])('[C40] it hears a hangup when there is no call: %j', (answered) => {
    bob.say('pc', offer('alice')).answerFirst(answered);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.say('pc', hangup).acts()).toHaveLength(0);
  });

  test('[C40] it hears a hangup when the Worker is unreachable for 10 s, and not before', () => {
    bob.say('pc', offer('alice')).lose().wait(3_000).lose();
    expect(bob.got('pc')).toEqual([]);
    for (let i = 0; i < 8; i++) bob.lose().wait(2_000);
    expect(bob.got('pc')).toEqual([hangup]);
  });

  test('[C40] it hears one hangup when the call ends before it is known', () => {
    bob.say('pc', offer('alice'));
    bob.dial('c', { device: 'ws-pc' });
    bob.stop('c', 'busy');
    bob.answerFirst({ outcome: 'no' });
    expect(bob.got('pc')).toEqual([hangup]);
  });

  test('[C37] it hears the answer, even before word of the call, and then candidates', () => {
    bob.say('pc', offer('alice'));
    bob.dial('c', { device: 'ws-pc' });
    bob.signal('c', 1, [{ kind: 'answer', sdp: 'v=2' }], { device: 'ws-pc' });
    bob.answerFirst({ outcome: 'ok', call: 'c' });
    bob.signal('c', 1, [{ kind: 'answer', sdp: 'v=2' }], { device: 'ws-pc' });
    bob.signal('c', 2, [{ kind: 'candidate', candidate: { candidate: 'x' } }], { device: 'ws-pc' });
    expect(bob.got('pc')).toEqual([
      { event: 'call:answer', payload: { type: 'answer', sdp: 'v=2' } },
      { event: 'call:ice', payload: { candidate: { candidate: 'x' } } },
    ]);
  });

  test('[C37] it hears a hangup when the call is over, and has it no longer', () => {
    dial(bob);
    bob.stop('c', 'missed');
    expect(bob.got('pc')).toEqual([hangup]);
    bob.posts.length = 0;
    bob.say('pc', ice(1)).say('pc', answer).say('pc', hangup).leave('pc');
    expect(bob.posts).toEqual([]);
  });

  test('[C38] it has nothing to answer', () => {
    dial(bob);
    bob.posts.length = 0;
    bob.say('pc', answer);
    expect(bob.posts).toEqual([]);
  });

  test('[C37] it is free at once when it hangs up, and hears nothing of its own hangup', () => {
    dial(bob);
    bob.say('pc', hangup);
    expect(acts(bob)).toEqual(['ws-pc hangup']);
    bob.stop('c', 'cancelled');
    expect(bob.got('pc')).toEqual([]);
    expect(bob.dial('d', { device: 'phone', to: ['carol'] })).toEqual({ outcome: 'ok' });
  });

  test.each(['hangup', 'disconnect'])(
    '[C39] its call ends as soon as it is known, after a %s before that',
    (how) => {
      bob.say('pc', offer('alice'));
      if (how === 'hangup') bob.say('pc', hangup);
      else bob.leave('pc');
      expect(acts(bob)).toEqual([]);
      expect(bob.dial('c', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
      expect(acts(bob)).toEqual(['ws-pc hangup']);
    },
  );

  test.each(['hangup', 'disconnect'])(
    '[C39] its call ends at once by a %s after the inbox has heard of it',
    (how) => {
      bob.say('pc', offer('alice'));
      bob.dial('c', { device: 'ws-pc' });
      if (how === 'hangup') bob.say('pc', hangup);
      else bob.leave('pc');
      bob.answerFirst({ outcome: 'ok', call: 'c' });
      expect(acts(bob)).toEqual(['ws-pc hangup']);
      expect(bob.got('pc')).toEqual([]);
    },
  );

  test('[C41] a new offer ends its unanswered call, one to the same user too', () => {
    dial(bob);
    bob.say('pc', offer('alice'));
    const told = bob.posts.splice(0).map(({ to, message }) => [to, message.type]);
    expect(told.slice(-2)).toEqual([
      ['worker', 'call'],
      [{ party: 'call', id: 'c' }, 'act'],
    ]);
    expect(bob.dial('d', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
    bob.answer({ outcome: 'ok', call: 'd' });
    bob.stop('c', 'cancelled');
    expect(bob.got('pc')).toEqual([]);
    bob.say('pc', ice(1));
    expect(bob.signals()).toEqual([[2, iceOf(1)]]);
  });

  test('[C41] of several quick offers the Worker is asked for the last alone', () => {
    bob.say('pc', offer('alice')).say('pc', offer('carol')).say('pc', offer('dave'));
    bob.dial('c', { device: 'ws-pc', request: 1 });
    bob.answer({ outcome: 'ok', call: 'c' });
    const asked = bob.posts.map(({ message }) =>
      message.type === 'call' ? message.to : message.type,
    );
    expect(asked).toEqual(['alice', 'act', 'dave']);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('[C41] it is not tied to a first call that comes late after it called somebody else', () => {
    bob.say('pc', offer('alice')).lose().say('pc', offer('carol'));
    const [first, second] = bob.posts.map(({ message }) =>
      message.type === 'call' ? message.request : undefined,
    );
    expect(bob.dial('late', { device: 'ws-pc', request: first ?? 0 })).toEqual({ outcome: 'ok' });
    expect(bob.dial('c', { device: 'ws-pc', to: ['carol'], request: second ?? 0 })).toEqual({
      outcome: 'ok',
    });
    bob.answer({ outcome: 'ok', call: 'c' });
    expect(bob.acts()).toEqual(['ws-pc hangup']);
    expect(bob.got('pc')).toEqual([]);
    expect(bob.state.sockets).toMatchObject([{ line: { call: 'c' } }]);
  });

  test('[C41] calling somebody else ends the call that it is in', () => {
    take(bob);
    bob.say('pc', offer('carol'));
    expect(acts(bob)).toEqual(['ws-pc hangup']);
    expect(bob.dial('d', { device: 'ws-pc', to: ['carol'] })).toEqual({ outcome: 'ok' });
  });

  test('[C7] it drops its own call and rings when the one it calls is calling', () => {
    bob.ring('theirs');
    bob.signal('theirs', 1, [offerOf('v=1')]);
    bob.got('pc');
    bob.say('pc', offer('alice'));
    expect(acts(bob)).toEqual(['ws-pc listen']);
    bob.signal('theirs', 1, [offerOf('v=1')], { device: 'ws-pc' });
    expect(bob.got('pc')).toEqual([hangup, heardOffer('v=1')]);
    bob.say('pc', answer);
    expect(acts(bob)).toEqual(['ws-pc accept', 'ws-pc signal']);
  });

  test('[C7] it rings, too, when the Worker found out that it named its caller otherwise', () => {
    bob.ring('theirs');
    bob.say('pc', offer('alice_name'));
    bob.dial('mine', { device: 'ws-pc' });
    bob.answer({ outcome: 'ok', call: 'theirs' });
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.acts()).toEqual(['ws-pc listen']);
  });

  test.each(['before', 'after'])(
    '[C7] it gives way to the call of one with a smaller id, %s its own is known',
    (when) => {
      bob.say('pc', offer('alice'));
      bob.dial('mine', { device: 'ws-pc' });
      if (when === 'after') bob.answer({ outcome: 'ok', call: 'mine' });
      expect(bob.ring('theirs')).toEqual({ outcome: 'ok', devices: 1, old: true });
      bob.signal('theirs', 1, [offerOf('v=1')]);
      expect(bob.got('pc')).toEqual([hangup, heardOffer('v=1')]);
      expect(bob.acts()).toEqual(when === 'after' ? ['ws-pc hangup'] : []);
      bob.stop('mine', 'cancelled');
      bob.answer({ outcome: 'ok', call: 'theirs' });
      expect([...bob.got('pc'), ...bob.posts]).toEqual([]);
      bob.say('pc', answer);
      expect(bob.state.sockets).toMatchObject([{ line: { call: 'theirs', sent: 1 } }]);
    },
  );

  test('[C7] it hangs up its own call that rings after all, though it gave way', () => {
    bob.say('pc', offer('alice'));
    bob.dial('mine', { device: 'ws-pc' });
    bob.ring('theirs');
    bob.stop('theirs', 'cancelled');
    bob.answer({ outcome: 'ok', call: 'mine' });
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('[C37] nobody else is listened to in its call', () => {
    bob.legacy('other');
    dial(bob);
    bob.posts.length = 0;
    bob.say('other', ice(1)).say('other', answer).say('other', hangup).leave('other');
    expect(bob.posts).toEqual([]);
    bob.signal('c', 1, [{ kind: 'answer', sdp: 'v=2' }], { device: 'ws-pc' });
    bob.stop('c', 'declined');
    expect(bob.got('pc')).toHaveLength(2);
  });
});
