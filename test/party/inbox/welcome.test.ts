import { describe, expect, test } from 'vitest';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import { messageOf } from '../chat-message.ts';
import { Inbox } from './inbox.ts';

const since = (bob: Inbox, n = 5, name = 'phone') =>
  bob.say(name, { type: 'hello', version: 1, since: n });
const joined = () => new Inbox().join('phone');
const welcome = { type: 'welcome', version: 1, rings: [] };
const news = { type: 'message', chat: 'k', isNew: true, message: messageOf('alice') } as const;

describe('a hello that says how far the device has read', () => {
  test('[M22] the Worker is asked for the newest number, which the welcome has', () => {
    const bob = since(joined());
    expect(bob.got('phone')).toEqual([]);
    expect(bob.posts).toMatchObject([{ to: 'worker', message: { type: 'feed', user: 'bob' } }]);
    bob.answer({ outcome: 'ok', n: 7 });
    expect(bob.got('phone')).toEqual([{ ...welcome, n: 7 }]);
  });

  test('[M22] the device is told of what happens while that is asked', () => {
    const bob = since(joined());
    bob.tell({ type: 'chat', news, n: 8 });
    bob.answer({ outcome: 'ok', n: 7 });
    expect(bob.got('phone')).toMatchObject([
      { type: 'message', n: 8 },
      { type: 'welcome', n: 7 },
    ]);
  });

  test.each([
    ['does not answer', undefined],
    ['answers what is no number', { outcome: 'ok', n: 'x' }],
  ])('[M22] the welcome has no number if the Worker %s', (_, answer) => {
    const bob = since(joined());
    if (answer) bob.answer(answer);
    else bob.lose();
    expect(bob.got('phone')).toEqual([welcome]);
  });

  test('[M22] the welcome waits for 2 s, and what the Worker says later is not told', () => {
    const bob = since(joined()).wait(1_999);
    expect(bob.got('phone')).toEqual([]);
    bob.wait(1);
    expect(bob.got('phone')).toEqual([welcome]);
    bob.answer({ outcome: 'ok', n: 7 });
    expect(bob.got('phone')).toEqual([]);
  });

  test('[M22] nothing is written for it', () => {
    const bob = joined();
    const { writes } = bob;
    since(bob).answer({ outcome: 'ok', n: 7 });
    expect(bob.writes).toBe(writes);
    expect(inboxRoomDefinition.deadline(bob.state)).toBeUndefined();
    expect(inboxRoomDefinition.reminder?.(bob.state)).toBeUndefined();
  });

  test('[M22] it is asked once, however often the device says it', () => {
    const bob = joined();
    for (let n = 0; n < 20; n++) since(bob);
    expect(bob.posts).toHaveLength(1);
    bob.answer({ outcome: 'ok', n: 7 });
    expect(bob.got('phone')).toEqual([{ ...welcome, n: 7 }]);
  });

  test('[M22] it is asked 16 times at once, then once a second; else it is left out', () => {
    const bob = joined();
    for (let n = 0; n < 20; n++) since(bob).answer({ outcome: 'ok', n: 7 });
    expect(bob.posts).toHaveLength(16);
    expect(bob.got('phone').slice(15)).toEqual([{ ...welcome, n: 7 }, ...Array(4).fill(welcome)]);
    for (let second = 0; second < 10; second++) {
      bob.wait(1_000);
      for (let n = 0; n < 20; n++) since(bob).answer({ outcome: 'ok', n: 7 });
    }
    expect(bob.posts).toHaveLength(16 + 10);
  });

  test('[M22, C5] what rings is told at once, and the caller hears of the device', () => {
    const bob = new Inbox();
    bob.ring('c');
    since(bob.join('phone'));
    expect(bob.got('phone')).toMatchObject([{ type: 'ring', call: 'c' }]);
    expect(bob.posts.map(({ message }) => message.type)).toEqual(['feed', 'act']);
    bob.answerFirst({ outcome: 'ok', n: 7 });
    expect(bob.got('phone')).toMatchObject([{ type: 'welcome', n: 7, rings: [{ call: 'c' }] }]);
  });

  test('[M22] what was asked for a device that has gone is told nobody', () => {
    const bob = since(joined()).leave('phone').device('tablet');
    bob.got('tablet');
    bob.answer({ outcome: 'ok', n: 7 });
    expect(bob.got('tablet')).toEqual([]);
  });

  test('[M22] a hello without it is welcomed at once, and nothing is asked', () => {
    const bob = new Inbox().device('phone');
    expect(bob.got('phone')).toEqual([welcome]);
    expect(bob.posts).toEqual([]);
  });

  test('[M22] a hello with another version is refused before anything is asked', () => {
    const bob = joined().say('phone', { type: 'hello', version: 2, since: 5 });
    expect([bob.closed, bob.posts]).toEqual([['phone version'], []]);
  });
});
