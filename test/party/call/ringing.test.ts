import { describe, expect, test } from 'vitest';
import { ToWorker } from '../../../party/wire/to-worker.ts';
import { CallRoom, offer, ringing, talking, three } from './call.ts';

/** The most that the Worker reads from a room (`party/wire/`), in bytes. */
const WORKER_READS = 3 * 64 * 1024;

const afterHello = () => ringing().enter('alice');
const unreachable = () => undefined;

describe('a call that rings', () => {
  test('[C4] a call is missed after 45 s, though the caller is gone', () => {
    const room = ringing().wait(44_999);
    expect(room.is).toBe('ringing');
    room.told();
    room.wait(1);
    expect(room.is).toBe('ended missed');
    expect(room.told()).toEqual(['alice stop missed', 'bob stop missed', 'worker record missed']);
  });

  test('[C3] a call that is cancelled ends at once for both', () => {
    const room = ringing()
      .enter('alice')
      .enter('bob')
      .enter('bob2')
      .say('alice', { type: 'hangup' });
    expect(room.is).toBe('ended cancelled');
    for (const name of ['alice', 'bob', 'bob2']) {
      expect(room.got(name).at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'cancelled' });
    }
    expect(room.closed).toEqual(['alice done', 'bob done', 'bob2 done']);
  });

  test('[C2, C3] a declined call ends at once for both, on all devices of the callee', () => {
    const room = ringing()
      .enter('alice')
      .enter('bob')
      .enter('bob2')
      .say('bob2', { type: 'decline' });
    expect(room.is).toBe('ended declined');
    for (const name of ['alice', 'bob']) {
      expect(room.got(name).at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'declined' });
    }
    expect(room.told()).toContain('bob stop declined');
  });

  test('[C3] a callee who hangs up declines', () => {
    expect(ringing().enter('bob').say('bob', { type: 'hangup' }).is).toBe('ended declined');
  });

  test('[C1] the caller can neither decline nor accept', () => {
    const room = ringing()
      .enter('alice')
      .say('alice', { type: 'decline' })
      .say('alice', { type: 'accept' });
    expect(room.errors('alice')).toEqual(['not_now', 'not_now']);
    expect(room.is).toBe('ringing');
  });

  test('[C3] an inbox refuses a call when its user has just taken another one', () => {
    expect(ringing().act('bob', { type: 'busy' }).is).toBe('ended busy');
  });

  test('[C8] a call rings on when one of several declines, and ends with the last of them', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .act('bob', { type: 'decline' });
    expect(room.heard('alice', 'peer')).toMatchObject([
      { reason: 'declined', peer: { user: 'bob', state: 'left' } },
    ]);
    expect(room.is).toBe('ringing');
    expect(room.act('cyd', { type: 'decline' }).is).toBe('ended declined');
  });

  test('[C10] a call rings on over a restart, for as long as it would have', () => {
    const room = ringing().wait(20_000).restart();
    expect(room.wait(24_999).is).toBe('ringing');
    expect(room.wait(1).is).toBe('ended missed');
  });
});

describe('tickets and credentials', () => {
  test('[C18] a ticket is for those who are in the call, in the role that they have', () => {
    const room = ringing({}, { video: true });
    expect(room.permit('alice')).toEqual({ outcome: 'ok', role: 'caller', video: true });
    expect(room.permit('bob', { device: 'bob2' })).toEqual({
      outcome: 'ok',
      role: 'callee',
      video: true,
    });
    expect(room.permit('mallory')).toEqual({ outcome: 'no_such_call' });
    expect(room.permit('constructor')).toEqual({ outcome: 'no_such_call' });
  });

  test('[C2, C33] a ticket is for no other device than the one that has the call', () => {
    const room = talking();
    const elsewhere = (user: string, role: string) => {
      const held = { call: 'c', role, state: 'accepted', device: user, session: user };
      return { outcome: 'elsewhere', held };
    };
    expect(room.permit('alice', { device: 'alice2' })).toEqual(elsewhere('alice', 'caller'));
    expect(room.permit('bob', { device: 'bob2' })).toEqual(elsewhere('bob', 'callee'));
    expect(room.permit('bob')).toMatchObject({ outcome: 'ok' });
  });

  test('[C18, C56] nobody gets a ticket to a call that is over; its members hear how', () => {
    const room = talking().say('bob', { type: 'hangup' });
    expect(room.permit('alice')).toEqual({ outcome: 'no_such_call', reason: 'hung_up' });
    expect(room.permit('mallory')).toEqual({ outcome: 'no_such_call' });
    expect(room.wait(61_000).permit('alice')).toEqual({ outcome: 'no_such_call' });
  });

  test('[C56] who has blocked the caller does not hear how a call ended', () => {
    const room = ringing({}, { unheard: ['bob'] })
      .enter('alice')
      .say('alice', { type: 'hangup' });
    expect(room.permit('bob')).toEqual({ outcome: 'no_such_call' });
  });

  test('[C31] each ticket has a TURN credential; past 32 of a user the oldest is revoked', () => {
    const name = (user: string, n: number) => `${user}${n}`.padStart(96, 'f');
    const members = ['alice', ...Array.from({ length: 7 }, (_, n) => `callee${n}`)];
    const room = ringing({}, { callees: members.slice(1), turn: name('alice', 0) });
    for (const user of members) {
      for (let n = user === 'alice' ? 1 : 0; n < 32; n++) {
        expect(room.permit(user, { turn: name(user, n) })).toMatchObject({ outcome: 'ok' });
      }
      expect(room.permit(user, { turn: name(user, 32) })).toMatchObject({
        outcome: 'ok',
        surplus: name(user, 0),
      });
      expect(room.permit(user, { turn: name(user, 32) })).not.toHaveProperty('surplus');
    }
    room.wait(45_000);
    const [record] = room.records;
    const newest = members.flatMap((user) =>
      Array.from({ length: 32 }, (_, n) => name(user, n + 1)),
    );
    expect(record?.turn.toSorted()).toEqual(newest.toSorted());
    expect(JSON.stringify(ToWorker.parse(record)).length).toBeLessThan(WORKER_READS);
    expect(JSON.stringify(room.written).length).toBeLessThan(128 * 1024);
  });
});

