import { describe, expect, test } from 'vitest';
import type { CallRoom } from './call.ts';
import { offer, ringing, talking, three } from './call.ts';

const takeOver = (room: CallRoom, device = 'alice2', user = 'alice') =>
  room.permit(user, { device, takeOver: true });

describe('a call that nobody has answered', () => {
  test('[C34] the call moves to another device of the caller, which begins anew', () => {
    const room = ringing({}, { offer: offer('from the first') })
      .enter('alice')
      .enter('bob');
    room.told();
    room.got('alice');
    expect(takeOver(room)).toEqual({ outcome: 'ok', role: 'caller', video: false });
    expect(room.got('alice')).toEqual([{ type: 'answered_elsewhere' }]);
    expect(room.closed).toEqual(['alice notInCall']);
    const to = { party: 'inbox', id: 'alice' };
    const about = { call: 'c', device: 'alice2', epoch: 2, to: ['bob'], until: 1_055_000 };
    expect(room.posts.map(({ to, message }) => [to, message])).toEqual([
      [to, { type: 'moved', ...about }],
    ]);
    room.join('alice2').hello('alice2');
    expect(room.heard('alice2', 'welcome')).toMatchObject([{ joined: true, received: 0 }]);
    room.signal('alice2', 1, offer('from the second')).accept('bob2');
    expect(room.signals('bob2')).toEqual([[1, 'from the second']]);
    expect(room.state.call?.members[0]).toMatchObject({ device: 'alice2', epoch: 2 });
  });

  test('[C34] the call moves back, and once for a device that asks twice', () => {
    const room = ringing().enter('alice');
    for (const device of ['alice2', 'alice2', 'alice', 'alice']) {
      expect(takeOver(room, device)).toMatchObject({ outcome: 'ok' });
    }
    expect(room.messages('moved').map(({ device, epoch }) => [device, epoch])).toEqual([
      ['alice2', 2],
      ['alice', 3],
    ]);
  });

  test('[C34] the call moves from a legacy device, whose late words no longer count', () => {
    const room = ringing({}, { old: true, device: 'ws-alice', offer: offer() });
    takeOver(room);
    room.act('alice', { type: 'hangup' }).act('alice', { type: 'signal', seq: 2, signal: offer() });
    expect(room.is).toBe('ringing');
    room.enter('alice2').accept('bob').say('alice2', { type: 'hangup' });
    expect(room.is).toBe('ended hung_up');
  });

  test('[C33] the call stays while nobody asks for it, and says where it is', () => {
    const held = { call: 'c', role: 'caller', state: 'ringing', device: 'alice', session: 'alice' };
    const room = ringing();
    expect(room.permit('alice', { device: 'alice2' })).toEqual({ outcome: 'elsewhere', held });
    const legacy = ringing({}, { old: true, device: 'ws-alice' }).permit('alice');
    expect(legacy).toEqual({
      outcome: 'elsewhere',
      held: { call: 'c', role: 'caller', state: 'ringing', device: 'ws-alice' },
    });
  });

  test('[C34] the call moves for its caller alone', () => {
    const room = ringing();
    expect(takeOver(room, 'bob2', 'bob')).toEqual({ outcome: 'ok', role: 'callee', video: false });
    expect(takeOver(room, 'eve', 'eve')).toEqual({ outcome: 'no_such_call' });
    expect(room.messages('moved')).toEqual([]);
    expect(room.state.call?.members[0]).toMatchObject({ device: 'alice' });
  });

  test('[C12] a call that moved makes its caller busy there, and is lost if nobody comes', () => {
    const room = ringing().enter('alice');
    takeOver(room);
    room.accept('bob');
    expect(room.messages('active').find(({ role }) => role === 'caller')).toMatchObject({
      device: 'alice2',
      epoch: 2,
    });
    expect(room.wait(20_000).is).toBe('ended lost');
  });

  test('[C34] the call still moves after its host has restarted', () => {
    const room = ringing().enter('alice');
    takeOver(room);
    room.restart().enter('alice2').accept('bob');
    expect(room.is).toBe('accepted');
  });
});

describe('a call that somebody has answered', () => {
  test('[C34, C51] its ticket alone moves nothing', () => {
    for (const room of [talking(), three()]) {
      const told = room.told().length;
      expect(takeOver(room)).toMatchObject({ outcome: 'ok', movable: true });
      expect(room.state.call?.members[0]).toMatchObject({ device: 'alice', epoch: 1 });
      expect([told > 0, room.told()]).toEqual([true, []]);
    }
  });
});
