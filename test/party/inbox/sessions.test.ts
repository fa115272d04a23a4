import { describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

/** An inbox of a user whose session `tablet` has ended, which the inbox has not heard. */
const withEnded = (bob = new Inbox()): Inbox => {
  bob.device('tablet').device('phone').wait(60_000);
  bob.checks.length = 0;
  bob.ended = ['tablet'];
  return bob;
};

/** The sessions that the Worker was asked about, each time. */
const asked = ({ checks }: Inbox): string[][] =>
  checks.map(({ message }) =>
    message.type === 'sessions' ? message.sessions.map(({ sid }) => sid) : [],
  );

describe('[C25] an inbox that was not told of the end of a session', () => {
  test('asks when it is rung, and closes the sockets of what has ended', () => {
    const bob = withEnded();
    expect(bob.ring('call')).toEqual({ outcome: 'ok', devices: 2, old: false });
    expect(asked(bob)).toEqual([['tablet', 'phone']]);
    expect(bob.closed).toEqual(['tablet unauthorized']);
    expect(bob.acts()).toEqual(['tablet revoke']);
    expect(bob.device('tablet').connected).toEqual(['phone']);
  });

  test('asks while a call lasts, also about a device that is in the call alone', () => {
    const bob = withEnded();
    bob.leave('tablet').active('call', { device: 'tablet' });
    expect(asked(bob)).toEqual([['tablet', 'phone']]);
    expect(bob.acts()).toEqual(['tablet revoke']);
  });

  test('asks when a device joins, about all others', () => {
    const bob = withEnded().device('watch');
    expect(asked(bob)).toEqual([['tablet', 'phone']]);
    expect(bob.closed).toEqual(['tablet unauthorized']);
  });

  test('says when a session ends by itself, as far as it knows', () => {
    const bob = new Inbox().legacy('pc', { until: 2_000_000 });
    bob.active('call', { device: 'phone' });
    expect(bob.checks).toMatchObject([
      {
        to: 'worker',
        message: {
          user: 'bob',
          sessions: [{ sid: 'phone' }, { sid: 'session of pc', until: 2_000_000 }],
        },
      },
    ]);
  });

  test('asks once a minute, and not about a device alone that joins', () => {
    const bob = new Inbox().device('phone');
    expect(bob.checks).toEqual([]);
    bob.ring('one');
    bob.wait(59_999).device('tablet').active('one');
    expect(bob.checks).toHaveLength(1);
    bob.wait(1).active('one');
    expect(bob.checks).toHaveLength(2);
  });

  test('asks again at the next occasion when the Worker has not answered, and not before', () => {
    const bob = withEnded();
    bob.ended = undefined;
    bob.ring('one');
    bob.wait(30_000);
    expect(bob.checks).toHaveLength(1);
    expect(bob.closed).toEqual([]);
    bob.ended = ['tablet'];
    bob.active('one', { device: 'phone' });
    expect(bob.checks).toHaveLength(2);
    expect(bob.closed).toEqual(['tablet unauthorized']);
  });

  test('does not ask about what has just ended', () => {
    const bob = withEnded();
    bob.tell({ type: 'revoked', sids: ['tablet'] });
    bob.ring('call');
    expect(asked(bob)).toEqual([['phone']]);
  });
});
