import { describe, expect, test } from 'vitest';
import { QUEUE_LIMIT } from '../../../party/outbox.ts';
import { HANGS } from './answers.ts';
import type { CallRoom } from './call.ts';
import { answer, offer, ringing, talking, three } from './call.ts';

const move = { type: 'move' } as const;

/** Connects another device of a user with a ticket for moving the call. */
const prepare = (room: CallRoom, name: string): CallRoom => {
  room.permit(name.replace(/\d$/, ''), { device: name, takeOver: true });
  return room.join(name, { takeOver: true }).hello(name);
};

/** Who has the call: the devices of the members who have joined. */
const devices = (room: CallRoom) =>
  room.state.call?.members.map((member) => ('device' in member ? member.device : undefined));

describe('another device of a member, before it moves the call', () => {
  test('[C51] its ticket is for moving, and nothing has changed for anybody', () => {
    const room = talking().signal('bob', 1, offer());
    for (const name of ['alice', 'bob']) room.got(name);
    const permit = { device: 'bob2', takeOver: true };
    expect(room.permit('bob', permit)).toEqual({
      outcome: 'ok',
      role: 'callee',
      video: false,
      movable: true,
    });
    prepare(room, 'bob2');
    expect(room.got('bob2')).toMatchObject([
      {
        type: 'welcome',
        joined: false,
        movable: true,
        received: 0,
        peers: [{ user: 'alice', polite: true }],
      },
    ]);
    expect([...room.got('alice'), ...room.got('bob')]).toEqual([]);
    expect(devices(room)).toEqual(['alice', 'bob']);
  });

  test('[C51] it gets no signals and no acks, and hears who comes and goes', () => {
    const room = prepare(talking(), 'bob2');
    room.got('bob2');
    room.signal('alice', 1, offer()).signal('bob', 1, answer()).signal('bob', 3);
    room.ack('alice', 'bob', 1);
    expect(room.heard('bob', 'acked')).toHaveLength(1);
    expect(room.heard('bob', 'resend')).toHaveLength(1);
    expect(room.got('bob2')).toEqual([]);
    room.leave('alice');
    expect(room.got('bob2')).toMatchObject([{ type: 'peer', peer: { state: 'away' } }]);
  });

  test('[C51] it says nothing for the device that has the call', () => {
    const room = prepare(talking().signal('alice', 1, offer()), 'bob2');
    room.got('alice');
    for (const frame of [{ type: 'accept' }, { type: 'decline' }, { type: 'hangup' }])
      room.say('bob2', frame);
    room.signal('bob2', 1, answer()).ack('bob2', 'alice', 1);
    expect(room.errors('bob2')).toEqual(Array(5).fill('not_now'));
    expect(room.got('alice')).toEqual([]);
    expect(room.is).toBe('accepted');
  });

  test('[C51] when it goes nothing changes; and it is nobody who keeps a place', () => {
    const room = prepare(talking(), 'bob2');
    room.got('alice');
    expect(room.leave('bob2').got('alice')).toEqual([]);
    prepare(room, 'bob2').leave('bob');
    expect(room.heard('alice', 'peer')).toMatchObject([{ peer: { state: 'away' } }]);
    expect(room.wait(20_000).is).toBe('ended lost');
  });

  test('[C25, C51] it watches for a minute', () => {
    const room = prepare(talking(), 'bob2').wait(60_000);
    expect(room.closed).toEqual(['bob2 unauthorized']);
    expect(room.is).toBe('accepted');
  });

  test('[C18, C51] without a ticket for that it is refused, and so is the frame elsewhere', () => {
    const room = talking().join('bob2');
    expect(room.got('bob2')).toEqual([{ type: 'answered_elsewhere' }]);
    expect(room.closed).toEqual(['bob2 notInCall']);
    for (const name of ['alice', 'bob'])
      expect(room.say(name, move).errors(name)).toEqual(['not_now']);
    const calling = ringing().enter('alice').enter('bob').say('bob', move).say('alice', move);
    expect([calling.errors('alice'), calling.errors('bob')]).toEqual([['not_now'], ['not_now']]);
  });

  test('[C34, C51] a ticket for moving is of no use while nobody has answered', () => {
    const room = ringing().enter('alice').join('alice2', { takeOver: true });
    expect(room.closed).toEqual(['alice2 notInCall']);
    const permit = room.permit('alice', { device: 'alice3', takeOver: true });
    expect(permit).not.toHaveProperty('movable');
    expect(devices(room)).toEqual(['alice3', undefined]);
  });
});

