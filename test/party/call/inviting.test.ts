import { describe, expect, test } from 'vitest';
import type { Invite } from '../../../party/wire/invite.ts';
import type { CallRoom } from './call.ts';
import { ice, offer, profile, ringing, talking, three } from './call.ts';

const invite = (room: CallRoom, who: string, change: Partial<Invite> = {}, by = 'alice') =>
  room.tell({ type: 'invite', user: by, device: by, callee: profile(who), ...change });

/** Alice and Bob in a call, into which Alice has invited Cyd. */
const grown = (answers?: Parameters<typeof talking>[0]) => {
  const room = talking(answers);
  room.got('alice');
  room.got('bob');
  room.posts.length = 0;
  expect(invite(room, 'cyd')).toEqual({ outcome: 'ok' });
  return room;
};

describe('inviting somebody into a call of two', () => {
  test('[C58] it rings for them in the name of who has invited them, with all others', () => {
    expect(grown().messages('ring')).toEqual([
      {
        type: 'ring',
        call: 'c',
        from: profile('alice'),
        video: false,
        group: true,
        expiresAt: 1_045_000,
        to: ['bob', 'cyd'],
        invitation: 1,
      },
    ]);
  });

  test('[C61] both are told by another welcome that it is a group', () => {
    const room = grown();
    for (const name of ['alice', 'bob']) {
      const [frame] = room.heard(name, 'welcome');
      expect(frame).toMatchObject({ group: true, joined: true, ringsForMs: 45_000 });
      expect(frame?.peers.at(-1)).toMatchObject({ user: 'cyd', state: 'ringing', polite: false });
    }
  });

  test('[C58, C14] who accepts is in a mesh with both, and polite to both', () => {
    const room = grown().accept('cyd');
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({
      peer: { user: 'cyd', state: 'joined', polite: false },
    });
    const polite = room.heard('cyd', 'welcome')[0]?.peers.map((peer) => peer.user);
    expect(polite).toEqual(['alice', 'bob']);
    room.signal('alice', 1, offer('to cyd'), 'cyd').signal('bob', 1, offer('of bob'), 'cyd');
    expect(room.signals('cyd')).toEqual([
      [1, 'to cyd'],
      [1, 'of bob'],
    ]);
  });

  test('[C61] signals of the two that name nobody are for the other one of them', () => {
    const room = grown().accept('cyd');
    room.signal('alice', 1, offer('made before')).signal('bob', 1, offer('so is this'));
    expect(room.signals('bob')).toEqual([[1, 'made before']]);
    expect(room.signals('alice')).toEqual([[1, 'so is this']]);
    expect(room.signals('cyd')).toEqual([]);
    room.signal('cyd', 1, offer('for whom?'));
    expect(room.errors('cyd')).toEqual(['no_such_peer']);
    room.restart().enter('alice', { seen: {}, acked: 1 }).enter('bob', { seen: {}, acked: 1 });
    room.signal('alice', 2, offer('after a restart'));
    expect(room.signals('bob')).toEqual([[2, 'after a restart']]);
  });

  test('[C58] a refusal, busy, or no answer takes them out alone, and the two talk on', () => {
    const declined = grown().act('cyd', { type: 'decline', invitation: 1 });
    const busy = grown({
      ring: (user) => (user === 'cyd' ? { outcome: 'busy' } : undefined),
    });
    const missed = grown().wait(45_000);
    const paused = grown({
      ring: (user) => (user === 'cyd' ? { outcome: 'limited', retryAfterSeconds: 9 } : undefined),
    });
    for (const [room, reason] of [
      [declined, 'declined'],
      [busy, 'busy'],
      [missed, 'missed'],
      [paused, 'failed'],
    ] as const) {
      expect(room.is, reason).toBe('accepted');
      expect(room.heard('bob', 'peer').at(-1)).toMatchObject({
        reason,
        peer: { user: 'cyd', state: 'left' },
      });
      expect(room.say('bob', { type: 'hangup' }).is).toBe('ended hung_up');
    }
  });

  test('[C58] it rings for 45 s from the invitation on, however old the call is', () => {
    const room = talking().wait(3_600_000);
    invite(room, 'cyd');
    room.enter('cyd');
    expect(room.heard('cyd', 'welcome')[0]).toMatchObject({ ringsForMs: 45_000 });
    expect(room.wait(44_999).got('cyd').at(-1)).not.toMatchObject({ state: 'ended' });
    expect(room.wait(1).got('cyd').at(-1)).toMatchObject({ state: 'ended', reason: 'missed' });
  });

  test('[C58, C10] an invitation outlives the host of the room', () => {
    const room = grown().restart().enter('alice').enter('bob').accept('cyd');
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({ peer: { state: 'joined' } });
    expect(grown().restart().enter('alice').enter('bob').wait(45_000).told()).toContain(
      'cyd stop missed',
    );
  });

  test('[C51, C58] the call moves to another device after it, and while it rings', () => {
    const room = grown();
    room.permit('alice', { device: 'alice2', takeOver: true });
    room.join('alice2', { takeOver: true }).hello('alice2').say('alice2', { type: 'move' });
    room.accept('cyd');
    expect(room.heard('alice2', 'peer').at(-1)).toMatchObject({ peer: { user: 'cyd' } });
    expect(invite(room, 'dan')).toMatchObject({ outcome: 'elsewhere', held: { device: 'alice2' } });
    expect(invite(room, 'dan', { device: 'alice2' })).toEqual({ outcome: 'ok' });
  });
});

