import { describe, expect, test } from 'vitest';
import { Inbox, profile } from './inbox.ts';

const limited = (retryAfterSeconds: number) => ({ outcome: 'limited', retryAfterSeconds });
const rings = { outcome: 'ok' };
const busy = { outcome: 'busy' };

/** Rings, and is declined on the phone. */
const declined = (bob: Inbox, call: string, user = 'alice') => {
  const answer = bob.ring(call, { from: profile(user) });
  bob.say('phone', { type: 'decline', call });
  bob.stop(call, 'declined');
  return answer;
};

describe('somebody who rings in vain', () => {
  test('waits longer each time: 10 s, 30 s, 2 min, 10 min, and 10 min from then on', () => {
    const bob = new Inbox().device('phone');
    for (const [n, seconds] of [10, 30, 120, 600, 600].entries()) {
      expect(declined(bob, `c${n}`)).toMatchObject(rings);
      expect(bob.ring('soon')).toEqual(limited(seconds));
      bob.wait(seconds * 1000 - 1);
      expect(bob.ring('soon')).toEqual(limited(1));
      bob.wait(1);
    }
  });

  test.each(['missed', 'declined', 'lost'] as const)('counts a call that was %s', (reason) => {
    const bob = new Inbox().device('phone');
    bob.ring('c');
    bob.stop('c', reason);
    expect(bob.ring('d')).toEqual(limited(10));
  });

  test('may call again at once after giving up the first call, and then waits as well', () => {
    const bob = new Inbox().device('phone');
    for (const [n, seconds] of [0, 10, 30, 120, 600, 600].entries()) {
      expect(bob.ring(`c${n}`)).toMatchObject(rings);
      bob.stop(`c${n}`, 'cancelled');
      if (seconds > 0) expect(bob.ring('soon')).toEqual(limited(seconds));
      bob.wait(seconds * 1000);
    }
  });

  test('waits, too, when it rang for a group, and before it rings for one', () => {
    const bob = new Inbox().device('phone');
    bob.ring('group', { group: true });
    bob.stop('group', 'hung_up');
    expect(bob.ring('c')).toEqual(limited(10));
    expect(bob.ring('c', { group: true })).toEqual(limited(10));
  });

  test('is counted from the refusal on, though the end is heard later, or twice', () => {
    const bob = new Inbox().device('phone');
    bob.ring('c');
    bob.say('phone', { type: 'decline', call: 'c' });
    expect(bob.ring('d')).toEqual(limited(10));
    bob.wait(8_000);
    bob.stop('c', 'declined');
    bob.stop('c', 'declined');
    expect(bob.ring('d')).toEqual(limited(2));
  });

  test('is let in again by a call that is accepted, and by the other side calling', () => {
    const bob = new Inbox().device('phone');
    declined(bob, 'one');
    bob.wait(10_000);
    declined(bob, 'two');
    bob.wait(30_000);
    bob.ring('three');
    bob.active('three');
    bob.stop('three', 'hung_up');
    expect(declined(bob, 'four')).toMatchObject(rings);
    expect(bob.ring('five')).toEqual(limited(10));
    bob.dial('mine', { to: ['carol', 'alice'] });
    bob.stop('mine');
    expect(declined(bob, 'six')).toMatchObject(rings);
    expect(bob.ring('seven')).toEqual(limited(10));
  });

  test('keeps nobody else waiting, and is not counted for finding somebody busy', () => {
    const bob = new Inbox().device('phone');
    declined(bob, 'c');
    expect(bob.ring('d', { from: profile('carol') })).toMatchObject(rings);
    bob.active('live', { peers: ['dave'] });
    bob.stop('d', 'busy');
    bob.stop('live', 'hung_up');
    expect(bob.ring('e', { from: profile('carol') })).toMatchObject(rings);
  });

  test('waits through a sleep, and is forgotten a day after the pause', () => {
    const bob = new Inbox().device('phone');
    for (const [n, seconds] of [10, 30, 120].entries()) {
      declined(bob, `c${n}`);
      bob.wait(seconds * 1000);
    }
    declined(bob, 'last');
    expect(bob.restart().ring('soon')).toEqual(limited(600));
    bob.wait(600_000 + 86_400_000);
    expect(declined(bob, 'later')).toMatchObject(rings);
    expect(bob.ring('soon')).toEqual(limited(10));
  });

  test('is one of the 256 who still wait, or did so most often', () => {
    const bob = new Inbox().device('phone');
    declined(bob, 'one', 'mallory');
    bob.wait(10_000);
    declined(bob, 'two', 'mallory');
    for (let n = 0; n < 300; n++) declined(bob, `c${n}`, `u${n}`);
    expect(bob.state.pauses).toHaveLength(256);
    expect(bob.ring('c', { from: profile('mallory') })).toEqual(limited(30));
  });

  test('is read from what was written before anybody had to wait', () => {
    const old = new Inbox().device('phone');
    old.ring('c');
    const { pauses: _, turns: __, ...written } = old.written as Record<string, unknown>;
    const bob = new Inbox('bob', JSON.parse(JSON.stringify(written))).device('phone');
    bob.stop('c', 'declined');
    expect(bob.ring('d')).toEqual(limited(10));
  });
});

describe('the slots for calls that ring', () => {
  const fill = (bob: Inbox, change: { group?: boolean } = {}) => {
    for (let n = 0; n < 32; n++) bob.ring(`c${n}`, { from: profile(`u${n}`), ...change });
    bob.posts.length = 0;
  };
  const refused = (bob: Inbox) =>
    bob.posts.flatMap(({ to, message }) =>
      message.type === 'act' && message.action.type === 'busy' && to !== 'worker' ? [to.id] : [],
    );

  test.each([false, true])('are shared: one more rings in place of the longest (%j)', (group) => {
    const bob = new Inbox().device('phone');
    fill(bob, { group });
    expect(bob.ring('mine')).toMatchObject(rings);
    expect(refused(bob)).toEqual(['c0']);
    bob.stop('c0', 'busy');
    expect(bob.ring('again', { from: profile('u0') })).toEqual(limited(10));
  });

  test('are given up first by those who have rung in vain, most often first', () => {
    const bob = new Inbox().device('phone');
    for (const user of ['u7', 'u9', 'u9']) {
      declined(bob, `by ${user} at ${bob.now}`, user);
      bob.wait(30_000);
    }
    fill(bob);
    for (const user of ['alice', 'carol']) {
      expect(bob.ring(`of ${user}`, { from: profile(user) })).toMatchObject(rings);
    }
    expect(refused(bob)).toEqual(['c9', 'c7']);
  });

  test('are not given up for one who has rung in vain more often than all others', () => {
    const bob = new Inbox().device('phone');
    declined(bob, 'before', 'mallory');
    bob.wait(10_000);
    fill(bob);
    expect(bob.ring('more', { from: profile('mallory') })).toEqual(busy);
    expect(refused(bob)).toEqual([]);
  });

  test('are not given up for one who has all of them', () => {
    const bob = new Inbox().device('phone');
    for (let n = 0; n < 32; n++) bob.ring(`c${n}`);
    expect(bob.ring('more')).toEqual(busy);
    expect(bob.ring('other', { from: profile('carol') })).toMatchObject(rings);
  });
});