describe('a call that moves to another device', () => {
  test('[C51] that one has it, begins anew, and the former hears where it went', () => {
    const room = talking().signal('alice', 1, offer()).signal('bob', 1, answer());
    prepare(room, 'bob2');
    for (const name of ['alice', 'bob', 'bob2']) room.got(name);
    room.told();
    room.say('bob2', move);
    expect(room.got('bob')).toEqual([{ type: 'answered_elsewhere', moved: true }]);
    expect(room.closed).toEqual(['bob notInCall']);
    expect(room.got('bob2')).toEqual([{ type: 'state', state: 'accepted' }]);
    expect(room.got('alice')).toMatchObject([
      { type: 'acked', seq: 1 },
      { type: 'peer', peer: { user: 'bob', state: 'joined', epoch: 2, polite: false } },
    ]);
    expect(room.told()).toEqual(['bob active bob2']);
    room.signal('alice', 2, offer('again')).signal('bob2', 1, answer('again'));
    expect(room.signals('bob2')).toEqual([[2, 'again']]);
    expect(room.heard('alice', 'signal')).toMatchObject([{ from: 'bob', epoch: 2, seq: 1 }]);
  });

  test('[C51, C52] its caller moves it as well; the record is as always', () => {
    const room = prepare(talking(), 'alice2').say('alice2', move).wait(5_000);
    expect(devices(room)).toEqual(['alice2', 'bob']);
    room.say('alice2', { type: 'hangup' });
    expect(room.is).toBe('ended hung_up');
    expect(room.records).toMatchObject([{ caller: 'alice', callees: [{ joined: true }] }]);
    expect(room.records).toHaveLength(1);
  });

  test('[C51] of two that move at once the first has it, and the other may ask anew', () => {
    const room = prepare(prepare(talking(), 'bob2'), 'bob3');
    room.say('bob3', move).say('bob2', move);
    expect(room.heard('bob2', 'answered_elsewhere')).toEqual([{ type: 'answered_elsewhere' }]);
    expect(room.heard('bob', 'answered_elsewhere')).toMatchObject([{ moved: true }]);
    expect(devices(room)).toEqual(['alice', 'bob3']);
    prepare(room, 'bob2').say('bob2', move);
    expect(room.heard('bob3', 'answered_elsewhere')).toMatchObject([{ moved: true }]);
    expect(devices(room)).toEqual(['alice', 'bob2']);
  });

  test('[C51] both sides move at once', () => {
    const room = prepare(prepare(talking(), 'bob2'), 'alice2');
    room.say('bob2', move).say('alice2', move).signal('alice2', 1, offer());
    expect(devices(room)).toEqual(['alice2', 'bob2']);
    expect(room.heard('bob2', 'peer').at(-1)).toMatchObject({ peer: { epoch: 2 } });
    expect(room.heard('bob2', 'signal')).toMatchObject([{ epoch: 2, seq: 1 }]);
  });

  test('[C12, C51] it moves from a device that is away, which comes back too late', () => {
    const room = prepare(talking().leave('bob'), 'bob2').wait(19_000).say('bob2', move);
    expect(room.wait(30_000).is).toBe('accepted');
    const held = { call: 'c', role: 'callee', state: 'accepted', device: 'bob2', session: 'bob2' };
    expect(room.permit('bob')).toEqual({ outcome: 'elsewhere', held });
    room.join('bob');
    expect(room.heard('bob', 'answered_elsewhere')).toEqual([{ type: 'answered_elsewhere' }]);
    expect(room.closed).toEqual(['bob notInCall']);
  });

  test('[C12, C51] who is away meanwhile comes back to the new epoch', () => {
    const room = talking().signal('bob', 1, answer()).leave('alice');
    room.got('alice');
    prepare(room, 'bob2').say('bob2', move).signal('bob2', 1, offer('moved'));
    room.enter('alice', { acked: 0, seen: { bob: { epoch: 1, seq: 1 } } });
    expect(room.heard('alice', 'welcome')).toMatchObject([{ peers: [{ epoch: 2 }] }]);
    expect(room.heard('alice', 'signal')).toMatchObject([{ epoch: 2, seq: 1 }]);
  });

  test('[C51] in a group all others negotiate anew with it, and nobody else does', () => {
    const room = prepare(three(), 'bob2');
    for (const name of ['alice', 'bob', 'bob2', 'cyd']) room.got(name);
    room.say('bob2', move);
    for (const name of ['alice', 'cyd'])
      expect(room.got(name)).toMatchObject([{ type: 'peer', peer: { user: 'bob', epoch: 2 } }]);
    room.signal('alice', 1, offer('new'), 'bob').signal('bob2', 1, answer('new'), 'alice');
    expect(room.signals('bob2')).toEqual([[1, 'new']]);
    expect(room.signals('alice')).toEqual([[1, 'new']]);
    expect(room.messages('active').at(-1)).toMatchObject({ peers: ['alice', 'cyd'], moved: true });
  });

  test('[C8, C51] one that waits in a group is not told that it is in when others join', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .accept('bob');
    prepare(room, 'bob2').accept('cyd');
    expect(room.heard('bob2', 'state')).toEqual([]);
    room.say('bob', { type: 'hangup' });
    expect(room.heard('bob2', 'state')).toMatchObject([{ state: 'ended', reason: 'hung_up' }]);
  });

  test('[C51] it has moved once its host has died, and its answer was lost', () => {
    const room = prepare(talking(), 'bob2').say('bob2', move).restart();
    room.enter('alice', { acked: 0, seen: {} }).enter('bob2', { acked: 0, seen: {} });
    expect(room.heard('bob2', 'welcome')).toMatchObject([{ joined: true }]);
    expect(room.say('bob2', move).errors('bob2')).toEqual(['not_now']);
    expect(room.state.call?.members[1]).toMatchObject({ device: 'bob2', epoch: 2 });
  });

  test('[C51] its ticket is still for moving after a restart of the room', () => {
    const room = talking();
    room.permit('bob', { device: 'bob2', takeOver: true });
    room.restart().enter('alice', { acked: 0, seen: {} });
    room.join('bob2', { takeOver: true }).hello('bob2').say('bob2', move);
    expect(devices(room)).toEqual(['alice', 'bob2']);
  });
});