describe('who may invite', () => {
  test('[C59] nobody who is not in the call, or not any more, nor after its end', () => {
    const room = three().say('cyd', { type: 'hangup' });
    for (const by of ['eve', 'cyd'])
      expect(invite(room, 'dan', {}, by)).toEqual({ outcome: 'no_such_call' });
    room.say('bob', { type: 'hangup' });
    expect(invite(room, 'dan')).toEqual({ outcome: 'no_such_call', reason: 'hung_up' });
    expect(invite(room, 'dan', {}, 'eve')).toEqual({ outcome: 'no_such_call' });
    expect(invite(room.wait(60_000), 'dan')).toEqual({ outcome: 'no_such_call' });
  });

  test('[C59] nobody before the call is answered, nor for whom it rings', () => {
    expect(invite(ringing().enter('alice'), 'cyd')).toEqual({ outcome: 'not_answered' });
    const room = grown().enter('cyd');
    expect(invite(room, 'dan', {}, 'cyd')).toEqual({ outcome: 'not_answered' });
  });

  test('[C59] nobody whose call has a legacy client, which knows two alone', () => {
    const room = ringing().enter('alice').act('bob', { type: 'accept' });
    expect(invite(room, 'cyd')).toEqual({ outcome: 'legacy' });
    expect(room.state.call?.group).toBe(false);
  });

  test('[C8, C59] a call has eight at most, and nobody twice', () => {
    const room = talking();
    const others = ['cyd', 'dan', 'eve', 'fay', 'gus', 'hal'];
    expect(others.map((who) => invite(room, who))).toEqual(others.map(() => ({ outcome: 'ok' })));
    expect(invite(room, 'ivy')).toEqual({ outcome: 'full' });
    expect(invite(room, 'bob')).toEqual({ outcome: 'there' });
    room.act('hal', { type: 'decline', invitation: 1 });
    expect(invite(room, 'ivy')).toEqual({ outcome: 'ok' });
  });

  test('[C9, C59] a call remembers 32 people at most', () => {
    const room = talking();
    for (let n = 3; n <= 32; n++) {
      expect(invite(room, `p${n}`)).toEqual({ outcome: 'ok' });
      room.act(`p${n}`, { type: 'decline', invitation: 1 });
    }
    expect(invite(room, 'one more')).toEqual({ outcome: 'full' });
    expect(invite(room, 'p3')).toEqual({ outcome: 'ok' });
  });
});

describe('somebody who is invited again', () => {
  test('[C62] it rings on while it rings, whoever invites, and however often', () => {
    const room = grown();
    room.posts.length = 0;
    expect(invite(room, 'cyd')).toEqual({ outcome: 'ok' });
    expect(invite(room, 'cyd', {}, 'bob')).toEqual({ outcome: 'ok' });
    expect([room.messages('ring'), room.heard('bob', 'welcome').length]).toEqual([[], 1]);
  });

  test('[C62] who has declined or left may be invited anew, and late words change nothing', () => {
    const room = grown().accept('cyd').say('cyd', { type: 'hangup' });
    expect(invite(room, 'cyd')).toEqual({ outcome: 'ok' });
    expect(room.messages('ring').at(-1)).toMatchObject({ invitation: 2 });
    room.act('cyd', { type: 'decline', invitation: 1 }).act('cyd', { type: 'busy' });
    expect(room.permit('cyd')).toMatchObject({ outcome: 'ok' });
    // What was on its way to them when they left is of no use to them.
    room.signal('bob', 1, offer('late'), 'cyd').signal('bob', 2, ice('late'), 'cyd').accept('cyd');
    expect(room.signals('cyd')).toEqual([]);
    expect(room.errors('bob')).toEqual([]);
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({ peer: { state: 'joined', epoch: 2 } });
  });

  test('[M42, C62] who has blocked the one may be invited by the other', () => {
    const room = talking();
    invite(room, 'cyd', { unheard: true });
    expect(room.messages('ring').at(-1)).toMatchObject({ unheard: true, invitation: 1 });
    invite(room, 'cyd', {}, 'bob');
    expect(room.messages('ring').at(-1)).toEqual(
      expect.not.objectContaining({ unheard: expect.anything() }),
    );
    expect(room.messages('ring').at(-1)).toMatchObject({ from: profile('bob'), invitation: 2 });
    invite(room, 'cyd', { unheard: true });
    expect(room.messages('ring')).toHaveLength(3);
  });

  test('[C62] the caller of the call, who has left it, is invited like others', () => {
    const room = three().say('alice', { type: 'hangup' });
    expect(invite(room, 'alice', {}, 'bob')).toEqual({ outcome: 'ok' });
    expect(room.messages('ring').at(-1)).toMatchObject({
      from: profile('bob'),
      to: ['alice', 'cyd'],
    });
    room.accept('alice');
    expect(room.heard('bob', 'peer').at(-1)).toMatchObject({ peer: { state: 'joined' } });
  });
});

