import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { inboxRoom } from '../../../party/inbox/room.ts';
import { itemsIn } from '../../../party/outbox.ts';
import { Inbox, offerOf, profile } from './inbox.ts';

const hangup = { event: 'call:hangup' };
const ice = (n: number) => ({
  event: 'call:ice',
  payload: { candidate: { candidate: `candidate:${n}` } },
});
const iceOf = (n: number) => ({
  kind: 'candidate',
  candidate: { candidate: `candidate:${n}` },
  raw: { candidate: { candidate: `candidate:${n}` } },
});
const sdp = { type: 'answer', sdp: 'v=0' };
const answer = { event: 'call:answer', payload: { sdp } };
const answerSignal = { kind: 'answer', sdp: 'v=0', raw: { sdp } };
const offer = (userId: string) => ({
  event: 'call:offer',
  payload: { userId, sdp: { type: 'offer', sdp: 'v=1' } },
});
const heardOffer = (text: string, from = 'alice') => ({
  event: 'call:offer',
  payload: { sdp: { type: 'offer', sdp: text }, isVideo: true, fromUserId: from },
});

let bob: Inbox;
beforeEach(() => {
  bob = new Inbox().legacy('pc');
});

/** Takes what calls were told since the last time; all of them answer. */
const acts = () => bob.answer().acts();
/** A legacy client calls, and the call rings at the other side. */
const dial = (call = 'c', to = 'alice') => {
  bob.say('pc', offer(to));
  bob.dial(call, { device: 'ws-pc', to: [to] });
  bob.answerFirst({ outcome: 'ok', call });
};
/** A legacy client answers a call, and the call takes note. */
const take = (call = 'c') => {
  bob.ring(call);
  bob.signal(call, 1, [offerOf('v=1')]);
  bob.say('pc', answer).answer();
  bob.active(call, { device: 'ws-pc' });
  bob.got('pc');
  bob.posts.length = 0;
};

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
    dial();
    bob.stop('c', 'missed');
    expect(bob.got('pc')).toEqual([hangup]);
    bob.posts.length = 0;
    bob.say('pc', ice(1)).say('pc', answer).say('pc', hangup).leave('pc');
    expect(bob.posts).toEqual([]);
  });

  test('[C38] it has nothing to answer', () => {
    dial();
    bob.posts.length = 0;
    bob.say('pc', answer);
    expect(bob.posts).toEqual([]);
  });

  test('[C37] it is free at once when it hangs up, and hears nothing of its own hangup', () => {
    dial();
    bob.say('pc', hangup);
    expect(acts()).toEqual(['ws-pc hangup']);
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
      expect(acts()).toEqual([]);
      expect(bob.dial('c', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
      expect(acts()).toEqual(['ws-pc hangup']);
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
      expect(acts()).toEqual(['ws-pc hangup']);
      expect(bob.got('pc')).toEqual([]);
    },
  );

  test('[C41] a new offer ends its unanswered call, one to the same user too', () => {
    dial();
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
    take();
    bob.say('pc', offer('carol'));
    expect(acts()).toEqual(['ws-pc hangup']);
    expect(bob.dial('d', { device: 'ws-pc', to: ['carol'] })).toEqual({ outcome: 'ok' });
  });

  test('[C7] it drops its own call and rings when the one it calls is calling', () => {
    bob.ring('theirs');
    bob.signal('theirs', 1, [offerOf('v=1')]);
    bob.got('pc');
    bob.say('pc', offer('alice'));
    expect(acts()).toEqual(['ws-pc listen']);
    bob.signal('theirs', 1, [offerOf('v=1')], { device: 'ws-pc' });
    expect(bob.got('pc')).toEqual([hangup, heardOffer('v=1')]);
    bob.say('pc', answer);
    expect(acts()).toEqual(['ws-pc accept', 'ws-pc signal']);
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
    dial();
    bob.posts.length = 0;
    bob.say('other', ice(1)).say('other', answer).say('other', hangup).leave('other');
    expect(bob.posts).toEqual([]);
    bob.signal('c', 1, [{ kind: 'answer', sdp: 'v=2' }], { device: 'ws-pc' });
    bob.stop('c', 'declined');
    expect(bob.got('pc')).toHaveLength(2);
  });
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
    expect(acts()).toEqual(['ws-pc accept', 'ws-pc signal', 'ws-pc signal']);
  });

  test('[C2] it stops ringing when another device has the call, and can no longer take it', () => {
    bob.legacy('other').device('phone');
    bob.ring('c');
    bob.got('phone');
    bob.active('c', { device: 'ws-other' });
    expect([bob.got('pc'), bob.got('other')]).toEqual([[hangup], []]);
    expect(bob.got('phone')).toEqual([{ type: 'stop', call: 'c', reason: 'answered_elsewhere' }]);
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
    expect(acts()).toEqual(['ws-pc decline']);
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
    expect(acts()).toEqual(['ws-late listen']);
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

describe('a legacy client in a call', () => {
  test('[C37] it negotiates anew with its peer, both ways', () => {
    take();
    bob.say('pc', offer('alice'));
    expect(bob.signals()).toEqual([
      [2, { kind: 'offer', sdp: 'v=1', raw: offer('alice').payload }],
    ]);
    bob.signal('c', 2, [offerOf('v=9')], { device: 'ws-pc' });
    expect(bob.got('pc')).toEqual([heardOffer('v=9')]);
    bob.say('pc', answer).say('pc', ice(1)).answer();
    expect(bob.signals().slice(1)).toEqual([
      [3, answerSignal],
      [4, iceOf(1)],
    ]);
  });

  test('[C38] it says nothing by what is no candidate', () => {
    take();
    bob.say('pc', { event: 'call:ice', payload: { candidate: 'x' } });
    expect(bob.posts).toEqual([]);
  });

  test('[C11] it goes on counting after a sleep, and nobody takes its place', () => {
    bob.leave('pc').legacy('idle').legacy('pc');
    take();
    bob
      .restart()
      .say('idle', ice(9))
      .say('idle', hangup)
      .say('pc', ice(1))
      .say('pc', ice(2))
      .answer();
    expect(bob.signals()).toEqual([
      [2, iceOf(1)],
      [3, iceOf(2)],
    ]);
  });

  test.each(['hangs up', 'is gone', 'is gone while the inbox slept'])(
    '[C39] its call ends at once when it %s',
    (how) => {
      take();
      if (how === 'hangs up') bob.say('pc', hangup);
      else if (how === 'is gone') bob.leave('pc');
      else bob.restart(['pc']);
      expect(bob.posts).toMatchObject([
        { to: { id: 'c' }, message: { device: 'ws-pc', action: { type: 'hangup' } } },
      ]);
      expect(bob.dial('d', { device: 'phone', to: ['carol'] })).toEqual({ outcome: 'ok' });
      expect(bob.restart().acts()).toEqual(['ws-pc hangup', 'ws-pc hangup']);
    },
  );

  test('[C39] its call ends, too, when it goes before the call has said that it has it', () => {
    bob.ring('c');
    bob.say('pc', answer).leave('pc');
    expect(acts()).toEqual(['ws-pc accept', 'ws-pc signal', 'ws-pc hangup']);
  });

  test('[C39] its call ends when the host died before the call has said that it has it', () => {
    bob.ring('c');
    bob.say('pc', answer).restart(['pc']);
    bob.posts.length = 0;
    expect(bob.active('c', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('[C40] it dials in vain when the host dies meanwhile', () => {
    bob.say('pc', offer('alice')).restart(['pc']);
    expect(bob.dial('c', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
    expect(bob.posts.filter(({ message }) => message.type === 'call')).toHaveLength(1);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('[C37] it hears a hangup when the call is over, or what the call said has run out', () => {
    take();
    bob.stop('c', 'lost');
    expect(bob.got('pc')).toEqual([hangup]);
    take('d');
    bob.wait(90_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('[C37] it hears a hangup when what it says cannot be brought to the call', () => {
    take();
    bob.say('pc', ice(1)).lose().wait(3_000).lose();
    expect(bob.got('pc')).toEqual([]);
    for (let i = 0; i < 8; i++) bob.lose().wait(2_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.acts().at(-1)).toBe('ws-pc hangup');
  });

  test('it is not taken for gone when its session id looks like that of a legacy device', () => {
    const sid = 'ws-4567890123456789012';
    bob.active('c', { device: sid });
    expect(bob.restart().acts()).toEqual([]);
    expect(bob.dial('d')).toEqual({ outcome: 'instead', call: 'c' });
  });

  test('[C17] it is listened to no longer while 256 of its frames wait, but can hang up', () => {
    take();
    for (let n = 0; n < 400; n++) bob.say('pc', ice(n));
    expect(itemsIn(bob.state.outbox)).toHaveLength(256);
    bob.answer();
    const seqs = bob.signals().map(([seq]) => seq);
    expect(seqs).toEqual(Array.from({ length: 256 }, (_, i) => i + 2));
    expect(bob.posts.map(({ message }) => message.type)).toEqual([
      'act',
      ...Array(4).fill('batch'),
    ]);
  });

  test('[C16] nothing that waits is said any more when it hangs up', () => {
    take();
    for (let n = 0; n < 400; n++) bob.say('pc', ice(n));
    bob.say('pc', hangup).answer();
    expect(bob.acts()).toEqual(['ws-pc signal', 'ws-pc hangup']);
  });
});

describe('frames of legacy clients that do not fit', () => {
  test('[C38] an answer to what was not asked, or is over, is ignored', () => {
    take();
    const { state } = bob;
    for (const answered of [undefined, { outcome: 'ok', call: 'c' }])
      bob.step({ type: 'answered', n: 999, answer: answered });
    expect(bob.state).toEqual(state);
  });

  test.each([
    hangup,
    answer,
    ice(1),
    { event: 'call:offer', payload: {} },
    { type: 'ping' },
    { event: 'x' },
  ])('[C38] %j is ignored', (frame) => {
    const { state } = bob;
    bob.say('pc', frame);
    expect(bob.state.calls).toEqual(state.calls);
    expect([...bob.got('pc'), ...bob.posts, ...bob.closed]).toEqual([]);
  });

  test('[C18] no JSON of a legacy client reaches a device or a call of somebody else', () => {
    take();
    bob.device('phone').legacy('other');
    bob.ring('theirs', { from: profile('carol') });
    bob.got('phone');
    const text = fc.oneof(
      fc.json(),
      fc
        .record({
          event: fc.constantFrom('call:answer', 'call:ice', 'call:hangup'),
          payload: fc.jsonValue(),
        })
        .map((frame) => JSON.stringify(frame)),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        for (const each of texts) bob.text('other', each);
        expect([...bob.got('phone'), ...bob.got('pc'), ...bob.got('other'), ...bob.posts]).toEqual(
          [],
        );
      }),
    );
  });

  test('[C38] a legacy client is not told what was wrong', () => {
    const who = bob.state.sockets[0]?.who;
    expect(inboxRoom.decode('{', who)).toBeUndefined();
    expect(inboxRoom.decode('{"type":"hello","version":1}', who)).toBeUndefined();
  });
});
