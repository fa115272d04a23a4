import { describe, expect, test } from 'vitest';
import type { CallRoom } from './call.ts';
import { ringing, talking } from './call.ts';

describe('tickets to the room', () => {
  test('64 tickets of one user count in a minute; other users still come in', () => {
    const room = ringing().enter('alice');
    for (let n = 0; n < 64; n++) room.join('bob');
    room.closed.length = 0;
    expect(room.join('bob').closed).toEqual(['bob full']);
    expect(room.join('alice2').closed).not.toContain('alice2 full');
    expect(room.wait(44_000).is).toBe('ringing');
    room.closed.length = 0;
    expect(room.join('bob').closed).toEqual(['bob full']);
  });

  test('[C18] a ticket lets in once', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const room = ringing().join('bob', { ticket }).join('bob2', { ticket });
    expect(room.closed).toEqual(['bob2 unauthorized']);
  });

  test('[C18] a ticket lets in once, also after a restart', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const room = ringing().join('bob', { ticket }).restart().join('bob2', { ticket });
    expect(room.closed).toEqual(['bob2 unauthorized']);
  });

  test('[C18] a try that was refused uses the ticket up', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const room = ringing().join('bob', { ticket, role: 'caller' }).join('bob', { ticket });
    expect(room.closed).toEqual(['bob notInCall', 'bob unauthorized']);
  });

  test('[C18] nobody is let in with an expired ticket, or with none', () => {
    const room = ringing()
      .wait(30_000)
      .join('bob', { ticket: { id: 'jti', until: 1_030_000 } });
    room.join('alice', { ticket: undefined });
    room.step({ type: 'join', id: 'x', who: undefined, present: [] });
    expect(room.closed).toEqual(['bob unauthorized', 'alice unauthorized', 'x unauthorized']);
  });

  test('[C18] a ticket is remembered until it expires, and no longer', () => {
    const room = talking();
    for (let n = 0; n < 20; n++) room.leave('bob').enter('bob');
    const used = () => Object.keys(room.state.call?.used ?? {}).length;
    expect(used()).toBe(22);
    room.wait(60_000).leave('bob').enter('bob');
    expect(used()).toBe(1);
  });

  test('[C18] a ticket lets nobody in who is not in the call, or is something else in it', () => {
    const room = ringing().join('mallory').join('toString').join('bob', { role: 'caller' });
    expect(room.closed).toEqual(['mallory notInCall', 'toString notInCall', 'bob notInCall']);
  });
});

describe('connections', () => {
  test('[C8, C33] a connection is welcomed with all that there is to know', () => {
    const room = ringing({}, { video: true }).enter('alice').enter('bob');
    expect(room.got('bob')).toEqual([
      {
        type: 'welcome',
        version: 1,
        call: 'c',
        state: 'ringing',
        video: true,
        group: false,
        caller: 'alice',
        you: 'bob',
        joined: false,
        received: 0,
        ringsForMs: 45_000,
        peers: [
          {
            user: 'alice',
            username: 'alice_name',
            displayName: '',
            state: 'joined',
            epoch: 1,
            polite: true,
          },
        ],
      },
    ]);
  });

  test('[C35] a connection hears how long it rings, while it rings for anybody', () => {
    const ringsFor = (room: CallRoom, name: string) => room.heard(name, 'welcome')[0]?.ringsForMs;
    const group = ringing({}, { callees: ['bob', 'cyd'] })
      .wait(10_000)
      .enter('alice');
    expect(ringsFor(group, 'alice')).toBe(35_000);
    expect(ringsFor(group.accept('bob'), 'bob')).toBe(35_000);
    expect(ringsFor(group.accept('cyd').leave('bob').enter('bob'), 'bob')).toBeUndefined();
  });

  test('a connection says hello first, once, in a version that is spoken here', () => {
    const room = ringing()
      .join('alice')
      .say('alice', { type: 'hangup' })
      .hello('alice')
      .hello('alice');
    expect(room.errors('alice')).toEqual(['hello_first', 'not_now']);
    expect(room.is).toBe('ringing');
    room.join('bob').say('bob', { type: 'hello', version: 2 });
    expect(room.closed).toEqual(['bob version']);
  });

  test('a connection hears nothing before it has said hello', () => {
    const room = ringing().enter('alice').join('bob').say('alice', { type: 'hangup' });
    expect(room.got('bob')).toEqual([{ type: 'state', state: 'ended', reason: 'cancelled' }]);
  });

  test('[C23] a connection has its pings answered, also those in frames', () => {
    const room = ringing().enter('alice');
    room.got('alice');
    expect(room.say('alice', { type: 'ping' }).got('alice')).toEqual([{ type: 'pong' }]);
  });

  test('[C19] a connection gives way to a newer one of its device, and nobody hears of it', () => {
    const room = talking();
    room.got('alice');
    room.join('newer', { user: 'bob', device: 'bob' });
    expect(room.closed).toEqual(['bob replaced']);
    room.say('newer', { type: 'hello', version: 1, resume: { seen: {}, acked: 0 } }).wait(30_000);
    const states = room.heard('alice', 'peer').map(({ peer }) => peer.state);
    expect(states.at(-1)).toBe('joined');
    expect(room.is).toBe('accepted');
  });

  test('[C5] a connection that took the place of another and says no hello is not there', () => {
    const room = talking().join('newer', { user: 'bob', device: 'bob' }).wait(20_000);
    expect(room.is).toBe('ended lost');
  });

  test('[C19] a connection that gave way is not missed when it ends later', () => {
    const room = talking()
      .join('newer', { user: 'bob', device: 'bob' })
      .hello('newer', { seen: {}, acked: 0 });
    room.got('alice');
    room.leave('bob').wait(20_000);
    expect(room.got('alice')).toEqual([]);
  });

  test('a user has at most eight connections in a call', () => {
    const room = ringing();
    for (let n = 1; n <= 9; n++) room.join(`bob${n}`);
    expect(room.closed).toEqual(['bob9 full']);
  });

  test('[C23] a connection that is silent for 15 s is closed, and its user is away', () => {
    const room = talking();
    room.got('alice');
    room.mute.add('bob');
    room.wait(14_999);
    expect(room.closed).toEqual([]);
    room.wait(1);
    expect(room.closed).toEqual(['bob silent']);
    expect(room.heard('alice', 'peer')).toMatchObject([{ peer: { user: 'bob', state: 'away' } }]);
  });

  test('[C23] a silent connection is reported within 20 s, whenever it was heard last', () => {
    const room = talking().wait(14_000);
    room.mute.add('bob');
    room.got('alice');
    expect(room.wait(20_000).heard('alice', 'peer')).toMatchObject([{ peer: { state: 'away' } }]);
  });

  test('[A38, C25] a connection ends with its session', () => {
    const room = ringing().join('bob', { until: 1_012_000 }).wait(15_000);
    expect(room.closed).toEqual(['bob unauthorized']);
  });

  test('[C26] nothing that an unknown connection says counts', () => {
    const room = ringing().hello('ghost').say('ghost', { type: 'hangup' }).leave('ghost');
    expect(room.is).toBe('ringing');
  });
});