describe('the record of a call with invitations', () => {
  test('[C63] the record names who was invited, by whom and when, and who missed it', () => {
    const room = grown();
    invite(room.wait(1_000), 'dan', { push: true }, 'bob');
    room.accept('dan').wait(45_000).say('dan', { type: 'hangup' }).say('bob', { type: 'hangup' });
    const [record] = room.records;
    expect(record).toMatchObject({ caller: 'alice', reason: 'hung_up' });
    expect(record?.callees).toEqual([
      { user: 'bob', joined: true, missed: false },
      { user: 'cyd', joined: false, missed: true, invited: { by: 'alice', at: 1_000_000 } },
      { user: 'dan', joined: true, missed: false, invited: { by: 'bob', at: 1_001_000 } },
    ]);
  });

  test('[C63] who was in the call stays so, though a later invitation was missed', () => {
    const room = grown().accept('cyd').say('cyd', { type: 'hangup' });
    invite(room.wait(1_000), 'cyd');
    room.wait(45_000).say('bob', { type: 'hangup' });
    expect(room.records[0]?.callees.at(-1)).toMatchObject({ joined: true, missed: true });
  });

  test('[C63] for who was in the call it begins as it did, though they were invited back', () => {
    const room = grown().accept('cyd');
    for (const who of ['bob', 'cyd', 'bob']) {
      room.say(who, { type: 'hangup' });
      invite(room.wait(1_000), who);
      room.accept(who);
    }
    room.say('cyd', { type: 'hangup' });
    invite(room.wait(1_000), 'cyd', {}, 'bob');
    room.wait(45_000).say('bob', { type: 'hangup' });
    expect(room.records[0]?.callees).toEqual([
      { user: 'bob', joined: true, missed: false, invited: { by: 'alice', at: 1_000_000 } },
      { user: 'cyd', joined: true, missed: true, invited: { by: 'bob', at: 1_000_000 } },
    ]);
  });

  test('[C29, C63] what was missed stays so when it may not ring once more yet', () => {
    let ring: object | undefined;
    const room = grown({ ring: (user) => (user === 'cyd' ? ring : undefined) }).wait(45_000);
    ring = { outcome: 'limited', retryAfterSeconds: 9 };
    invite(room, 'cyd', {}, 'bob');
    room.say('bob', { type: 'hangup' });
    const invited = { by: 'alice', at: 1_000_000 };
    expect(room.records[0]?.callees.at(-1)).toEqual({
      user: 'cyd',
      joined: false,
      missed: true,
      invited,
    });
  });

  test('[M42, C63] who is blocked takes nothing out of a history, and is not named in it', () => {
    for (const [first, missed] of [
      [(room: CallRoom) => room.act('cyd', { type: 'decline', invitation: 1 }), false],
      [(room: CallRoom) => room.wait(45_000), true],
    ] as const) {
      const room = first(grown());
      invite(room, 'cyd', { unheard: true }, 'bob');
      room.wait(45_000).say('bob', { type: 'hangup' });
      const invited = { by: 'alice', at: 1_000_000 };
      expect(room.records[0]?.callees.at(-1)).toEqual({
        user: 'cyd',
        joined: false,
        missed,
        invited,
      });
    }
    const room = three().say('cyd', { type: 'hangup' });
    invite(room, 'cyd', { unheard: true }, 'bob');
    room.wait(45_000).say('bob', { type: 'hangup' });
    expect(room.records[0]?.callees.at(-1)).toMatchObject({ invited: { by: 'alice' } });
  });
});
