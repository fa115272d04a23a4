import { describe, expect, test } from 'vitest';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import type { News, ToldOfChat } from '../../../party/wire/chats.ts';
import { messageOf } from '../chat-message.ts';
import { Inbox, offerOf } from './inbox.ts';
import { take } from './legacy-client.ts';

const sent = (change: Partial<Extract<News, { type: 'message' }>> = {}) =>
  ({ type: 'message', chat: 'k', isNew: true, message: messageOf('alice'), ...change }) as const;
const tell = (bob: Inbox, news: News, own: Partial<ToldOfChat> = {}) =>
  bob.tell({ type: 'chat', news, ...own });
/** Two devices and a legacy socket, which have heard nothing yet. */
const home = () => {
  const bob = new Inbox().device('phone').device('tablet').legacy('pc');
  for (const name of ['phone', 'tablet']) bob.got(name);
  return bob;
};
const shown = { id: 'm1', text: 'Hello', time: '2026-11-28T12:00:00.000Z' };

describe('an inbox that is told of a chat', () => {
  test('[M21] new devices hear of a message with its number in the feed', () => {
    const bob = home();
    expect(tell(bob, sent(), { n: 7 })).toEqual({ outcome: 'done' });
    const message = { ...messageOf('alice'), fromMe: false };
    const frame = { type: 'message', n: 7, chat: 'k', seq: 1, version: 1, message };
    expect([bob.got('phone'), bob.got('tablet')]).toEqual([[frame], [frame]]);
  });

  test('[M21] new devices hear of any other change, and what it is for this user', () => {
    const bob = home();
    const news = { type: 'change', chat: 'k', what: 'member', version: 3 } as const;
    tell(bob, news, { n: 7 });
    tell(bob, news, { n: 8, what: 'left' });
    expect(bob.got('phone')).toEqual([
      { ...news, n: 7 },
      { ...news, n: 8, what: 'left' },
    ]);
    expect(bob.got('pc')).toEqual([]);
  });

  test('[M21] a device that has not said hello hears nothing', () => {
    const bob = new Inbox().join('phone');
    tell(bob, sent());
    expect(bob.got('phone')).toEqual([]);
  });

  test('[M21] the sender’s devices see it as their own, with the id that they gave it', () => {
    const bob = home();
    tell(bob, sent({ message: messageOf('bob') }), { clientId: 'mine' });
    expect(bob.got('phone')).toMatchObject([{ message: { fromMe: true, clientId: 'mine' } }]);
    tell(bob, sent(), { clientId: 'mine' });
    expect(bob.got('phone')).not.toHaveProperty('0.message.clientId');
  });

  test('[M3] legacy sockets hear of a new message in their own words', () => {
    const bob = home();
    tell(bob, sent(), { n: 7 });
    const message = { ...shown, fromMe: false };
    expect(bob.got('pc')).toEqual([{ type: 'new_message', chatId: 'k', message }]);
  });

  test('[M3] legacy sockets of the sender hear of it, but for the session that sent it', () => {
    const bob = home();
    for (const page of ['one', 'two']) bob.legacy(page, { sid: 'the sender' });
    tell(bob, sent({ message: messageOf('bob') }), { sid: 'the sender' });
    const message = { ...shown, fromMe: true };
    expect(bob.got('pc')).toEqual([{ type: 'new_message', chatId: 'k', message }]);
    expect([...bob.got('one'), ...bob.got('two')]).toEqual([]);
  });

  test('[M3] legacy sockets hear of no edits, and of no typing', () => {
    const bob = home();
    tell(bob, sent({ isNew: false }));
    tell(bob, { type: 'typing', chat: 'k', user: 'alice' });
    expect(bob.got('pc')).toEqual([]);
    expect(bob.got('phone')).toHaveLength(2);
  });

  test.each<[string, Partial<Extract<News, { type: 'message' }>>, object | undefined]>([
    [
      'a short one',
      { message: messageOf('alice', { attachment: { type: 'image', url: 'data:short' } }) },
      { type: 'image', url: 'data:short' },
    ],
    [
      'a long one that they are to have',
      {
        message: messageOf('alice', { attachment: { type: 'image' } }),
        whole: { type: 'image', url: 'data:long' },
      },
      { type: 'image', url: 'data:long' },
    ],
    [
      'none of a long one that is left out',
      { message: messageOf('alice', { attachment: { type: 'image' } }) },
      undefined,
    ],
  ])('[M3] legacy sockets get attachments as a whole: %s', (_, change, attachment) => {
    const bob = home();
    tell(bob, sent(change));
    const message = { ...shown, fromMe: false, ...(attachment && { attachment }) };
    expect(bob.got('pc')).toEqual([{ type: 'new_message', chatId: 'k', message }]);
    expect(bob.got('phone')).toMatchObject([{ message: change.message }]);
    expect(JSON.stringify(bob.got('tablet'))).not.toContain('long');
  });

  test('[M21] nothing is written for it, nothing asked, and the inbox goes back to sleep', () => {
    const bob = home();
    const { writes, state } = bob;
    for (let n = 1; n <= 500; n++) tell(bob, sent(), { n });
    expect(bob.writes).toBe(writes);
    expect(bob.state).toEqual(state);
    expect(bob.posts).toEqual([]);
    expect(inboxRoomDefinition.deadline(bob.state)).toBeUndefined();
    expect(inboxRoomDefinition.reminder?.(bob.state)).toBeUndefined();
  });

  test('[M21] it tells them also after a sleep', () => {
    const bob = home().restart();
    tell(bob, sent(), { n: 7 });
    expect([bob.got('phone').length, bob.got('tablet').length, bob.got('pc').length]).toEqual([
      1, 1, 1,
    ]);
  });

  test('[M3, C37] a call goes on as if nobody wrote, on the very socket that hears of it', () => {
    const bob = new Inbox().legacy('pc');
    take(bob);
    const { calls } = bob.state;
    for (let n = 1; n <= 300; n++) tell(bob, sent(), { n });
    expect(bob.state.calls).toBe(calls);
    expect(bob.got('pc')).toHaveLength(300);
    bob.signal('c', 2, [offerOf('v=2')]);
    expect(bob.got('pc')).toMatchObject([{ event: 'call:offer' }]);
  });
});

