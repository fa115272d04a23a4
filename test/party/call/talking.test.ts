import { describe, expect, test } from 'vitest';
import { callRoom } from '../../../party/call/room.ts';
import { answer, CallRoom, HANGS, ice, offer, ringing, talking, three } from './call.ts';

const unreachable = () => undefined;
const done = () => ({ outcome: 'done' });
const oldCallee = () => ({ outcome: 'ok', devices: 1, old: true });

describe('a call that is accepted', () => {
  test('both members hear of it, and their inboxes do', () => {
    const room = ringing().enter('alice').enter('bob');
    for (const name of ['alice', 'bob']) room.got(name);
    room.told();
    room.say('bob', { type: 'accept' });
    expect(room.is).toBe('accepted');
    expect(room.got('alice')).toMatchObject([
      { type: 'state', state: 'accepted' },
      { type: 'peer', peer: { user: 'bob', state: 'joined', epoch: 1 } },
    ]);
    expect(room.got('bob')).toEqual([{ type: 'state', state: 'accepted' }]);
    expect(room.told()).toEqual(['alice active alice', 'bob active bob']);
  });

  test('[C2] the call is on the device that accepts first; the others hear it and are out', () => {
    const room = ringing().enter('bob').enter('bob2').enter('bob3').say('bob2', { type: 'accept' });
    for (const name of ['bob', 'bob3'])
      expect(room.got(name).at(-1)).toEqual({ type: 'answered_elsewhere' });
    expect(room.closed).toEqual(['bob notInCall', 'bob3 notInCall']);
    expect(room.heard('bob2', 'answered_elsewhere')).toEqual([]);
  });

  test('[C2] a call is accepted once', () => {
    const room = talking().say('bob', { type: 'accept' }).act('bob', { type: 'accept' });
    expect(room.errors('bob')).toEqual(['not_now']);
    expect(room.messages('active')).toHaveLength(2);
  });

  test('[C2] no other device of theirs is let in, and it hears why', () => {
    const room = talking().join('bob2');
    expect(room.got('bob2')).toEqual([{ type: 'answered_elsewhere' }]);
    expect(room.closed).toEqual(['bob2 notInCall']);
  });

  test('[C1, C9] a hangup ends the call for both; the record says when it was accepted', () => {
    const room = ringing({}, { video: true }).enter('alice').wait(5_000).accept('bob').wait(60_000);
    room.say('alice', { type: 'hangup' });
    for (const name of ['alice', 'bob']) {
      expect(room.got(name).at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'hung_up' });
    }
    expect(room.records).toEqual([
      {
        type: 'record',
        call: 'c',
        caller: 'alice',
        video: true,
        reason: 'hung_up',
        createdAt: 1_000_000,
        acceptedAt: 1_005_000,
        endedAt: 1_065_000,
        callees: [{ user: 'bob', joined: true, missed: false }],
        turn: [],
      },
    ]);
  });

  test('[C10] the host is woken within five minutes, should it die and nobody come back', () => {
    const room = talking();
    for (let n = 0; n < 3; n++) {
      expect(callRoom.deadline(room.state)).toBe(room.now + 300_000);
      room.wait(300_000);
    }
  });

  test('[C10, C12] a call is lost though its host dies again and again within the grace', () => {
    const room = talking().leave('alice').leave('bob');
    for (let n = 0; n < 2; n++) room.wait(9_000).restart();
    expect(room.wait(2_000).is).toBe('ended lost');
    const other = talking().restart();
    for (let n = 0; n < 2; n++) other.wait(9_000).restart();
    expect(other.wait(2_000).is).toBe('ended lost');
  });

  test('the call tells the inboxes every five minutes that they are busy for eleven more', () => {
    const room = talking();
    room.told();
    room.wait(299_999);
    expect(room.told()).toEqual([]);
    room.wait(1);
    expect(room.messages('active')).toMatchObject([{ until: 1_960_000 }, { until: 1_960_000 }]);
    expect(room.wait(3_600_000).is).toBe('accepted');
  });

  test('[C3] the call ends as busy when the callee took another one at the same moment', () => {
    const room = ringing({ active: (user) => ({ outcome: user === 'bob' ? 'busy' : 'ok' }) }).enter(
      'alice',
    );
    expect(room.accept('bob').is).toBe('ended busy');
    expect(room.got('alice').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'busy' });
  });

  test('the call goes on without an inbox that cannot be reached', () => {
    expect(talking({ active: unreachable }).wait(600_000).is).toBe('accepted');
  });
});

