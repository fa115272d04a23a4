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

describe('a caller who rings in vain', () => {
  test('[C29] the pause grows: 10 s, 30 s, 2 min, 10 min, and 10 min from then on', () => {
    const bob = new Inbox().device('phone');
    for (const [n, seconds] of [10, 30, 120, 600, 600].entries()) {
      expect(declined(bob, `c${n}`)).toMatchObject(rings);
      expect(bob.ring('soon')).toEqual(limited(seconds));
      bob.wait(seconds * 1000 - 1);
      expect(bob.ring('soon')).toEqual(limited(1));
      bob.wait(1);
    }
  });

  test.each(['missed', 'declined', 'lost'] as const)(
    '[C29] a call that was %s counts',
    (reason) => {
      const bob = new Inbox().device('phone');
      bob.ring('c');
      bob.stop('c', reason);
      expect(bob.ring('d')).toEqual(limited(10));
    },
  );

  test('[C29] after giving up a first call another may follow at once, then a pause', () => {
    const bob = new Inbox().device('phone');
    for (const [n, seconds] of [0, 10, 30, 120, 600, 600].entries()) {
      expect(bob.ring(`c${n}`)).toMatchObject(rings);
      bob.stop(`c${n}`, 'cancelled');
      if (seconds > 0) expect(bob.ring('soon')).toEqual(limited(seconds));
      bob.wait(seconds * 1000);
    }
  });

  test('[C29] a call to a group counts, and waits, too', () => {
    const bob = new Inbox().device('phone');
    bob.ring('group', { group: true });
    bob.stop('group', 'hung_up');
    expect(bob.ring('c')).toEqual(limited(10));
    expect(bob.ring('c', { group: true })).toEqual(limited(10));
  });

  test('[C29] the pause counts from the refusal, though the end is heard later, or twice', () => {
    const bob = new Inbox().device('phone');
    bob.ring('c');
    bob.say('phone', { type: 'decline', call: 'c' });
    expect(bob.ring('d')).toEqual(limited(10));
    bob.wait(8_000);
    bob.stop('c', 'declined');
    bob.stop('c', 'declined');
    expect(bob.ring('d')).toEqual(limited(2));
  });

  test('[C29] an accepted call, or one by the other side, resets the pause', () => {
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

  test('[C29] nobody else has to wait, and finding somebody busy does not count', () => {
    const bob = new Inbox().device('phone');
    declined(bob, 'c');
    expect(bob.ring('d', { from: profile('carol') })).toMatchObject(rings);
    bob.active('live', { peers: ['dave'] });
    bob.stop('d', 'busy');
    bob.stop('live', 'hung_up');
    expect(bob.ring('e', { from: profile('carol') })).toMatchObject(rings);
  });

  test('[C29] the pause outlives a sleep, and is forgotten a day after it ended', () => {
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

  test('[C29] the 256 callers who still wait, or waited most often, are remembered', () => {
    const bob = new Inbox().device('phone');
    declined(bob, 'one', 'mallory');
    bob.wait(10_000);
    declined(bob, 'two', 'mallory');
    for (let n = 0; n < 300; n++) declined(bob, `c${n}`, `u${n}`);
    expect(bob.state.pauses).toHaveLength(256);
    expect(bob.ring('c', { from: profile('mallory') })).toEqual(limited(30));
  });

  test('[C29] an inbox reads what was written before there were pauses', () => {
    const former = new Inbox().device('phone');
    former.ring('c');
    const { pauses: _, turns: __, ...written } = former.written as Record<string, unknown>;
    const bob = new Inbox('bob', JSON.parse(JSON.stringify(written))).device('phone');
    bob.stop('c', 'declined');
    expect(bob.ring('d')).toEqual(limited(10));
  });
});

describe('places for calls that ring', () => {
  const fill = (bob: Inbox, change: { group?: boolean } = {}) => {
    for (let n = 0; n < 32; n++) bob.ring(`c${n}`, { from: profile(`u${n}`), ...change });
    bob.posts.length = 0;
  };
  const refused = (bob: Inbox) =>
    bob.posts.flatMap(({ to, message }) =>
      message.type === 'act' && message.action.type === 'busy' && to !== 'worker' ? [to.id] : [],
    );

  test.each([false, true])(
    '[C30] one more call rings in place of the longest (of a group: %j)',
    (group) => {
      const bob = new Inbox().device('phone');
      fill(bob, { group });
      expect(bob.ring('mine')).toMatchObject(rings);
      expect(refused(bob)).toEqual(['c0']);
      bob.stop('c0', 'busy');
      expect(bob.ring('again', { from: profile('u0') })).toEqual(limited(10));
    },
  );

  test('[C30] those who rang in vain most often give their places up first', () => {
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

  test('[C30] one who rang in vain more often than all others gets no place of theirs', () => {
    const bob = new Inbox().device('phone');
    declined(bob, 'before', 'mallory');
    bob.wait(10_000);
    fill(bob);
    expect(bob.ring('more', { from: profile('mallory') })).toEqual(busy);
    expect(refused(bob)).toEqual([]);
  });

  test('[C30] one who has all the places gets no other', () => {
    const bob = new Inbox().device('phone');
    for (let n = 0; n < 32; n++) bob.ring(`c${n}`);
    expect(bob.ring('more')).toEqual(busy);
    expect(bob.ring('other', { from: profile('carol') })).toMatchObject(rings);
  });
});
