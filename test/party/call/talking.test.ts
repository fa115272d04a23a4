import { describe, expect, test } from 'vitest';
import { callRoomDefinition } from '../../../party/call/room.ts';
import { HANGS } from './answers.ts';
import { CallRoom, ringing, talking } from './call.ts';

const unreachable = () => undefined;
const done = () => ({ outcome: 'done' });

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
      expect(callRoomDefinition.deadline(room.state)).toBe(room.now + 300_000);
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
