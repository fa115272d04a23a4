import { describe, expect, test } from 'vitest';
import { callRoom } from '../../../party/call/room.ts';
import { answer, CallRoom, HANGS, ice, offer, ringing, talking, three } from './call.ts';

const unreachable = () => undefined;
const done = () => ({ outcome: 'done' });
const oldCallee = () => ({ outcome: 'ok', devices: 1, old: true });

describe('a call that is accepted', () => {
  test('tells both, and their inboxes', () => {
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

  test('is on the device that accepts first; the others hear it at once, and are out', () => {
    const room = ringing().enter('bob').enter('bob2').enter('bob3').say('bob2', { type: 'accept' });
    for (const name of ['bob', 'bob3'])
      expect(room.got(name).at(-1)).toEqual({ type: 'answered_elsewhere' });
    expect(room.closed).toEqual(['bob notInCall', 'bob3 notInCall']);
    expect(room.heard('bob2', 'answered_elsewhere')).toEqual([]);
  });

  test('is accepted once', () => {
    const room = talking().say('bob', { type: 'accept' }).act('bob', { type: 'accept' });
    expect(room.errors('bob')).toEqual(['not_now']);
    expect(room.messages('active')).toHaveLength(2);
  });

  test('lets no other device of theirs in, which hears why', () => {
    const room = talking().join('bob2');
    expect(room.got('bob2')).toEqual([{ type: 'answered_elsewhere' }]);
    expect(room.closed).toEqual(['bob2 notInCall']);
  });

  test('ends for both when one hangs up, and says in its record when it was accepted', () => {
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

  test('has its host woken within five minutes, should that have been lost, and nobody come back', () => {
    const room = talking();
    for (let n = 0; n < 3; n++) {
      expect(callRoom.deadline(room.state)).toBe(room.now + 300_000);
      room.wait(300_000);
    }
  });

  test('is lost though the host loses its memory again and again before the grace is over', () => {
    const room = talking().leave('alice').leave('bob');
    for (let n = 0; n < 2; n++) room.wait(9_000).restart();
    expect(room.wait(2_000).is).toBe('ended lost');
    const other = talking().restart();
    for (let n = 0; n < 2; n++) other.wait(9_000).restart();
    expect(other.wait(2_000).is).toBe('ended lost');
  });

  test('lasts, and tells the inboxes every five minutes that they are busy for eleven more', () => {
    const room = talking();
    room.told();
    room.wait(299_999);
    expect(room.told()).toEqual([]);
    room.wait(1);
    expect(room.messages('active')).toMatchObject([{ until: 1_960_000 }, { until: 1_960_000 }]);
    expect(room.wait(3_600_000).is).toBe('accepted');
  });

  test('ends as busy when the inbox says that they took another one at the same moment', () => {
    const room = ringing({ active: (user) => ({ outcome: user === 'bob' ? 'busy' : 'ok' }) }).enter(
      'alice',
    );
    expect(room.accept('bob').is).toBe('ended busy');
    expect(room.got('alice').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'busy' });
  });

  test('does without an inbox that cannot be reached', () => {
    expect(talking({ active: unreachable }).wait(600_000).is).toBe('accepted');
  });
});

describe('somebody who has gone', () => {
  test('is away, and has 20 s to come back', () => {
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

  test('is lost after that', () => {
    const room = talking().leave('bob').wait(20_000);
    expect(room.is).toBe('ended lost');
    expect(room.got('alice').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'lost' });
  });

  test('is not there before the hello, however often they connect', () => {
    const room = talking().leave('bob').wait(10_000).join('bob');
    expect(room.wait(10_000).is).toBe('ended lost');
  });

  test('as the caller may be gone as long as it rings, and has 20 s from the moment that somebody accepts', () => {
    const room = ringing().enter('alice').leave('alice').wait(30_000).accept('bob');
    expect(room.wait(19_999).is).toBe('accepted');
    expect(room.wait(1).is).toBe('ended lost');
  });

  test('as both have 20 s when the host dies', () => {
    const room = talking().wait(1_000_000).restart().wait(19_999);
    expect(room.is).toBe('accepted');
    room.enter('alice', { seen: {}, acked: 0 }).enter('bob', { seen: {}, acked: 0 });
    expect(room.wait(60_000).is).toBe('accepted');
  });

  test('as nobody who comes back ends the call 20 s after the restart', () => {
    expect(talking().restart().wait(20_000).is).toBe('ended lost');
  });

  test('has no session any more: at once out of the call', () => {
    const room = talking().act('bob', { type: 'revoke' }, 'another');
    expect(room.is).toBe('accepted');
    room.act('bob', { type: 'revoke' }, 'bob');
    expect(room.closed).toContain('bob unauthorized');
    expect(room.is).toBe('ended hung_up');
  });

  test('has no session any more while it rings: out, and it rings on', () => {
    const room = ringing().enter('bob').enter('bob2').act('bob', { type: 'revoke' }, 'bob');
    expect(room.closed).toEqual(['bob unauthorized']);
    expect(room.is).toBe('ringing');
  });
});

describe('an old client', () => {
  const old = (answers = {}) =>
    ringing({ ring: oldCallee, ...answers }, { offer: offer() }).enter('alice');
  const signalled = (room: CallRoom) =>
    room.messages('signal').map(({ device, seq }) => `${device} ${seq}`);

  test('hears the offer while it rings, once, and accepts by its inbox', () => {
    const room = old().act('bob', { type: 'accept' });
    expect(signalled(room)).toEqual(['undefined 1']);
    expect(room.is).toBe('accepted');
    room.act('bob', { type: 'signal', seq: 1, signal: answer() });
    expect(room.signals('alice')).toEqual([[1, 'answer']]);
  });

  test('that comes late is handed what there is so far', () => {
    const room = ringing({}, { offer: offer() }).act('bob', { type: 'listen' });
    expect(signalled(room)).toEqual(['ws-bob 1']);
  });

  test('has got what its inbox has got, as the sender hears', () => {
    const room = old().act('bob', { type: 'accept' });
    expect(room.heard('alice', 'acked')).toMatchObject([{ seq: 1 }]);
    room.signal('alice', 2);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
    expect(signalled(room)).toEqual(['undefined 1', 'ws-bob 2']);
  });

  test('is lost when a signal cannot be handed to it for 10 s', () => {
    const room = old().act('bob', { type: 'accept' });
    Object.assign(room.answers, { signal: unreachable });
    room.signal('alice', 2).wait(9_999);
    expect(room.is).toBe('ended lost');
  });

  test('is out at once when it is gone, without grace', () => {
    expect(old().act('bob', { type: 'accept' }).act('bob', { type: 'hangup' }).is).toBe(
      'ended hung_up',
    );
  });

  test('ends nothing in which another device of theirs is', () => {
    const room = talking()
      .act('bob', { type: 'hangup' })
      .act('bob', { type: 'signal', seq: 1, signal: answer() });
    room.act('bob', { type: 'signal', seq: 1, signal: answer() }, 'bob');
    expect(room.is).toBe('accepted');
    expect(room.signals('alice')).toEqual([]);
  });

  test('keeps the room awake, every 5 s, and no new client does', () => {
    const woken = ({ state, now }: CallRoom) => (callRoom.deadline(state) ?? 0) - now;
    expect(woken(old().act('bob', { type: 'accept' }))).toBe(5_000);
    expect(woken(talking())).toBe(300_000);
  });

  test('needs nothing written down to look for silent sockets of new ones', () => {
    const { state, now } = talking();
    expect(callRoom.reminder?.(state)).toBe(now + 15_000);
  });

  test('cannot say again what it said: the call is lost with its host', () => {
    const room = old().act('bob', { type: 'accept' }).restart();
    expect(room.is).toBe('ended lost');
    expect(room.records).toMatchObject([
      { reason: 'lost', callees: [{ user: 'bob', joined: true }] },
    ]);
  });
});

describe('a call of several', () => {
  test('goes on with those who are left, and ends with the last but one', () => {
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

  test('goes on with one as long as it rings somewhere', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob')
      .say('bob', { type: 'hangup' });
    expect(room.is).toBe('accepted');
    expect(room.wait(45_000).is).toBe('ended hung_up');
  });

  test('goes on without those who do not answer, who hear that they missed it', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob')
      .enter('cyd')
      .wait(45_000);
    expect(room.is).toBe('accepted');
    expect(room.got('cyd').at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'missed' });
    expect(room.told()).toContain('cyd stop missed');
  });

  test('goes on without one who is lost', () => {
    const room = three().leave('cyd').wait(20_000);
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({
      reason: 'lost',
      peer: { user: 'cyd', state: 'left' },
    });
    expect(room.is).toBe('accepted');
  });

  test('takes those back who have left, as somebody who remembers nothing', () => {
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

  test('of two ends for good with the first who leaves', () => {
    expect(talking().say('bob', { type: 'hangup' }).permit('bob')).toEqual({
      outcome: 'no_such_call',
    });
  });

  test('tells whoever joins who is there, each pair with one polite side: who came later', () => {
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

  test('says in its record who missed it: those who did not answer, nor refuse, however the call went on', () => {
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
    'that is %s was missed by those for whom it rang until then, not by who declined',
    (reason, happens) => {
      const room = ringing({}, { callees: ['bob', 'cyd', 'dan'] }).enter('alice');
      happens(room);
      expect(room.records).toMatchObject([
        { reason, callees: [{ missed: true }, { user: 'cyd', missed: false }, {}] },
      ]);
    },
  );

  test('puts out somebody who acknowledges nothing for 15 s and so stops the others; they can go on', () => {
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

  test('puts nobody out who could not acknowledge: who was sent nothing that they could, or only just', () => {
    const room = three();
    // Candidates wait for a description.
    for (let seq = 1; seq <= 512; seq++) room.signal('alice', seq, ice(`${seq}`), 'cyd');
    room.wait(60_000).signal('alice', 513, ice('513'), 'bob');
    expect([room.errors('alice'), room.closed]).toEqual([['too_much'], []]);
    // Who comes back is sent it all once more.
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

  test('is not missed by one who joins it late', () => {
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

  test('lets one who has left look at it for a minute, then only from within', () => {
    const room = three().say('cyd', { type: 'hangup' }).enter('cyd').wait(59_999);
    expect(room.closed).toEqual(['cyd done']);
    room.wait(1);
    expect(room.closed).toEqual(['cyd done', 'cyd unauthorized']);
    room.enter('cyd').say('cyd', { type: 'accept' }).wait(120_000);
    expect(room.closed).toHaveLength(2);
    expect(room.is).toBe('accepted');
  });

  test('says in its record who was in it', () => {
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

describe('what is told to inboxes and the Worker', () => {
  test('comes in order: an end is told after the beginning has been heard', () => {
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

  test('is told again after a restart, as long as it is not heard', () => {
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