describe('a ping of a legacy socket', () => {
  test('[M4] it is answered, and does nothing more', () => {
    const bob = new Inbox().legacy('pc');
    const { state, writes } = bob;
    bob.say('pc', { type: 'ping' });
    expect(bob.got('pc')).toEqual([{ type: 'pong' }]);
    expect([bob.state, bob.writes, bob.posts]).toEqual([state, writes, []]);
  });

  test('[M4] it is answered in a call, too, which goes on', () => {
    const bob = new Inbox().legacy('pc');
    take(bob);
    const { calls } = bob.state;
    bob.say('pc', { type: 'ping' });
    expect(bob.got('pc')).toEqual([{ type: 'pong' }]);
    expect(bob.state.calls).toBe(calls);
  });
});

describe('somebody who types', () => {
  const types = (bob: Inbox, chat: string, name = 'phone') =>
    bob.say(name, { type: 'typing', chat });
  const asked = (bob: Inbox) => bob.posts.splice(0).map(({ to, message }) => [to, message]);
  const typing = (chat: string) => ['worker', { type: 'typing', user: 'bob', chat }];

  test('[M28] the Worker is asked to tell the others, once in 3 s', () => {
    const bob = home();
    for (let n = 0; n < 10; n++) types(bob, 'k');
    expect(asked(bob)).toEqual([typing('k')]);
    types(bob.wait(2_999), 'k');
    expect(asked(bob)).toEqual([]);
    types(bob.wait(1), 'k');
    expect(asked(bob)).toEqual([typing('k')]);
    expect(bob.got('phone')).toEqual([]);
  });

  test('[M28] each device is counted for itself', () => {
    const bob = home();
    types(bob, 'k');
    types(bob, 'k', 'tablet');
    expect(asked(bob)).toEqual([typing('k'), typing('k')]);
  });

  test('[M28] fifty chats a second cost two requests in 3 s, whoever is in them', () => {
    const bob = home();
    for (let second = 0; second < 30; second++) {
      for (let n = 0; n < 50; n++) types(bob, `k${second}-${n}`);
      bob.wait(1_000);
    }
    expect(asked(bob)).toHaveLength(2 * 10);
    expect(bob.state.sockets.every(({ typing: kept = [] }) => kept.length <= 2)).toBe(true);
  });

  test('[M28] nothing is written for it, and nothing waits behind it', () => {
    const bob = home();
    const { writes } = bob;
    types(bob, 'k');
    types(bob, 'l');
    expect(asked(bob)).toHaveLength(2);
    bob.legacy('caller').say('caller', {
      event: 'call:offer',
      payload: { userId: 'alice', sdp: { type: 'offer', sdp: 'v=0' } },
    });
    expect(asked(bob)).toMatchObject([['worker', { type: 'call' }]]);
    bob.lose();
    // What is written is that the legacy client has dialled.
    expect(bob.writes).toBe(writes + 1);
  });

  test('[M28] it has to say hello before, and name a chat that there can be', () => {
    const bob = new Inbox().join('phone');
    types(bob, 'k');
    expect(bob.got('phone')).toMatchObject([{ code: 'hello_first' }]);
    const decode = (chat: unknown) =>
      inboxRoomDefinition.decode(JSON.stringify({ type: 'typing', chat }), undefined);
    for (const chat of ['', 'a b', 'x'.repeat(65), 7, undefined])
      expect(decode(chat)).toEqual({ error: 'invalid' });
    expect(bob.posts).toEqual([]);
  });

  test('[M28] a legacy client cannot type', () => {
    const bob = home();
    types(bob, 'k', 'pc');
    expect([bob.posts, bob.got('pc')]).toEqual([[], []]);
  });
});
