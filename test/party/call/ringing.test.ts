import { describe, expect, test } from 'vitest';
import { ToWorker } from '../../../party/wire/messages.ts';
import { CallRoom, HANGS, offer, profile, ringing, talking, three } from './call.ts';

/** The most that the Worker reads from a room (`party/wire/`), in bytes. */
const WORKER_READS = 3 * 64 * 1024;

const unanswered = { dial: () => HANGS, ring: () => HANGS };
const afterHello = () => ringing().enter('alice');
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

describe('a call that rings', () => {
  test('[C4] a call is missed after 45 s, though the caller is gone', () => {
    const room = ringing().wait(44_999);
    expect(room.is).toBe('ringing');
    room.told();
    room.wait(1);
    expect(room.is).toBe('ended missed');
    expect(room.told()).toEqual(['alice stop missed', 'bob stop missed', 'worker record missed']);
  });

  test('[C3] a call that is cancelled ends at once for both', () => {
    const room = ringing()
      .enter('alice')
      .enter('bob')
      .enter('bob2')
      .say('alice', { type: 'hangup' });
    expect(room.is).toBe('ended cancelled');
    for (const name of ['alice', 'bob', 'bob2']) {
      expect(room.got(name).at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'cancelled' });
    }
    expect(room.closed).toEqual(['alice done', 'bob done', 'bob2 done']);
  });

  test('[C2, C3] a declined call ends at once for both, on all devices of the callee', () => {
    const room = ringing()
      .enter('alice')
      .enter('bob')
      .enter('bob2')
      .say('bob2', { type: 'decline' });
    expect(room.is).toBe('ended declined');
    for (const name of ['alice', 'bob']) {
      expect(room.got(name).at(-1)).toEqual({ type: 'state', state: 'ended', reason: 'declined' });
    }
    expect(room.told()).toContain('bob stop declined');
  });

  test('[C3] a callee who hangs up declines', () => {
    expect(ringing().enter('bob').say('bob', { type: 'hangup' }).is).toBe('ended declined');
  });

  test('[C1] the caller can neither decline nor accept', () => {
    const room = ringing()
      .enter('alice')
      .say('alice', { type: 'decline' })
      .say('alice', { type: 'accept' });
    expect(room.errors('alice')).toEqual(['not_now', 'not_now']);
    expect(room.is).toBe('ringing');
  });

  test('[C3] an inbox refuses a call when its user has just taken another one', () => {
    expect(ringing().act('bob', { type: 'busy' }).is).toBe('ended busy');
  });

  test('[C8] a call rings on when one of several declines, and ends with the last of them', () => {
    const room = ringing({}, { callees: ['bob', 'cyd'] })
      .enter('alice')
      .act('bob', { type: 'decline' });
    expect(room.heard('alice', 'peer')).toMatchObject([
      { reason: 'declined', peer: { user: 'bob', state: 'left' } },
    ]);
    expect(room.is).toBe('ringing');
    expect(room.act('cyd', { type: 'decline' }).is).toBe('ended declined');
  });

  test('[C10] a call rings on over a restart, for as long as it would have', () => {
    const room = ringing().wait(20_000).restart();
    expect(room.wait(24_999).is).toBe('ringing');
    expect(room.wait(1).is).toBe('ended missed');
  });
});

describe('tickets and credentials', () => {
  test('[C18] a ticket is for those who are in the call, in the role that they have', () => {
    const room = ringing({}, { video: true });
    expect(room.permit('alice')).toEqual({ outcome: 'ok', role: 'caller', video: true });
    expect(room.permit('bob', { device: 'bob2' })).toEqual({
      outcome: 'ok',
      role: 'callee',
      video: true,
    });
    expect(room.permit('mallory')).toEqual({ outcome: 'no_such_call' });
    expect(room.permit('constructor')).toEqual({ outcome: 'no_such_call' });
  });

  test('[C2, C33] a ticket is for no other device than the one that has the call', () => {
    const room = talking();
    const elsewhere = (user: string, role: string) => {
      const held = { call: 'c', role, state: 'accepted', device: user, session: user };
      return { outcome: 'elsewhere', held };
    };
    for (const takeOver of [false, true]) {
      const more = takeOver && { takeOver };
      const caller = room.permit('alice', { device: 'alice2', ...more });
      expect(caller).toEqual(elsewhere('alice', 'caller'));
      expect(room.permit('bob', { device: 'bob2', ...more })).toEqual(elsewhere('bob', 'callee'));
    }
    expect(room.permit('bob')).toMatchObject({ outcome: 'ok' });
  });

  test('[C18] nobody gets a ticket to a call that is over', () => {
    expect(talking().say('bob', { type: 'hangup' }).permit('alice')).toEqual({
      outcome: 'no_such_call',
    });
  });

  test('[C31] each ticket has a TURN credential; past 32 of a user the oldest is revoked', () => {
    const name = (user: string, n: number) => `${user}${n}`.padStart(96, 'f');
    const members = ['alice', ...Array.from({ length: 7 }, (_, n) => `callee${n}`)];
    const room = ringing({}, { callees: members.slice(1), turn: name('alice', 0) });
    for (const user of members) {
      for (let n = user === 'alice' ? 1 : 0; n < 32; n++) {
        expect(room.permit(user, { turn: name(user, n) })).toMatchObject({ outcome: 'ok' });
      }
      expect(room.permit(user, { turn: name(user, 32) })).toMatchObject({
        outcome: 'ok',
        surplus: name(user, 0),
      });
      expect(room.permit(user, { turn: name(user, 32) })).not.toHaveProperty('surplus');
    }
    room.wait(45_000);
    const [record] = room.records;
    const newest = members.flatMap((user) =>
      Array.from({ length: 32 }, (_, n) => name(user, n + 1)),
    );
    expect(record?.turn.toSorted()).toEqual(newest.toSorted());
    expect(JSON.stringify(ToWorker.parse(record)).length).toBeLessThan(WORKER_READS);
    expect(JSON.stringify(room.written).length).toBeLessThan(128 * 1024);
  });
});

