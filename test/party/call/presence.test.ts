import { describe, expect, test } from 'vitest';
import { type CallRoom, ringing, talking } from './call.ts';

describe('a ticket to the room', () => {
  test('is one of 64 in a minute for one user; others come in', () => {
    const room = ringing().enter('alice');
    for (let n = 0; n < 64; n++) room.join('bob');
    room.closed.length = 0;
    expect(room.join('bob').closed).toEqual(['bob full']);
    expect(room.join('alice2').closed).not.toContain('alice2 full');
    expect(room.wait(44_000).is).toBe('ringing');
    room.closed.length = 0;
    expect(room.join('bob').closed).toEqual(['bob full']);
  });

  test('lets in once', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const room = ringing().join('bob', { ticket }).join('bob2', { ticket });
    expect(room.closed).toEqual(['bob2 unauthorized']);
  });

  test('lets in once, also after a restart', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const room = ringing().join('bob', { ticket }).restart().join('bob2', { ticket });
    expect(room.closed).toEqual(['bob2 unauthorized']);
  });

  test('is used up by a try that was refused', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const room = ringing().join('bob', { ticket, role: 'caller' }).join('bob', { ticket });
    expect(room.closed).toEqual(['bob notInCall', 'bob unauthorized']);
  });

  test('lets nobody in when it has expired, or there is none', () => {
    const room = ringing()
      .wait(30_000)
      .join('bob', { ticket: { id: 'jti', until: 1_030_000 } });
    room.join('alice', { ticket: undefined });
    room.step({ type: 'join', id: 'x', who: undefined, present: [] });
    expect(room.closed).toEqual(['bob unauthorized', 'alice unauthorized', 'x unauthorized']);
  });

  test('is remembered until it expires, and no longer', () => {
    const room = talking();
    for (let n = 0; n < 20; n++) room.leave('bob').enter('bob');
    const used = () => Object.keys(room.state.call?.used ?? {}).length;
    expect(used()).toBe(22);
    room.wait(60_000).leave('bob').enter('bob');
    expect(used()).toBe(1);
  });

  test('lets nobody in who is not in the call, or something else in it', () => {
    const room = ringing().join('mallory').join('toString').join('bob', { role: 'caller' });
    expect(room.closed).toEqual(['mallory notInCall', 'toString notInCall', 'bob notInCall']);
  });
});

describe('a connection', () => {
  test('is welcomed with all that there is to know', () => {
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

  test('hears how long it rings, as long as it rings for anybody', () => {
    const ringsFor = (room: CallRoom, name: string) => room.heard(name, 'welcome')[0]?.ringsForMs;
    const group = ringing({}, { callees: ['bob', 'cyd'] })
      .wait(10_000)
      .enter('alice');
    expect(ringsFor(group, 'alice')).toBe(35_000);
    expect(ringsFor(group.accept('bob'), 'bob')).toBe(35_000);
    expect(ringsFor(group.accept('cyd').leave('bob').enter('bob'), 'bob')).toBeUndefined();
  });

  test('must say hello first, in a version that is spoken here, and once', () => {
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

  test('hears nothing before it has said hello', () => {
    const room = ringing().enter('alice').join('bob').say('alice', { type: 'hangup' });
    expect(room.got('bob')).toEqual([{ type: 'state', state: 'ended', reason: 'cancelled' }]);
  });

  test('has its pings answered, also as frames', () => {
    const room = ringing().enter('alice');
    room.got('alice');
    expect(room.say('alice', { type: 'ping' }).got('alice')).toEqual([{ type: 'pong' }]);
  });

  test('gives way to a newer one of the same device, and nobody hears of it', () => {
    const room = talking();
    room.got('alice');
    room.join('newer', { user: 'bob', device: 'bob' });
    expect(room.closed).toEqual(['bob replaced']);
    room.say('newer', { type: 'hello', version: 1, resume: { seen: {}, acked: 0 } }).wait(30_000);
    const states = room.heard('alice', 'peer').map(({ peer }) => peer.state);
    expect(states.at(-1)).toBe('joined');
    expect(room.is).toBe('accepted');
  });

  test('that has taken the place of another one, and says no hello, is not there', () => {
    const room = talking().join('newer', { user: 'bob', device: 'bob' }).wait(20_000);
    expect(room.is).toBe('ended lost');
  });

  test('that gave way is not missed when it ends later', () => {
    const room = talking()
      .join('newer', { user: 'bob', device: 'bob' })
      .hello('newer', { seen: {}, acked: 0 });
    room.got('alice');
    room.leave('bob').wait(20_000);
    expect(room.got('alice')).toEqual([]);
  });

  test('is the eighth of its user at most', () => {
    const room = ringing();
    for (let n = 1; n <= 9; n++) room.join(`bob${n}`);
    expect(room.closed).toEqual(['bob9 full']);
  });

  test('that says nothing for 15 s is closed, and its user away', () => {
    const room = talking();
    room.got('alice');
    room.mute.add('bob');
    room.wait(14_999);
    expect(room.closed).toEqual([]);
    room.wait(1);
    expect(room.closed).toEqual(['bob silent']);
    expect(room.heard('alice', 'peer')).toMatchObject([{ peer: { user: 'bob', state: 'away' } }]);
  });

  test('that says nothing is reported within 20 s, whenever it was heard last', () => {
    const room = talking().wait(14_000);
    room.mute.add('bob');
    room.got('alice');
    expect(room.wait(20_000).heard('alice', 'peer')).toMatchObject([{ peer: { state: 'away' } }]);
  });

  test('ends with its session', () => {
    const room = ringing().join('bob', { until: 1_012_000 }).wait(15_000);
    expect(room.closed).toEqual(['bob unauthorized']);
  });

  test('of nobody says nothing that counts', () => {
    const room = ringing().hello('ghost').say('ghost', { type: 'hangup' }).leave('ghost');
    expect(room.is).toBe('ringing');
  });
});