describe('a member who has gone', () => {
  test('[C12] a member who has gone is away, and has 20 s to come back', () => {
    const room = talking();
    room.got('alice');
    room.leave('bob');
    expect(room.heard('alice', 'peer')).toMatchObject([{ peer: { user: 'bob', state: 'away' } }]);
    room.wait(19_999).enter('bob', { seen: {}, acked: 0 });
    expect(room.heard('alice', 'peer')).toMatchObject([
      { peer: { user: 'bob', state: 'joined', epoch: 1 } },
    ]);
    expect(room.wait(60_000).is).toBe('accepted');
  });

  test('[C12] a member who stays away for 20 s is lost', () => {
    const room = talking().leave('bob').wait(20_000);
    expect(room.is).toBe('ended lost');
    expect(room.got('alice').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'lost' });
  });

  test('[C12] a member is not back before the hello, however often they connect', () => {
    const room = talking().leave('bob').wait(10_000).join('bob');
    expect(room.wait(10_000).is).toBe('ended lost');
  });

  test('[C12] the caller may be gone while it rings, and has 20 s once somebody accepts', () => {
    const room = ringing().enter('alice').leave('alice').wait(30_000).accept('bob');
    expect(room.wait(19_999).is).toBe('accepted');
    expect(room.wait(1).is).toBe('ended lost');
  });

  test('[C12] both members have 20 s when the host dies', () => {
    const room = talking().wait(1_000_000).restart().wait(19_999);
    expect(room.is).toBe('accepted');
    room.enter('alice', { seen: {}, acked: 0 }).enter('bob', { seen: {}, acked: 0 });
    expect(room.wait(60_000).is).toBe('accepted');
  });

  test('[C12] a call is lost 20 s after a restart when nobody comes back', () => {
    expect(talking().restart().wait(20_000).is).toBe('ended lost');
  });

  test('[A38, C25] a member whose session ends is out of the call at once', () => {
    const room = talking().act('bob', { type: 'revoke' }, 'another');
    expect(room.is).toBe('accepted');
    room.act('bob', { type: 'revoke' }, 'bob');
    expect(room.closed).toContain('bob unauthorized');
    expect(room.is).toBe('ended hung_up');
  });

  test('[A38, C25] a callee whose session ends while it rings is out, and it rings on', () => {
    const room = ringing().enter('bob').enter('bob2').act('bob', { type: 'revoke' }, 'bob');
    expect(room.closed).toEqual(['bob unauthorized']);
    expect(room.is).toBe('ringing');
  });
});

describe('a legacy client in a call', () => {
  const legacyCall = (answers = {}) =>
    ringing({ ring: oldCallee, ...answers }, { offer: offer() }).enter('alice');
  const signalled = (room: CallRoom) =>
    room.messages('signal').map(({ device, seq }) => `${device} ${seq}`);

  test('[C37] a legacy client hears the offer once as it rings, and accepts by its inbox', () => {
    const room = legacyCall().act('bob', { type: 'accept' });
    expect(signalled(room)).toEqual(['undefined 1']);
    expect(room.is).toBe('accepted');
    room.act('bob', { type: 'signal', seq: 1, signal: answer() });
    expect(room.signals('alice')).toEqual([[1, 'answer']]);
  });

  test('[C37] a legacy client that comes late is handed what there is so far', () => {
    const room = ringing({}, { offer: offer() }).act('bob', { type: 'listen' });
    expect(signalled(room)).toEqual(['ws-bob 1']);
  });

  test('[C15, C37] what the inbox of a legacy client has counts as acknowledged', () => {
    const room = legacyCall().act('bob', { type: 'accept' });
    expect(room.heard('alice', 'acked')).toMatchObject([{ seq: 1 }]);
    room.signal('alice', 2);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
    expect(signalled(room)).toEqual(['undefined 1', 'ws-bob 2']);
  });

  test('[C10] a call is lost when a signal cannot be handed to a legacy client for 10 s', () => {
    const room = legacyCall().act('bob', { type: 'accept' });
    Object.assign(room.answers, { signal: unreachable });
    room.signal('alice', 2).wait(9_999);
    expect(room.is).toBe('ended lost');
  });

  test('[C39] a legacy client is out at once when it is gone, without grace', () => {
    expect(legacyCall().act('bob', { type: 'accept' }).act('bob', { type: 'hangup' }).is).toBe(
      'ended hung_up',
    );
  });

  test('[C18] a legacy client ends nothing that another device of its user is in', () => {
    const room = talking()
      .act('bob', { type: 'hangup' })
      .act('bob', { type: 'signal', seq: 1, signal: answer() });
    room.act('bob', { type: 'signal', seq: 1, signal: answer() }, 'bob');
    expect(room.is).toBe('accepted');
    expect(room.signals('alice')).toEqual([]);
  });

  test('a legacy client keeps the room awake every 5 s, a current one does not', () => {
    const woken = ({ state, now }: CallRoom) => (callRoom.deadline(state) ?? 0) - now;
    expect(woken(legacyCall().act('bob', { type: 'accept' }))).toBe(5_000);
    expect(woken(talking())).toBe(300_000);
  });

  test('the room looks for silent sockets of current clients without writing anything', () => {
    const { state, now } = talking();
    expect(callRoom.reminder?.(state)).toBe(now + 15_000);
  });

  test('[C39] a call with a legacy client is lost with its host', () => {
    const room = legacyCall().act('bob', { type: 'accept' }).restart();
    expect(room.is).toBe('ended lost');
    expect(room.records).toMatchObject([
      { reason: 'lost', callees: [{ user: 'bob', joined: true }] },
    ]);
  });
});

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
    expect(talking().say('bob', { type: 'hangup' }).permit('bob')).toEqual({
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

describe('posts to inboxes and the Worker', () => {
  test('[C16] posts keep their order: an end is told after the beginning was heard', () => {
    const room = new CallRoom({ ring: () => HANGS });
    room.create();
    room.enter('alice').say('alice', { type: 'hangup' });
    expect(room.told()).toEqual([
      'alice dial alice',
      'bob ring',
      'alice stop cancelled',
      'worker record cancelled',
    ]);
    expect(room.settle({ outcome: 'ok', devices: 1, old: false }).told()).toEqual([
      'bob stop cancelled',
    ]);
  });

  test('[C9, C16] posts are repeated after a restart until they are heard', () => {
    const room = talking({ stop: () => HANGS, record: () => HANGS }).say('bob', { type: 'hangup' });
    room.told();
    Object.assign(room.answers, { stop: done, record: done });
    expect(room.restart().told()).toEqual([
      'alice stop hung_up',
      'bob stop hung_up',
      'worker record hung_up',
    ]);
  });
});
