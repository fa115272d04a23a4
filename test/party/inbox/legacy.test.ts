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
  bob = new Inbox().old('pc');
});

/** What calls were told since last time, as all of them answer. */
const acts = () => bob.answer().acts();
/** An old client calls, and the call rings at the other side. */
const dial = (call = 'c', to = 'alice') => {
  bob.say('pc', offer(to));
  bob.dial(call, { device: 'ws-pc', to: [to] });
  bob.answerFirst({ outcome: 'ok', call });
};
/** An old client takes a call, and the call takes note. */
const take = (call = 'c') => {
  bob.ring(call);
  bob.signal(call, 1, [offerOf('v=1')]);
  bob.say('pc', answer).answer();
  bob.active(call, { device: 'ws-pc' });
  bob.got('pc');
  bob.posts.length = 0;
};

describe('an old client that calls', () => {
  test('has its offer brought to the Worker as it is', () => {
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

  test('has its candidates go after the offer, in order, numbered from 2; those before the call is known wait', () => {
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

  test('and gives up while the Worker cannot be reached, calls nobody when it can be again', () => {
    bob.say('pc', offer('alice')).lose().say('pc', hangup).wait(60_000);
    expect(bob.posts).toHaveLength(1);
    bob.say('pc', offer('cyd'));
    expect(bob.posts).toMatchObject([{ to: 'worker' }, { to: 'worker', message: { to: 'cyd' } }]);
  });

  test('has no more than 64 candidates kept for it', () => {
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
  ])('hears a hangup when there is no call: %j', (answered) => {
    bob.say('pc', offer('alice')).answerFirst(answered);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.say('pc', hangup).acts()).toHaveLength(0);
  });

  test('hears a hangup when the Worker cannot be reached for 10 s, and not before', () => {
    bob.say('pc', offer('alice')).lose().wait(3_000).lose();
    expect(bob.got('pc')).toEqual([]);
    for (let i = 0; i < 8; i++) bob.lose().wait(2_000);
    expect(bob.got('pc')).toEqual([hangup]);
  });

  test('hears one hangup when the call ends before it is known', () => {
    bob.say('pc', offer('alice'));
    bob.dial('c', { device: 'ws-pc' });
    bob.stop('c', 'busy');
    bob.answerFirst({ outcome: 'no' });
    expect(bob.got('pc')).toEqual([hangup]);
  });

  test('hears the answer, even if it is faster than the word of the call, and then candidates', () => {
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

  test('hears a hangup when the call is over, and has it no longer', () => {
    dial();
    bob.stop('c', 'missed');
    expect(bob.got('pc')).toEqual([hangup]);
    bob.posts.length = 0;
    bob.say('pc', ice(1)).say('pc', answer).say('pc', hangup).leave('pc');
    expect(bob.posts).toEqual([]);
  });

  test('has nothing to answer', () => {
    dial();
    bob.posts.length = 0;
    bob.say('pc', answer);
    expect(bob.posts).toEqual([]);
  });

  test('hangs up, and is free at once; it hears nothing of its own hangup', () => {
    dial();
    bob.say('pc', hangup);
    expect(acts()).toEqual(['ws-pc hangup']);
    bob.stop('c', 'cancelled');
    expect(bob.got('pc')).toEqual([]);
    expect(bob.dial('d', { device: 'phone', to: ['carol'] })).toEqual({ outcome: 'ok' });
  });

  test.each(['hangup', 'disconnect'])(
    'ends its call as soon as it is known, after a %s before that',
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
    'ends its call at once by a %s after the inbox has heard of it',
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

  test('ends its unanswered call by a new offer, to the same one too', () => {
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

  test('that changes its mind quickly asks the Worker for the last one alone, and hangs up the first', () => {
    bob.say('pc', offer('alice')).say('pc', offer('carol')).say('pc', offer('dave'));
    bob.dial('c', { device: 'ws-pc', request: 1 });
    bob.answer({ outcome: 'ok', call: 'c' });
    const asked = bob.posts.map(({ message }) =>
      message.type === 'call' ? message.to : message.type,
    );
    expect(asked).toEqual(['alice', 'act', 'dave']);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('that calls somebody else while the Worker takes too long is not tied to the first call when that comes late', () => {
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

  test('ends the call that it is in by calling somebody else', () => {
    take();
    bob.say('pc', offer('carol'));
    expect(acts()).toEqual(['ws-pc hangup']);
    expect(bob.dial('d', { device: 'ws-pc', to: ['carol'] })).toEqual({ outcome: 'ok' });
  });

  test('drops its own call and rings, when the one it calls is calling', () => {
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

  test('rings too when it named the one who calls otherwise, and the Worker found that out', () => {
    bob.ring('theirs');
    bob.say('pc', offer('alice_name'));
    bob.dial('mine', { device: 'ws-pc' });
    bob.answer({ outcome: 'ok', call: 'theirs' });
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.acts()).toEqual(['ws-pc listen']);
  });

  test.each(['before', 'after'])(
    'gives way to the call of one with a smaller id, %s its own is known',
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

  test('hangs up its own call that rings after all, though it gave way', () => {
    bob.say('pc', offer('alice'));
    bob.dial('mine', { device: 'ws-pc' });
    bob.ring('theirs');
    bob.stop('theirs', 'cancelled');
    bob.answer({ outcome: 'ok', call: 'mine' });
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('has nobody else listened to in its call', () => {
    bob.old('other');
    dial();
    bob.posts.length = 0;
    bob.say('other', ice(1)).say('other', answer).say('other', hangup).leave('other');
    expect(bob.posts).toEqual([]);
    bob.signal('c', 1, [{ kind: 'answer', sdp: 'v=2' }], { device: 'ws-pc' });
    bob.stop('c', 'declined');
    expect(bob.got('pc')).toHaveLength(2);
  });
});

describe('an old client that is called', () => {
  test('rings by the offer, which comes from the call', () => {
    expect(bob.ring('c')).toEqual({ outcome: 'ok', devices: 1, old: true });
    expect(bob.got('pc')).toEqual([]);
    bob.signal('c', 1, [offerOf('v=1'), { kind: 'candidate', candidate: { candidate: 'x' } }]);
    expect(bob.got('pc')).toEqual([
      heardOffer('v=1'),
      { event: 'call:ice', payload: { candidate: { candidate: 'x' } } },
    ]);
  });

  test('hears each signal once, whatever is repeated, also across a sleep; a sender who begins anew is heard', () => {
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

  test('does not ring for a group, nor hear signals of calls that it is not in', () => {
    bob.ring('group', { group: true });
    expect(bob.ring('group', { group: true })).toEqual({ outcome: 'ok', devices: 0, old: false });
    for (const call of ['group', 'unknown', '__proto__']) bob.signal(call, 1, [offerOf('v=1')]);
    expect(bob.got('pc')).toEqual([]);
  });

  test('takes the call; what it said before goes after the answer, in order', () => {
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

  test('takes it once, however often it answers; each answer is passed on, as before', () => {
    bob.ring('c');
    bob.say('pc', answer).say('pc', answer);
    expect(acts()).toEqual(['ws-pc accept', 'ws-pc signal', 'ws-pc signal']);
  });

  test('stops ringing when another device has it, new or old, and can no longer take it', () => {
    bob.old('other').device('phone');
    bob.ring('c');
    bob.got('phone');
    bob.active('c', { device: 'ws-other' });
    expect([bob.got('pc'), bob.got('other')]).toEqual([[hangup], []]);
    expect(bob.got('phone')).toEqual([{ type: 'stop', call: 'c', reason: 'answered_elsewhere' }]);
    bob.say('pc', answer).say('pc', hangup);
    expect(bob.posts).toEqual([]);
  });

  test('that answers when another one has it already hears a hangup', () => {
    bob.ring('c');
    bob.say('pc', answer);
    bob.active('c', { device: 'phone' });
    expect(bob.got('pc')).toEqual([hangup]);
  });

  test('refuses it for all devices, hears nothing of that itself, and does not ring again', () => {
    bob.old('other');
    bob.ring('c');
    bob.say('pc', hangup);
    expect(acts()).toEqual(['ws-pc decline']);
    bob.stop('c', 'declined');
    expect([bob.got('pc'), bob.got('other')]).toEqual([[], [hangup]]);
    expect(bob.posts).toEqual([]);
  });

  test('leaves it ringing on other devices when it goes away', () => {
    bob.device('phone');
    bob.ring('c');
    bob.got('phone');
    bob.leave('pc');
    expect(bob.posts).toEqual([]);
    expect(bob.got('phone')).toEqual([]);
  });

  test('that comes late asks the call for what was said so far, and hears it alone', () => {
    bob.ring('c');
    bob.signal('c', 1, [offerOf('v=1')]);
    bob.old('late');
    expect(acts()).toEqual(['ws-late listen']);
    bob.signal('c', 1, [offerOf('v=1')], { device: 'ws-late' });
    expect([bob.got('pc'), bob.got('late')]).toEqual([[heardOffer('v=1')], [heardOffer('v=1')]]);
  });

  test('that rings again hears nothing that was on its way before the offer comes once more', () => {
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

  test('that comes late is asked nothing by a group, nor by what was refused or has run out', () => {
    bob.ring('group', { group: true });
    bob.device('phone');
    bob.ring('c');
    bob.say('phone', { type: 'decline', call: 'c' });
    bob.ring('d', { from: profile('carol'), expiresAt: bob.now + 1_000 });
    bob.wait(1_000).acts();
    expect(bob.old('late').acts()).toEqual([]);
  });

  test('hears of one call at a time: the second one rings when the first one is over', () => {
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

  test('hears a hangup when the call falls silent', () => {
    bob.ring('c');
    bob.wait(55_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.posts).toEqual([]);
  });
});

describe('an old client in a call', () => {
  test('negotiates anew with the one it is in it with, both ways', () => {
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

  test('says nothing by what is no candidate', () => {
    take();
    bob.say('pc', { event: 'call:ice', payload: { candidate: 'x' } });
    expect(bob.posts).toEqual([]);
  });

  test('goes on counting after a sleep, and nobody takes its place', () => {
    bob.leave('pc').old('idle').old('pc');
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
    'ends it at once when it %s',
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

  test('ends it, too, when it goes before the call has said that it has it', () => {
    bob.ring('c');
    bob.say('pc', answer).leave('pc');
    expect(acts()).toEqual(['ws-pc accept', 'ws-pc signal', 'ws-pc hangup']);
  });

  test('ends it when the host died before the call has said that it has it', () => {
    bob.ring('c');
    bob.say('pc', answer).restart(['pc']);
    bob.posts.length = 0;
    expect(bob.active('c', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('dials in vain when the host dies meanwhile', () => {
    bob.say('pc', offer('alice')).restart(['pc']);
    expect(bob.dial('c', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
    expect(bob.posts.filter(({ message }) => message.type === 'call')).toHaveLength(1);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('hears a hangup when it is over, or when what the call said has run out', () => {
    take();
    bob.stop('c', 'lost');
    expect(bob.got('pc')).toEqual([hangup]);
    take('d');
    bob.wait(90_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('hears a hangup when what it says cannot be brought to the call', () => {
    take();
    bob.say('pc', ice(1)).lose().wait(3_000).lose();
    expect(bob.got('pc')).toEqual([]);
    for (let i = 0; i < 8; i++) bob.lose().wait(2_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.acts().at(-1)).toBe('ws-pc hangup');
  });

  test('is not taken for gone because its session has an id like that of an old device', () => {
    const sid = 'ws-4567890123456789012';
    bob.active('c', { device: sid });
    expect(bob.restart().acts()).toEqual([]);
    expect(bob.dial('d')).toEqual({ outcome: 'instead', call: 'c' });
  });

  test('is listened to no longer while 256 of its frames wait, but can hang up', () => {
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

  test('says nothing more of what waits when it hangs up', () => {
    take();
    for (let n = 0; n < 400; n++) bob.say('pc', ice(n));
    bob.say('pc', hangup).answer();
    expect(bob.acts()).toEqual(['ws-pc signal', 'ws-pc hangup']);
  });
});

describe('what does not fit', () => {
  test('is an answer to what was not asked, or is over', () => {
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
  ])('is ignored: %j', (frame) => {
    const { state } = bob;
    bob.say('pc', frame);
    expect(bob.state.calls).toEqual(state.calls);
    expect([...bob.got('pc'), ...bob.posts, ...bob.closed]).toEqual([]);
  });

  test('never reaches a device or a call of somebody else, whatever JSON it is', () => {
    take();
    bob.device('phone').old('other');
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

  test('an old client is not told what was wrong', () => {
    const who = bob.state.sockets[0]?.who;
    expect(inboxRoom.decode('{', who)).toBeUndefined();
    expect(inboxRoom.decode('{"type":"hello","version":1}', who)).toBeUndefined();
  });
});
