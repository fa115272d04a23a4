import { describe, expect, test } from 'vitest';
import { CallRoom, ice, offer, ringing, talking, three } from './call.ts';

describe('a call of several', () => {
  test('[C8] the call goes on with those who are left, and ends with the last but one', () => {
    const room = three().say('alice', { type: 'hangup' });
    expect(room.is).toBe('accepted');
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({
      reason: 'hung_up',
      peer: { user: 'alice', state: 'left' },
    });
    expect(room.got('alice').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'hung_up' });
    expect(room.say('bob', { type: 'hangup' }).is).toBe('ended hung_up');
    expect(room.got('cyd').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'hung_up' });
  });

  test('[C8] the call goes on with one member while it rings somewhere', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob')
      .say('bob', { type: 'hangup' });
    expect(room.is).toBe('accepted');
    expect(room.wait(45_000).is).toBe('ended hung_up');
  });

  test('[C4, C8] the call goes on without those who do not answer, who missed it', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob')
      .enter('cyd')
      .wait(45_000);
    expect(room.is).toBe('accepted');
    expect(room.got('cyd').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'missed' });
    expect(room.told()).toContain('cyd stop missed');
  });

  test('[C8, C12] the call goes on without a member who is lost', () => {
    const room = three().leave('cyd').wait(20_000);
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({
      reason: 'lost',
      peer: { user: 'cyd', state: 'left' },
    });
    expect(room.is).toBe('accepted');
  });

  test('[C8, C29] the call goes on when a callee may not be rung and another talks', () => {
    const limited = { outcome: 'limited', retryAfterSeconds: 10 };
    const answers = { ring: (user: string) => (user === 'bob' ? limited : undefined) };
    const room = new CallRoom(answers);
    room.create({ callees: ['bob', 'cyd'] });
    room.enter('alice').permit('bob');
    room.accept('bob');
    expect(room.is).toBe('accepted');
    room.answers.ring = () => limited;
    room.wait(1_000);
    expect(room.is).toBe('accepted');
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({
      peer: { user: 'cyd', state: 'left' },
    });
  });

  test('[C8] a member who has left can come back, as somebody who remembers nothing', () => {
    const room = three().say('cyd', { type: 'hangup' });
    expect(room.permit('cyd')).toMatchObject({ outcome: 'ok' });
    room.got('bob');
    room.enter('cyd');
    expect(room.heard('cyd', 'welcome').at(-1)).toMatchObject({ joined: false, received: 0 });
    room.say('cyd', { type: 'accept' });
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({
      peer: { user: 'cyd', state: 'joined', epoch: 2 },
    });
  });

  test('[C1] a call of two ends for good with the first who leaves', () => {
    expect(talking().say('bob', { type: 'hangup' }).permit('bob')).toMatchObject({
      outcome: 'no_such_call',
    });
  });

  test('[C8, C14] who joins hears who is there; of each pair the later one is polite', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .accept('cyd')
      .enter('alice')
      .accept('bob');
    const politeTo = (name: string) => {
      const [welcome] = room.leave(name).enter(name).heard(name, 'welcome').slice(-1);
      return welcome?.peers.filter(({ polite }) => polite).map(({ user }) => user);
    };
    expect([politeTo('alice'), politeTo('cyd'), politeTo('bob')]).toEqual([
      [],
      ['alice'],
      ['alice', 'cyd'],
    ]);
  });

  test('[C9] the record says who missed it: whoever neither answered nor refused', () => {
    const room = ringing(
      {
        ring: (user) =>
          user === 'dan' ? { outcome: 'busy' } : { outcome: 'ok', devices: 1, old: false },
      },
      { callees: ['bob', 'cyd', 'dan', 'eve'] },
    );
    room
      .enter('alice')
      .accept('bob')
      .act('cyd', { type: 'decline' })
      .wait(45_000)
      .say('bob', { type: 'hangup' });
    const missed = (name: string) =>
      room.records[0]?.callees.find(({ user }) => user === name)?.missed;
    expect(['bob', 'cyd', 'dan', 'eve'].map(missed)).toEqual([false, false, true, true]);
  });

  test.each([
    [
      'cancelled',
      (room: CallRoom) => room.act('cyd', { type: 'decline' }).say('alice', { type: 'hangup' }),
    ],
    ['missed', (room: CallRoom) => room.act('cyd', { type: 'decline' }).wait(45_000)],
    [
      'hung_up',
      (room: CallRoom) =>
        room
          .act('cyd', { type: 'decline' })
          .accept('dan')
          .say('dan', { type: 'hangup' })
          .say('alice', { type: 'hangup' }),
    ],
  ])(
    '[C6] a call that is %s was missed by those it rang until then, not by who declined',
    (reason, happens) => {
      const room = ringing({}, { callees: ['bob', 'cyd', 'dan'] }).enter('alice');
      happens(room);
      expect(room.records).toMatchObject([
        { reason, callees: [{ missed: true }, { user: 'cyd', missed: false }, {}] },
      ]);
    },
  );

  test('[C15] a member who acknowledges nothing for 15 s and stops the others is put out', () => {
    const room = three();
    room.signal('alice', 1, offer(), 'cyd');
    for (let seq = 2; seq <= 512; seq++) room.signal('alice', seq, ice(`${seq}`), 'cyd');
    room.wait(14_999).signal('alice', 513, offer(), 'bob');
    expect(room.errors('alice')).toEqual(['too_much']);
    expect(room.closed).toEqual([]);
    room.wait(1).signal('alice', 513, offer(), 'bob');
    expect(room.closed).toEqual(['cyd done']);
    expect(room.got('cyd').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'lost' });
    room.signal('alice', 513, offer('again'), 'bob');
    expect(room.signals('bob')).toEqual([[513, 'again']]);
  });

  test('[C15] a member who had no chance to acknowledge is not put out', () => {
    const room = three();
    // Candidates wait for a description.
    for (let seq = 1; seq <= 512; seq++) room.signal('alice', seq, ice(`${seq}`), 'cyd');
    room.wait(60_000).signal('alice', 513, ice('513'), 'bob');
    expect([room.errors('alice'), room.closed]).toEqual([['too_much'], []]);
    // A member who comes back is sent all of it once more.
    const other = three();
    other.signal('alice', 1, offer(), 'cyd');
    for (let seq = 2; seq <= 512; seq++) other.signal('alice', seq, ice(`${seq}`), 'cyd');
    other
      .leave('cyd')
      .wait(16_000)
      .enter('cyd', { seen: {}, acked: 0 })
      .signal('alice', 513, ice('513'), 'bob');
    expect([other.errors('alice'), other.closed]).toEqual([['too_much'], []]);
    other.wait(14_999).signal('alice', 513, ice('513'), 'bob');
    expect(other.closed).toEqual([]);
    expect(other.wait(1).signal('alice', 513, ice('513'), 'bob').closed).toEqual(['cyd done']);
  });

  test('[C6] a member who joins late has not missed the call', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob')
      .wait(45_000);
    expect(
      room.accept('cyd').say('cyd', { type: 'hangup' }).say('bob', { type: 'hangup' }).is,
    ).toBe('ended hung_up');
    expect(room.records[0]?.callees).toEqual([
      { user: 'bob', joined: true, missed: false },
      { user: 'cyd', joined: true, missed: false },
    ]);
  });

  test('[C8] a member who left may look on for a minute, then only from within', () => {
    const room = three().say('cyd', { type: 'hangup' }).enter('cyd').wait(59_999);
    expect(room.closed).toEqual(['cyd done']);
    room.wait(1);
    expect(room.closed).toEqual(['cyd done', 'cyd unauthorized']);
    room.enter('cyd').say('cyd', { type: 'accept' }).wait(120_000);
    expect(room.closed).toHaveLength(2);
    expect(room.is).toBe('accepted');
  });

  test('[C9] the record says who was in the call', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob')
      .act('cyd', { type: 'decline' });
    room.say('bob', { type: 'hangup' });
    expect(room.records).toMatchObject([
      {
        reason: 'hung_up',
        callees: [
          { user: 'bob', joined: true },
          { user: 'cyd', joined: false },
        ],
      },
    ]);
  });
});
