import { beforeEach, describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

const hangup = { event: 'call:hangup' };
const offer = (userId: string) => ({
  event: 'call:offer',
  payload: { userId, sdp: { type: 'offer', sdp: 'v=1' } },
});

let bob: Inbox;
beforeEach(() => {
  bob = new Inbox().legacy('pc', { sid: 'page' });
});

/** A legacy client calls alice, and hears nothing more that matters. */
const dial = (call = 'own', device = 'pc') => {
  bob.say(device, offer('alice'));
  const answer = bob.dial(call, { device: `ws-${device}` });
  bob.answerFirst({ outcome: 'ok', call });
  return answer;
};

describe('a legacy client past the limit of calls', () => {
  test('[C28, C40] it hears a hangup at once, and the Worker is not asked', () => {
    for (let n = 0; n < 60; n++) {
      bob.say('pc', offer(n % 2 ? 'nobody' : 'alice')).answerFirst({ outcome: 'no' });
    }
    bob.got('pc');
    bob.posts.length = 0;
    bob.say('pc', offer('alice'));
    expect(bob.got('pc')).toEqual([hangup]);
    expect(bob.posts).toEqual([]);
    bob.wait(60_000).say('pc', offer('alice'));
    expect(bob.posts).toMatchObject([{ to: 'worker' }]);
  });
});

describe('legacy sockets of one session', () => {
  const open = (names: readonly string[]) => {
    for (const name of names) bob.legacy(name, { sid: 'page' }).wait(1_000);
  };

  test('[C27] a session has three legacy sockets: the longest silent one goes', () => {
    open(['two', 'three']);
    bob.say('pc', { type: 'ping' });
    open(['four']);
    expect(bob.closed).toEqual(['two full']);
    expect(bob.connected).toEqual(['pc', 'three', 'four']);
  });

  test('[C27] legacy sockets leave room for other devices, whatever they do', () => {
    for (let n = 0; n < 20; n++) open([`s${n}`]);
    for (const name of ['a', 'b', 'c', 'd', 'e']) bob.device(name);
    expect(bob.connected).toHaveLength(8);
    expect(bob.closed.filter((text) => !text.endsWith(' full'))).toEqual([]);
    expect(bob.legacy('other').closed.at(-1)).toBe('other full');
  });

  test('[C27] legacy sockets in a call go last', () => {
    dial();
    open(['two', 'three', 'four']);
    expect(bob.closed).toEqual(['two full']);
    expect(bob.answer().acts()).toEqual([]);
  });

  test('[C27] legacy sockets of another session, or of one not let in, do not count', () => {
    open(['two', 'three']);
    bob.legacy('other').legacy('gone', { sid: 'page', until: 0 });
    expect(bob.closed).toEqual(['gone unauthorized']);
  });
});

describe('TURN credentials', () => {
  test('[C31] 30 TURN credentials are granted at once, then one a minute, over sleeps too', () => {
    for (let n = 0; n < 30; n++) expect(bob.tell({ type: 'turn' })).toEqual({ outcome: 'ok' });
    const limited = { outcome: 'limited', retryAfterSeconds: 60 };
    expect(bob.tell({ type: 'turn' })).toEqual(limited);
    expect(bob.restart().tell({ type: 'turn' })).toEqual(limited);
    bob.wait(60_000);
    expect(bob.tell({ type: 'turn' })).toEqual({ outcome: 'ok' });
  });
});