describe('a caller who dials once more', () => {
  test('[C11] a caller who dials before any hello has forgotten the first offer', () => {
    const room = ringing({}, { offer: offer('first page') });
    room.permit('alice', { anew: true });
    room.enter('alice');
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 0 }]);
    room.signal('alice', 1, offer('second page')).accept('bob');
    expect(room.heard('bob', 'signal')).toEqual([
      { type: 'signal', from: 'alice', epoch: 2, seq: 1, signals: [offer('second page')] },
    ]);
  });

  test('[C11] a caller begins anew also where the callee is in the room, who hears of it', () => {
    const room = ringing({}, { offer: offer('first page') }).enter('bob');
    expect(room.heard('bob', 'welcome')).toMatchObject([{ peers: [{ user: 'alice', epoch: 1 }] }]);
    room.permit('alice', { anew: true });
    expect(room.heard('bob', 'peer')).toMatchObject([{ peer: { user: 'alice', epoch: 2 } }]);
  });

  test('[C11] a caller stays in the epoch that was begun, also after a restart', () => {
    const room = ringing({}, { offer: offer('first page') });
    room.permit('alice', { anew: true });
    room.restart().enter('bob');
    expect(room.heard('bob', 'welcome')).toMatchObject([{ peers: [{ user: 'alice', epoch: 2 }] }]);
  });

  test('[C11] a caller who dials after the hello keeps what was said', () => {
    const room = afterHello().signal('alice', 1, offer('first page'));
    room.permit('alice', { anew: true });
    room.accept('bob');
    expect(room.heard('bob', 'signal')).toMatchObject([
      { epoch: 1, seq: 1, signals: [offer('first page')] },
    ]);
  });

  test('[C39] a legacy caller has no memory to lose, and keeps its offer', () => {
    const room = ringing({}, { old: true, device: 'ws-alice', offer: offer('first') });
    room.permit('alice', { device: 'ws-alice', anew: true });
    room.accept('bob');
    expect(room.heard('bob', 'signal')).toMatchObject([{ epoch: 1, signals: [offer('first')] }]);
  });

  test('a caller who only asks for a ticket keeps the first offer', () => {
    const room = ringing({}, { offer: offer('first page') });
    room.permit('alice');
    expect(room.accept('bob').heard('bob', 'signal')).toMatchObject([
      { epoch: 1, signals: [offer('first page')] },
    ]);
  });
});

describe('a room without a call', () => {
  test('[C18] a room without a call lets nobody in', () => {
    expect(new CallRoom().join('alice').closed).toEqual(['alice noSuchCall']);
  });

  test.each([
    [
      'asked for a ticket',
      { type: 'permit', user: 'alice', device: 'alice' },
      { outcome: 'no_such_call' },
    ],
    [
      'told of a device',
      { type: 'act', user: 'bob', device: 'bob', action: { type: 'decline' } },
      { outcome: 'done' },
    ],
  ] as const)(
    '[C7] a call that is withdrawn with %s leaves nothing behind',
    (_, message, answered) => {
      const room = new CallRoom();
      expect(room.tell(message)).toEqual(answered);
      expect(room.forgotten).toBe(1);
      expect(room.written).toBeUndefined();
    },
  );
});

describe('a call that is over', () => {
  test('[C10] an ended call tells latecomers how it ended for a minute, then is forgotten', () => {
    const room = ringing().act('bob', { type: 'decline' }).wait(59_999).join('alice');
    expect(room.got('alice')).toEqual([{ type: 'state', state: 'ended', reason: 'declined' }]);
    expect(room.closed).toEqual(['alice done']);
    expect([room.wait(1).forgotten, room.written]).toEqual([1, undefined]);
    room.join('alice');
    expect(room.closed).toEqual(['alice done', 'alice noSuchCall']);
    expect([room.forgotten, room.written]).toEqual([2, undefined]);
  });

  test('[C9] an ended call is not forgotten before its record is kept, over restarts', () => {
    const answers = { record: unreachable };
    const room = ringing(answers)
      .act('bob', { type: 'decline' })
      .wait(86_400_000)
      .restart()
      .wait(3_600_000);
    expect(room.forgotten).toBe(0);
    Object.assign(room.answers, { record: () => ({ outcome: 'done' }) });
    expect(room.wait(300_000).forgotten).toBe(1);
    expect(new Set(room.records.map((record) => JSON.stringify(record))).size).toBe(1);
  });

  test('[C10] an ended call does nothing that it is told', () => {
    const room = three().say('alice', { type: 'hangup' }).say('bob', { type: 'hangup' });
    const ended = room.state.call;
    room.act('cyd', { type: 'accept' }).act('bob', { type: 'revoke' }, 'bob');
    expect(room.state.call).toEqual(ended);
    expect(room.is).toBe('ended hung_up');
  });
});