describe('a caller who dials once more', () => {
  test('[C11] a caller who dials before any hello has forgotten the first offer', () => {
    const room = ringing({}, { offer: offer('first page') });
    room.permit('alice', { anew: true });
    room.enter('alice');
    expect(room.heard('alice', 'welcome')).toMatchObject([{ received: 0 }]);
    room.signal('alice', 1, offer('second page')).accept('bob');
    expect(room.heard('bob', 'signal')).toEqual([
      { type: 'signal', from: 'alice', epoch: 2, seq: 1, signals: [offer('second page')] },
    ]);
  });

  test('[C11] a caller begins anew also where the callee is in the room, who hears of it', () => {
    const room = ringing({}, { offer: offer('first page') }).enter('bob');
    expect(room.heard('bob', 'welcome')).toMatchObject([{ peers: [{ user: 'alice', epoch: 1 }] }]);
    room.permit('alice', { anew: true });
    expect(room.heard('bob', 'peer')).toMatchObject([{ peer: { user: 'alice', epoch: 2 } }]);
  });

  test('[C11] a caller stays in the epoch that was begun, also after a restart', () => {
    const room = ringing({}, { offer: offer('first page') });
    room.permit('alice', { anew: true });
    room.restart().enter('bob');
    expect(room.heard('bob', 'welcome')).toMatchObject([{ peers: [{ user: 'alice', epoch: 2 }] }]);
  });

  test('[C11] a caller who dials after the hello keeps what was said', () => {
    const room = afterHello().signal('alice', 1, offer('first page'));
    room.permit('alice', { anew: true });
    room.accept('bob');
    expect(room.heard('bob', 'signal')).toMatchObject([
      { epoch: 1, seq: 1, signals: [offer('first page')] },
    ]);
  });

  test('[C39] a legacy caller has no memory to lose, and keeps its offer', () => {
    const room = ringing({}, { old: true, device: 'ws-alice', offer: offer('first') });
    room.permit('alice', { device: 'ws-alice', anew: true });
    room.accept('bob');
    expect(room.heard('bob', 'signal')).toMatchObject([{ epoch: 1, signals: [offer('first')] }]);
  });

  test('a caller who only asks for a ticket keeps the first offer', () => {
    const room = ringing({}, { offer: offer('first page') });
    room.permit('alice');
    expect(room.accept('bob').heard('bob', 'signal')).toMatchObject([
      { epoch: 1, signals: [offer('first page')] },
    ]);
  });
});

describe('a room without a call', () => {
  test('[C18] a room without a call lets nobody in', () => {
    expect(new CallRoom().join('alice').closed).toEqual(['alice noSuchCall']);
  });

  test.each([
    [
      'asked for a ticket',
      { type: 'permit', user: 'alice', device: 'alice' },
      { outcome: 'no_such_call' },
    ],
    [
      'told of a device',
      { type: 'act', user: 'bob', device: 'bob', action: { type: 'decline' } },
      { outcome: 'done' },
    ],
  ] as const)(
    '[C7] a call that is withdrawn with %s leaves nothing behind',
    (_, message, answered) => {
      const room = new CallRoom();
      expect(room.tell(message)).toEqual(answered);
      expect(room.forgotten).toBe(1);
      expect(room.written).toBeUndefined();
    },
  );
});

describe('a call that is over', () => {
  test('[C10] an ended call tells latecomers how it ended for a minute, then is forgotten', () => {
    const room = ringing().act('bob', { type: 'decline' }).wait(59_999).join('alice');
    expect(room.got('alice')).toEqual([{ type: 'state', state: 'ended', reason: 'declined' }]);
    expect(room.closed).toEqual(['alice done']);
    expect([room.wait(1).forgotten, room.written]).toEqual([1, undefined]);
    room.join('alice');
    expect(room.closed).toEqual(['alice done', 'alice noSuchCall']);
    expect([room.forgotten, room.written]).toEqual([2, undefined]);
  });

  test('[C9] an ended call is not forgotten before its record is kept, over restarts', () => {
    const answers = { record: unreachable };
    const room = ringing(answers)
      .act('bob', { type: 'decline' })
      .wait(86_400_000)
      .restart()
      .wait(3_600_000);
    expect(room.forgotten).toBe(0);
    Object.assign(room.answers, { record: () => ({ outcome: 'done' }) });
    expect(room.wait(300_000).forgotten).toBe(1);
    expect(new Set(room.records.map((record) => JSON.stringify(record))).size).toBe(1);
  });

  test('[C10] an ended call does nothing that it is told', () => {
    const room = three().say('alice', { type: 'hangup' }).say('bob', { type: 'hangup' });
    const ended = room.state.call;
    room.act('cyd', { type: 'accept' }).act('bob', { type: 'revoke' }, 'bob');
    expect(room.state.call).toEqual(ended);
    expect(room.is).toBe('ended hung_up');
  });
});
