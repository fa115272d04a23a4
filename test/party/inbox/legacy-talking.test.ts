import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import { itemsIn } from '../../../party/outbox.ts';
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
  take,
} from './legacy-client.ts';

let bob: Inbox;
beforeEach(() => {
  bob = new Inbox().legacy('pc');
});

describe('a legacy client in a call', () => {
  test('[C37] it negotiates anew with its peer, both ways', () => {
    take(bob);
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
    take(bob);
    bob.say('pc', { event: 'call:ice', payload: { candidate: 'x' } });
    expect(bob.posts).toEqual([]);
  });

  test('[C11] it goes on counting after a sleep, and nobody takes its place', () => {
    bob.leave('pc').legacy('idle').legacy('pc');
    take(bob);
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
      take(bob);
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
    expect(acts(bob)).toEqual(['ws-pc accept', 'ws-pc signal', 'ws-pc hangup']);
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
    take(bob);
    bob.stop('c', 'lost');
    expect(bob.got('pc')).toEqual([hangup]);
    take(bob, 'd');
    bob.wait(90_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('[C37] it hears a hangup when what it says cannot be brought to the call', () => {
    take(bob);
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
    take(bob);
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
    take(bob);
    for (let n = 0; n < 400; n++) bob.say('pc', ice(n));
    bob.say('pc', hangup).answer();
    expect(bob.acts()).toEqual(['ws-pc signal', 'ws-pc hangup']);
  });
});

describe('frames of legacy clients that do not fit', () => {
  test('[C38] an answer to what was not asked, or is over, is ignored', () => {
    take(bob);
    const { state } = bob;
    for (const answered of [undefined, { outcome: 'ok', call: 'c' }])
      bob.step({ type: 'answered', n: 999, answer: answered });
    expect(bob.state).toEqual(state);
  });

  test.each([hangup, answer, ice(1), { event: 'call:offer', payload: {} }, { event: 'x' }])(
    '[C38] %j is ignored',
    (frame) => {
      const { state } = bob;
      bob.say('pc', frame);
      expect(bob.state.calls).toEqual(state.calls);
      expect([...bob.got('pc'), ...bob.posts, ...bob.closed]).toEqual([]);
    },
  );

  test('[C18] no JSON of a legacy client reaches a device or a call of somebody else', () => {
    take(bob);
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
    expect(inboxRoomDefinition.decode('{', who)).toBeUndefined();
    expect(inboxRoomDefinition.decode('{"type":"hello","version":1}', who)).toBeUndefined();
  });
});
