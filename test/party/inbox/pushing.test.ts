import { describe, expect, test } from 'vitest';
import type { News } from '../../../party/wire/chats.ts';
import { messageOf } from '../chat-message.ts';
import { Inbox, profile } from './inbox.ts';

/** Takes what the Worker was asked to push since the last time. */
const pushesOf = (bob: Inbox) =>
  bob.posts
    .splice(0)
    .flatMap(({ to, message }) => (to === 'worker' && message.type === 'push' ? [message] : []));
const newsOf = (bob: Inbox) => pushesOf(bob).map(({ news }) => news);
const kindsOf = (bob: Inbox) => newsOf(bob).map(({ kind }) => kind);

describe('a call that rings on no device', () => {
  test('[P5] is pushed, and its end too', () => {
    const bob = new Inbox();
    const { now } = bob;
    expect(bob.ring('c', { push: true, video: true })).toMatchObject({ devices: 0 });
    const about = { call: 'c', from: profile('alice'), video: true, group: false };
    const call = { kind: 'call', ...about, at: now, until: now + 45_000 };
    expect(pushesOf(bob)).toEqual([{ type: 'push', user: 'bob', news: call }]);
    bob.answer().wait(5_000).stop('c');
    expect(newsOf(bob)).toEqual([{ kind: 'missed', ...about, at: now + 5_000 }]);
  });

  test.each([
    ['cancelled', 'missed'],
    ['missed', 'missed'],
    ['busy', 'missed'],
    ['hung_up', 'missed'],
    ['failed', 'stopped'],
    ['declined', 'stopped'],
  ] as const)('[P5] and ends with %s is pushed as %s', (reason, kind) => {
    const bob = new Inbox();
    bob.ring('c', { push: true });
    bob.answer().stop('c', reason);
    expect(kindsOf(bob)).toEqual(['call', kind]);
  });

  test('[P5] is pushed as missed when its room says nothing any more', () => {
    const bob = new Inbox();
    bob.ring('c', { push: true });
    bob.answer().wait(60_000);
    expect(kindsOf(bob)).toEqual(['call', 'missed']);
  });

  test('[P5] says once that a device which came later declined it, and which', () => {
    const bob = new Inbox();
    bob.ring('c', { push: true });
    bob.answer().device('phone').say('phone', { type: 'decline', call: 'c' });
    bob.answer().stop('c', 'declined');
    expect(newsOf(bob).slice(1)).toMatchObject([
      { kind: 'stopped', reason: 'declined', by: 'phone' },
    ]);
  });

  test('[P5] says once that a device which came later answered it, and which', () => {
    const bob = new Inbox();
    bob.ring('c', { push: true });
    bob.answer().device('phone').active('c');
    bob.answer().active('c');
    bob.answer().stop('c', 'hung_up');
    expect(newsOf(bob).slice(1)).toMatchObject([
      { kind: 'stopped', reason: 'answered_elsewhere', by: 'phone' },
    ]);
  });

  test('[C16, P5] is pushed though the host dies, and so is its end', () => {
    const bob = new Inbox();
    bob.ring('c', { push: true });
    bob.posts.length = 0;
    bob.restart();
    expect(kindsOf(bob)).toEqual(['call']);
    bob.answer().stop('c');
    bob.posts.length = 0;
    bob.restart();
    expect(kindsOf(bob)).toEqual(['missed']);
  });

  test('[P5] is pushed until the Worker has heard, as long as it rings', () => {
    const bob = new Inbox();
    bob.ring('c', { push: true });
    bob.lose().wait(1_000).lose();
    expect(kindsOf(bob).length).toBeGreaterThan(1);
    bob.wait(46_000).lose();
    bob.posts.length = 0;
    bob.wait(9_000).lose();
    expect(kindsOf(bob).filter((kind) => kind === 'call')).toEqual([]);
  });

  test('[P8] that is told twice is pushed once', () => {
    const bob = new Inbox();
    bob.ring('c', { push: true });
    bob.answer().ring('c', { push: true });
    bob.answer();
    expect(kindsOf(bob)).toEqual(['call']);
  });

  test('[P4] is pushed where all devices may be dead', () => {
    const bob = new Inbox().device('frozen').wait(90_000);
    bob.ring('c', { push: true });
    expect(kindsOf(bob)).toEqual(['call']);
  });
});

describe('a call that is not pushed', () => {
  test('[P4] rings on a device', () => {
    const bob = new Inbox().device('phone');
    bob.ring('c', { push: true });
    bob.answer().leave('phone').stop('c');
    expect(kindsOf(bob)).toEqual([]);
  });

  test('[P4] rings on a legacy client, however silent that is', () => {
    const bob = new Inbox().legacy('pc').wait(90_000);
    bob.ring('c', { push: true });
    bob.answer().stop('c');
    expect(kindsOf(bob)).toEqual([]);
  });

  test('[P4] is one of somebody who has not subscribed', () => {
    const bob = new Inbox();
    bob.ring('c');
    bob.answer().stop('c');
    expect(kindsOf(bob)).toEqual([]);
  });

  test('[M42, P4] is one of somebody whom this user has blocked', () => {
    const bob = new Inbox();
    bob.ring('c', { push: true, unheard: true });
    bob.answer().stop('c');
    expect(kindsOf(bob)).toEqual([]);
  });

  test('[C3, P4] finds this user in another call', () => {
    const bob = new Inbox().device('phone');
    bob.active('other', { peers: ['carol'] });
    bob.answer().leave('phone');
    expect(bob.ring('c', { push: true })).toEqual({ outcome: 'busy' });
    expect(kindsOf(bob)).toEqual([]);
  });
});

describe('a new message', () => {
  const sent = (change: Partial<Extract<News, { type: 'message' }>> = {}) =>
    ({ type: 'message', chat: 'k', isNew: true, message: messageOf('alice'), ...change }) as const;

  test('[P6] is pushed by its place alone when no device is connected', () => {
    const bob = new Inbox();
    bob.tell({ type: 'chat', news: sent(), push: true, n: 7 });
    const news = { kind: 'message', chat: 'k', seq: 1, at: bob.now };
    expect(pushesOf(bob)).toEqual([{ type: 'push', user: 'bob', news }]);
  });

  test('[P6] is asked for once, and nothing of it is written', () => {
    const bob = new Inbox();
    bob.tell({ type: 'chat', news: sent(), push: true });
    bob.lose().wait(60_000).restart();
    expect(kindsOf(bob)).toEqual(['message']);
    expect(bob.writes).toBe(0);
  });

  test('[P6] is pushed where all devices may be dead, and where none has said hello', () => {
    const bob = new Inbox().device('frozen').wait(90_000).join('new');
    bob.tell({ type: 'chat', news: sent(), push: true });
    expect(kindsOf(bob)).toEqual(['message']);
  });

  test.each([
    ['a device is here', (bob: Inbox) => bob.device('phone'), {}, true],
    ['a legacy client is here', (bob: Inbox) => bob.legacy('pc').wait(90_000), {}, true],
    ['it was edited', (bob: Inbox) => bob, { isNew: false }, true],
    ['nobody has subscribed', (bob: Inbox) => bob, {}, false],
  ])('[P6] is not pushed when %s', (_, prepare, change, push) => {
    const bob = prepare(new Inbox());
    bob.tell({ type: 'chat', news: sent(change), push });
    expect(kindsOf(bob)).toEqual([]);
  });
});