describe('a call that moves from a legacy device', () => {
  const legacy = () =>
    ringing({}, { offer: offer() }).enter('alice').act('bob', { type: 'accept' });

  test('[C52] what that device still says counts no more', () => {
    const room = prepare(legacy(), 'bob2').say('bob2', move);
    room.act('bob', { type: 'signal', seq: 1, signal: answer() }).act('bob', { type: 'hangup' });
    expect(room.is).toBe('accepted');
    room.got('alice');
    expect(room.signal('bob2', 1, answer('new')).signals('alice')).toEqual([[1, 'new']]);
    expect(room.restart().is).toBe('accepted');
  });

  test('[C15, C52] signals that wait for that device hold up none to the new one', () => {
    const room = ringing({ signal: () => HANGS }, { offer: offer() }).enter('alice');
    room.act('bob', { type: 'accept' });
    for (let seq = 2; seq <= QUEUE_LIMIT + 2; seq++) room.signal('alice', seq);
    expect(room.errors('alice')).toContain('too_much');
    prepare(room, 'bob2').say('bob2', move);
    const { received } = room.state.call?.streams.find(({ user }) => user === 'alice') ?? {};
    room.signal('alice', (received ?? 0) + 1, offer('new'));
    expect(room.errors('alice')).toEqual([]);
    expect(room.signals('bob2')).toEqual([[(received ?? 0) + 1, 'new']]);
  });

  test('[C53] a call with a legacy client on the other side stays where it is', () => {
    const room = legacy();
    const permit = room.permit('alice', { device: 'alice2', takeOver: true });
    expect(permit).toMatchObject({ outcome: 'elsewhere', held: { device: 'alice' } });
    room.join('alice2', { takeOver: true });
    expect(room.closed).toEqual(['alice2 notInCall']);
  });

  test('[C53] it can be moved once the other side has left its legacy client', () => {
    const room = prepare(legacy(), 'bob2').say('bob2', move);
    expect(devices(prepare(room, 'alice2').say('alice2', move))).toEqual(['alice2', 'bob2']);
  });
});

describe('the sessions of both devices', () => {
  test('[C25, C52] the end of the new one’s session ends the call, of the former’s it does not', () => {
    const room = prepare(talking(), 'bob2').say('bob2', move).act('bob', { type: 'revoke' }, 'bob');
    expect(room.is).toBe('accepted');
    room.act('bob', { type: 'revoke' }, 'bob2');
    expect(room.is).toBe('ended hung_up');
  });

  test('[C25, C51] the end of the session of one that waits puts it out, and nothing else', () => {
    const room = prepare(talking(), 'bob2').act('bob', { type: 'revoke' }, 'bob2');
    expect(room.closed).toEqual(['bob2 unauthorized']);
    expect(room.is).toBe('accepted');
  });
});

describe('how often a call moves', () => {
  /** Moves the call to and fro, and returns what the last device was told. */
  const moveTimes = (room: CallRoom, times: number) => {
    for (let n = 0; n < times; n++) {
      const name = n % 2 === 0 ? 'bob2' : 'bob3';
      room.join(name, { takeOver: true }).hello(name).say(name, move);
    }
  };

  test('[C54] ten times a minute, and then again', () => {
    const room = talking();
    moveTimes(room, 10);
    expect(room.state.call?.members[1]).toMatchObject({ device: 'bob3', epoch: 11 });
    moveTimes(room, 1);
    expect(room.errors('bob2')).toEqual(['too_often']);
    expect(room.restart().enter('alice', { acked: 0, seen: {} }).enter('bob3').is).toBe('accepted');
    moveTimes(room, 1);
    expect(room.errors('bob2')).toEqual(['too_often']);
    room.wait(55_000).say('bob2', move);
    expect(devices(room)).toEqual(['alice', 'bob3']);
    room.wait(5_000);
    moveTimes(room, 1);
    expect(devices(room)).toEqual(['alice', 'bob2']);
  });

  test('[C54] each member has their own', () => {
    const room = talking();
    moveTimes(room, 11);
    prepare(room, 'alice2').say('alice2', move);
    expect(devices(room)).toEqual(['alice2', 'bob3']);
  });
});
