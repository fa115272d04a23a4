import { beforeEach, describe, expect, test } from 'vitest';
import { itemsIn, QUEUE_LIMIT } from '../../../party/outbox.ts';
import { messagesIn } from '../answering.ts';
import { Inbox, offerOf } from './inbox.ts';
import { acts, hangup, ice, iceOf, take } from './legacy-client.ts';

const TO = { user: 'alice', device: 'ws-alice' };

let bob: Inbox;
beforeEach(() => {
  bob = new Inbox().legacy('pc');
  take(bob);
});

/** The call's room says that all up to a number has arrived. */
const direct = (seq = 1, change: { device?: string; call?: string } = {}) =>
  bob.tell({
    type: 'direct',
    call: 'c',
    device: 'ws-pc',
    seq,
    epoch: 1,
    video: true,
    to: TO,
    ...change,
  });

/** What inboxes were told: whose inbox, the device, the number and the signals. */
const handed = () =>
  bob.posts.flatMap((post) =>
    messagesIn(post).flatMap((message) =>
      message.type === 'signal' && post.to !== 'worker'
        ? [[post.to, message.device, message.seq, message.signals]]
        : [],
    ),
  );

const alice = { party: 'inbox', id: 'alice' };

describe('signals between two legacy clients', () => {
  test('[C47] they go to the inbox of the other one, with the next numbers', () => {
    expect(direct()).toEqual({ outcome: 'done' });
    bob.say('pc', ice(1)).say('pc', ice(2)).answer();
    expect(bob.signals()).toEqual([]);
    expect(handed()).toEqual([
      [alice, 'ws-alice', 2, [iceOf(1)]],
      [alice, 'ws-alice', 3, [iceOf(2)]],
    ]);
    expect(bob.posts[0]?.message).toMatchObject({ from: 'bob', epoch: 1, call: 'c', video: true });
  });

  test.each([
    ['another number than the last one', () => direct(2)],
    ['another device', () => direct(1, { device: 'ws-other' })],
    ['another call', () => direct(1, { call: 'd' })],
  ])('[C47] they go to the call as before when %s is named', (_, say) => {
    say();
    bob.say('pc', ice(1)).answer();
    expect(bob.signals()).toEqual([[2, iceOf(1)]]);
    expect(handed()).toEqual([]);
  });

  test('[C47] they go on directly after a sleep', () => {
    direct();
    bob.say('pc', ice(1)).answer().restart().say('pc', ice(2)).answer();
    expect(handed().map(([, , seq]) => seq)).toEqual([2, 3]);
  });

  test('[C11, C47] one that comes from the call and again directly is heard once', () => {
    bob.signal('c', 2, [offerOf('v=2')], { device: 'ws-pc', epoch: 1 });
    bob.signal('c', 2, [offerOf('v=2')], { device: 'ws-pc', epoch: 1 });
    expect(bob.got('pc')).toHaveLength(1);
  });

  test('[C16, C47] those that wait are dropped when the device hangs up, or the call ends', () => {
    direct();
    for (let n = 0; n < 9; n++) bob.say('pc', ice(n));
    expect(handed()).toHaveLength(1);
    bob.say('pc', hangup).lose().wait(20_000);
    expect(handed()).toHaveLength(1);
    expect(acts(bob)).toContain('ws-pc hangup');
  });

  test('[C39, C47] the device has hung up when the other inbox cannot be told for 10 s', () => {
    direct();
    bob.say('pc', ice(1));
    while (itemsIn(bob.state.outbox).some(({ message }) => message.type === 'signal'))
      bob.lose().wait(1_000);
    expect(bob.got('pc')).toEqual([hangup]);
    expect(acts(bob)).toContain('ws-pc hangup');
  });

  test('[C15, C47] no more than so many wait, and those beyond are ignored', () => {
    direct();
    for (let n = 0; n < 2 * QUEUE_LIMIT; n++) bob.say('pc', ice(n));
    expect(itemsIn(bob.state.outbox)).toHaveLength(QUEUE_LIMIT);
    bob.answer().say('pc', ice(0)).answer();
    expect(handed().map(([, , seq]) => seq)).toEqual(
      Array.from({ length: QUEUE_LIMIT + 1 }, (_, n) => n + 2),
    );
  });

  test('[C47] the next call of the device begins with its room again', () => {
    direct();
    bob.say('pc', hangup).answer();
    take(bob, 'd');
    bob.say('pc', ice(1)).answer();
    expect(bob.signals()).toEqual([[2, iceOf(1)]]);
  });
});
