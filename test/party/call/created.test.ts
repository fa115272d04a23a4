import { describe, expect, test } from 'vitest';
import { HANGS } from './answers.ts';
import { CallRoom, profile, ringing } from './call.ts';

const unanswered = { dial: () => HANGS, ring: () => HANGS };
const nobody = () => ({ outcome: 'ok', devices: 0, old: false });
const unreachable = () => undefined;

describe('a call that is created', () => {
  test("[C28] a call asks the caller's inbox, and rings nowhere before the answer", () => {
    const room = new CallRoom(unanswered);
    const request = room.create();
    expect(room.is).toBe('created');
    expect(room.told()).toEqual(['alice dial alice']);
    expect(room.settle({ outcome: 'ok' }).told()).toEqual(['bob ring']);
    expect(room.is).toBe('ringing');
    expect(room.reply(request)).toBeUndefined();
    room.settle({ outcome: 'ok', devices: 1, old: false });
    expect(room.reply(request)).toEqual({ outcome: 'created', state: 'ringing' });
  });

  test('[C35] those whom a call rings hear who calls, and until when', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'], video: true });
    const about = { from: profile('alice'), video: true, group: true, expiresAt: 1_045_000 };
    const ring = { type: 'ring', call: 'c', ...about, to: ['bob', 'cyd'] };
    expect(room.messages('ring')).toEqual([ring, ring]);
  });

  test.each([
    [{ outcome: 'instead', call: 'another' }],
    [{ outcome: 'in_call' }],
    [{ outcome: 'limited', retryAfterSeconds: 60 }],
  ])(
    "[C7, C28] an answer of %j by the caller's inbox withdraws the call without a record",
    (verdict) => {
      const room = new CallRoom({ dial: () => verdict });
      const request = room.create();
      expect(room.reply(request)).toEqual(verdict);
      expect(room.told()).not.toContain('bob ring');
      expect(room.records).toEqual([]);
    },
  );

  test("[C1] a call fails when the caller's inbox cannot be reached for 3 s", () => {
    const room = new CallRoom({ dial: unreachable });
    const request = room.create();
    expect(room.wait(3_000).reply(request)).toEqual({ outcome: 'failed' });
  });

  test('[C10] a call fails after 45 s when no inbox ever answered', () => {
    const room = new CallRoom({ dial: () => HANGS });
    const request = room.create();
    expect(room.wait(45_000).reply(request)).toEqual({
      outcome: 'created',
      state: 'ended',
      reason: 'failed',
    });
  });

  test('[C7] a call is withdrawn when the callee calls at the same moment and wins', () => {
    const room = new CallRoom({ ring: () => ({ outcome: 'instead', call: 'theirs' }) });
    const request = room.create();
    expect(room.reply(request)).toEqual({ outcome: 'instead', call: 'theirs' });
    expect(room.told()).toEqual([
      'alice dial alice',
      'bob ring',
      'alice stop cancelled',
      'bob stop cancelled',
    ]);
  });

  test('[C3, C9] a call ends as busy, with a record, when the callee is in another one', () => {
    const room = new CallRoom({ ring: () => ({ outcome: 'busy' }) });
    const request = room.create();
    expect(room.reply(request)).toEqual({ outcome: 'created', state: 'ended', reason: 'busy' });
    expect(room.records).toMatchObject([
      { reason: 'busy', callees: [{ user: 'bob', joined: false }] },
    ]);
  });

  test('a call is created once, however often it is asked for', () => {
    const room = new CallRoom({ ring: () => HANGS });
    const requests = [room.create(), room.create()];
    expect(requests.map((request) => room.reply(request))).toEqual([undefined, undefined]);
    room.settle({ outcome: 'ok', devices: 1, old: false });
    requests.push(room.create());
    const created = { outcome: 'created', state: 'ringing' };
    expect(requests.map((request) => room.reply(request))).toEqual([created, created, created]);
    expect(room.messages('ring')).toHaveLength(1);
    room.act('bob', { type: 'decline' });
    expect(room.reply(room.create())).toEqual({
      outcome: 'created',
      state: 'ended',
      reason: 'declined',
    });
  });

  test('a call is answered after 3 s though an inbox hangs, which may still ring', () => {
    const room = new CallRoom({
      ring: (user) => (user === 'bob' ? HANGS : { outcome: 'ok', devices: 1, old: false }),
    });
    const request = room.create({ callees: ['bob', 'cyd'] });
    expect(room.wait(2_999).reply(request)).toBeUndefined();
    expect(room.wait(1).reply(request)).toEqual({ outcome: 'created', state: 'ringing' });
    room.settle({ outcome: 'busy' });
    expect(room.told()).toContain('bob stop busy');
    expect(room.is).toBe('ringing');
  });

  test('[C5] a call says at once that nobody is reachable, and rings on for latecomers', () => {
    const room = new CallRoom({ ring: nobody });
    expect(room.reply(room.create())).toEqual({ outcome: 'created', state: 'ringing' });
    expect(room.enter('alice').heard('alice', 'welcome')).toMatchObject([
      { peers: [{ unreachable: true }] },
    ]);
    room.wait(40_000).accept('bob');
    expect(room.is).toBe('accepted');
  });

  test('[C7] a call yields to that of the callee, whose inbox was unreachable first', () => {
    const room = new CallRoom({ ring: unreachable });
    const request = room.create();
    expect(room.reply(request)).toBeUndefined();
    room.answers.ring = () => ({ outcome: 'instead', call: 'theirs' });
    expect(room.wait(300).reply(request)).toEqual({ outcome: 'instead', call: 'theirs' });
  });

  test('a call is answered as soon as somebody accepts, though an inbox has not answered', () => {
    for (const ring of [unreachable, () => HANGS]) {
      const room = new CallRoom({
        ring: (user) => (user === 'cyd' ? ring() : { outcome: 'ok', devices: 1, old: false }),
      });
      const request = room.create({ callees: ['bob', 'cyd'] });
      expect(room.wait(100).reply(request)).toBeUndefined();
      room.accept('bob');
      expect(room.reply(request)).toEqual({ outcome: 'created', state: 'ringing' });
    }
  });

  test('[C7] a call accepted before it may ring is answered, and the crossing one yields', () => {
    const room = new CallRoom({ dial: () => HANGS });
    const request = room.create();
    room.accept('bob');
    expect(room.reply(request)).toEqual({ outcome: 'created', state: 'ringing' });
    expect(room.settle({ outcome: 'ok' }).is).toBe('accepted');
  });

  test('[C5] the caller hears when a callee whom nobody could reach is there after all', () => {
    const room = new CallRoom({ ring: nobody });
    room.create();
    room.enter('alice').got('alice');
    room.act('bob', { type: 'here' }, 'bob');
    expect(room.heard('alice', 'peer')).toMatchObject([
      { peer: { user: 'bob', state: 'ringing' } },
    ]);
    expect(room.restart().enter('alice').heard('alice', 'welcome')[0]?.peers[0]).not.toHaveProperty(
      'unreachable',
    );
    room.act('bob', { type: 'here' }, 'bob').act('alice', { type: 'here' }, 'alice').accept('bob');
    room.got('alice');
    room.act('bob', { type: 'here' }, 'bob');
    expect(room.got('alice')).toEqual([]);
  });

  test('[C5] a hello in the room, of which no inbox knows, clears `unreachable`', () => {
    const room = new CallRoom({ ring: nobody });
    room.create({ callees: ['bob', 'cyd'] });
    room.enter('alice').got('alice');
    expect(room.join('bob').heard('alice', 'peer')).toEqual([]);
    const [heard, ...more] = room.hello('bob').heard('alice', 'peer');
    expect([heard?.peer.user, heard?.peer.state, more]).toEqual(['bob', 'ringing', []]);
    expect(heard?.peer).not.toHaveProperty('unreachable');
    room.leave('bob').enter('bob');
    expect(room.heard('alice', 'peer')).toEqual([]);
  });

  test('[C5] nobody is called unreachable who came before their inbox answered', () => {
    const room = new CallRoom({ ring: () => HANGS });
    room.create();
    room.act('bob', { type: 'here' }, 'bob').settle(nobody());
    expect(room.enter('alice').heard('alice', 'welcome')[0]?.peers[0]).not.toHaveProperty(
      'unreachable',
    );
  });

  test('a call is answered after 3 s, and asks an unreachable inbox until the ring is over', () => {
    const room = new CallRoom({ ring: unreachable });
    const request = room.create();
    expect(room.wait(2_999).reply(request)).toBeUndefined();
    expect(room.wait(1).reply(request)).toEqual({ outcome: 'created', state: 'ringing' });
    expect(room.enter('alice').heard('alice', 'welcome')).toMatchObject([
      { peers: [{ unreachable: true }] },
    ]);
    room.wait(41_999);
    const tries = room.messages('ring').length;
    expect(tries).toBeGreaterThan(5);
    room.wait(300_000);
    expect(room.messages('ring')).toHaveLength(tries);
  });
});
