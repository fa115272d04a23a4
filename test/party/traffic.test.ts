import { describe, expect, test } from 'vitest';
import { callRoomDefinition } from '../../party/call/room.ts';
import type { Effect } from '../../party/definition.ts';
import { itemsIn, QUEUE_LIMIT } from '../../party/outbox.ts';
import { messagesIn } from './answering.ts';
import { HANGS } from './call/answers.ts';
import { ice, offer, ringing, talking } from './call/call.ts';
import { Inbox, offerOf } from './inbox/inbox.ts';

/**
 * The most frames and requests that may come of one frame beside its purpose: one to each of eight.
 */
const OUT_LIMIT = 8;

const SDP = { sdp: { type: 'offer', sdp: 'v=0' } };
const dials = (to: string) => ({ event: 'call:offer', payload: { userId: to, ...SDP } });
const hangup = { event: 'call:hangup' };
const answer = { event: 'call:answer', payload: SDP };
const candidate = { event: 'call:ice', payload: { candidate: { candidate: 'candidate:1' } } };

/** Counts what goes out: to sockets, to other rooms and to the Worker. */
const countOut = (effects: readonly Effect[]): number =>
  effects.filter(({ type }) => type === 'send' || type === 'post').length;

const unheard = { signal: () => HANGS, ring: () => ({ outcome: 'ok', devices: 1, old: true }) };

describe('a legacy device that asks again and again for what was said', () => {
  /** A call with an offer and 250 candidates, of which a legacy device hears. */
  const loud = () => {
    const room = ringing(
      { ring: () => ({ outcome: 'ok', devices: 0, old: false }) },
      { offer: offer() },
    );
    room.enter('alice');
    for (let seq = 2; seq <= 250; seq++) room.signal('alice', seq);
    room.posts.length = 0;
    return room;
  };
  const signalsIn = (room: ReturnType<typeof loud>) =>
    room.messages('signal').reduce((sum, { signals }) => sum + signals.length, 0);

  test('[C17] it is handed everything once, in few messages', () => {
    const room = loud().act('bob', { type: 'listen' });
    expect([room.posts.length, signalsIn(room)]).toEqual([2, 250]);
    for (let n = 0; n < 60; n++) room.act('bob', { type: 'listen' });
    expect([room.posts.length, signalsIn(room)]).toEqual([2, 250]);
  });

  test('[C17] it is handed everything once more after dropping it; so is another device', () => {
    const room = loud().act('bob', { type: 'listen' });
    for (let n = 0; n < 60; n++) room.act('bob', { type: 'listen', again: true });
    expect(signalsIn(room)).toBe(500);
    room.act('bob', { type: 'listen' }, 'ws-late');
    expect(signalsIn(room)).toBe(750);
  });

  test('[C17] the 65th device is handed nothing any more', () => {
    const room = loud();
    for (let n = 0; n < 70; n++) room.act('bob', { type: 'listen' }, `ws-${n}`);
    expect(signalsIn(room)).toBe(64 * 250);
  });

  test('[C17] it rings twice at most, whatever it says to its inbox', () => {
    const bob = new Inbox().legacy('pc');
    bob.ring('c');
    for (let n = 0; n < 60; n++) bob.say('pc', dials('alice'));
    for (let n = 0; n < 60; n++) bob.say('pc', dials('carol')).say('pc', hangup);
    expect(bob.answer({ outcome: 'no' }).acts()).toEqual(['ws-pc listen']);
  });
});

describe('what waits for a peer who does not answer', () => {
  test('[C15] what waits is bounded, as the sender hears, who sends it again later', () => {
    const room = ringing(unheard, { offer: offer() }).enter('alice');
    for (let seq = 2; seq <= 2 * QUEUE_LIMIT; seq++) room.signal('alice', seq);
    const { outbox } = room.state.call ?? {};
    expect(outbox && itemsIn(outbox).length).toBe(QUEUE_LIMIT);
    expect(room.errors('alice')).toHaveLength(QUEUE_LIMIT);
    expect(room.heard('alice', 'resend').at(-1)).toEqual({ type: 'resend', seq: QUEUE_LIMIT + 1 });
  });

  test('[C15] more from a legacy sender is told later, since it cannot be asked for again', () => {
    const answers = { ...unheard };
    const room = ringing(answers, { offer: offer(), old: true, device: 'ws-alice' });
    const said = (seq: number) =>
      room.tell({
        type: 'act',
        user: 'alice',
        device: 'ws-alice',
        action: { type: 'signal', seq, signal: ice(`${seq}`) },
      });
    for (let seq = 2; seq <= QUEUE_LIMIT; seq++) expect(said(seq)).toEqual({ outcome: 'done' });
    expect(said(QUEUE_LIMIT + 1)).toEqual({ outcome: 'later' });
    Object.assign(answers, { signal: undefined });
    room.settle({ outcome: 'done' });
    expect(said(QUEUE_LIMIT + 1)).toEqual({ outcome: 'done' });
  });

  test('[C16] what waits is dropped when the call ends, and the end is told at once', () => {
    const room = ringing(unheard, { offer: offer() }).enter('alice');
    for (let seq = 2; seq <= 100; seq++) room.signal('alice', seq);
    room.say('alice', { type: 'hangup' });
    const waiting = itemsIn(room.state.call?.outbox ?? { next: 1, queues: [], changes: 0 });
    expect(waiting.map(({ message }) => message.type)).toEqual(['signal', 'stop']);
    room.posts.length = 0;
    room.settle(undefined);
    expect(room.told()).toEqual(['bob stop cancelled']);
  });

  test('[C15] what waits is not written', () => {
    const room = ringing(unheard, { offer: offer() }).enter('alice');
    for (let seq = 2; seq <= 100; seq++) room.signal('alice', seq);
    expect(callRoomDefinition.kept(room.state)).toMatchObject({ outbox: { items: [] } });
  });
});

describe('signals of legacy clients in a call', () => {
  const talkToLegacy = () => {
    const bob = new Inbox().legacy('pc');
    bob.ring('c');
    bob.say('pc', answer);
    bob.active('c', { device: 'ws-pc' });
    bob.answer().posts.length = 0;
    return bob;
  };

  test('[C46] signals are not written one by one, but once within five seconds', () => {
    const bob = talkToLegacy();
    const { writes } = bob;
    for (let n = 1; n <= 50; n++) {
      bob.say('pc', candidate).answer();
      bob.signal('c', n, [offerOf(`v=${n}`)]);
    }
    expect(bob.writes).toBe(writes);
    bob.wait(5_000);
    expect(bob.writes).toBe(writes + 1);
    expect(bob.written).toMatchObject({ lines: [{ sent: 51, seen: [{ seq: 50 }] }] });
    expect(bob.wait(30_000).writes).toBe(writes + 1);
  });

  test('[C16, C46] signals go together while a request is under way, and at once otherwise', () => {
    const bob = talkToLegacy();
    for (let n = 0; n < 20; n++) bob.say('pc', candidate);
    expect(bob.posts.map((post) => messagesIn(post).length)).toEqual([1]);
    bob.answer();
    expect(bob.posts.map((post) => messagesIn(post).length)).toEqual([1, 19]);
  });

  test('[C16] signals go together to a legacy client; their sender hears of all at once', () => {
    const room = ringing(unheard).enter('alice').act('bob', { type: 'accept' });
    room.posts.length = 0;
    room.signal('alice', 1, offer());
    for (let seq = 2; seq <= 20; seq++) room.signal('alice', seq);
    room.settle({ outcome: 'done' });
    expect(room.posts.map((post) => messagesIn(post).length)).toEqual([1, 19]);
    room.got('alice');
    room.settle({ answers: Array(19).fill({ outcome: 'done' }) });
    expect(room.got('alice')).toEqual([{ type: 'acked', seq: 20 }]);
  });
});

describe('what one frame sets off', () => {
  const frames = [
    { type: 'hello', version: 1 },
    { type: 'accept' },
    { type: 'decline' },
    { type: 'hangup' },
    { type: 'signal', seq: 1, signal: ice('x') },
    { type: 'signal', seq: 2, signal: ice('x') },
    { type: 'signal', seq: 60, signal: ice('x') },
    { type: 'signal', seq: 1, to: 'cyd', signal: offer() },
    {
      type: 'ack',
      seen: { alice: { epoch: 1, seq: 9 }, bob: { epoch: 1, seq: 9 }, cyd: { epoch: 1, seq: 9 } },
    },
    { type: 'ping' },
  ];

  /**
   * A call of eight: all have joined, or one has and it rings on eight devices of each of the
   * others.
   */
  const crowd = (joined: boolean) => {
    const callees = ['bob', 'cyd', 'dan', 'eve', 'fay', 'gus', 'hal'];
    const room = ringing({}, { callees }).enter('alice');
    for (const user of callees) room.enter(user);
    for (const user of callees) if (joined) room.say(user, { type: 'accept' });
    return room;
  };
  const scenes = {
    'while it rings': () => ringing({}, { offer: offer() }).enter('alice').enter('bob'),
    'in a call of two': () => talking(),
    'in a call of eight that rings': () => crowd(false),
    'in a call of eight': () => crowd(true),
  };

  test.each(Object.entries(scenes))(
    '[C17] %s brings no more than a frame and a request for each of eight',
    (_, scene) => {
      for (const frame of frames) {
        for (const who of ['alice', 'bob']) {
          const { state, now } = scene();
          const decoded = callRoomDefinition.decode(JSON.stringify(frame), undefined);
          if (!decoded || 'error' in decoded) throw new Error(`No frame: ${JSON.stringify(frame)}`);
          const { effects } = callRoomDefinition.step(
            state,
            { type: 'frame', id: who, frame: decoded.frame },
            now,
          );
          const sends = effects.filter(({ type }) => type === 'send');
          const told = sends.map(
            (effect) => `${'to' in effect && effect.to} ${JSON.stringify(effect)}`,
          );
          expect(new Set(told).size, JSON.stringify(frame)).toBe(told.length);
          // Whoever comes or goes is told to all, in one frame that says what and one that says
          // who.
          expect(sends.length, `${who} ${JSON.stringify(frame)}`).toBeLessThanOrEqual(
            2 * OUT_LIMIT,
          );
          expect(countOut(effects) - sends.length, JSON.stringify(frame)).toBeLessThanOrEqual(
            OUT_LIMIT + 1,
          );
        }
      }
    },
  );

  test('[C17] a frame that is repeated sends eight at most, each time', () => {
    for (const [name, scene] of Object.entries(scenes)) {
      for (const frame of frames.filter(({ type }) => type !== 'hangup' && type !== 'decline')) {
        const room = scene();
        room.say('bob', frame);
        for (let n = 0; n < 20; n++) {
          room.posts.length = 0;
          room.say('bob', frame);
          const sent = ['alice', 'bob', 'cyd', 'dan', 'eve', 'fay', 'gus', 'hal'].flatMap((user) =>
            room.got(user),
          );
          if (n > 0)
            expect(sent.length + room.posts.length, `${name} ${frame.type}`).toBeLessThanOrEqual(
              OUT_LIMIT,
            );
        }
      }
    }
  });

  test('[C17] a frame of a legacy client sends eight at most, however often it comes', () => {
    for (const frame of [dials('alice'), dials('carol'), answer, candidate, hangup]) {
      for (const before of [
        [],
        [answer],
        [dials('carol')],
        [dials('carol'), hangup],
        [dials('alice')],
      ]) {
        const bob = new Inbox().device('phone');
        for (let n = 0; n < 7; n++) bob.legacy(`pc${n}`);
        for (let n = 0; n < 30; n++)
          bob.ring(`c${n}`, { from: { user: `u${n}`, username: '', displayName: '' } });
        bob.ring('c');
        bob.signal('c', 1, [offerOf('v=0')]);
        for (const said of before) bob.say('pc0', said);
        for (let n = 0; n < 20; n++) {
          const users = ['phone', ...Array.from({ length: 7 }, (_, pc) => `pc${pc}`)];
          for (const user of users) bob.got(user);
          const before = bob.posts.length;
          bob.say('pc0', frame);
          const out = users.flatMap((user) => bob.got(user)).length + bob.posts.length - before;
          expect(out, JSON.stringify(frame)).toBeLessThanOrEqual(OUT_LIMIT);
        }
      }
    }
  });

  test('[C17] a frame or a message to an inbox sends no more requests than there are calls', () => {
    const bob = new Inbox().device('phone').device('tablet');
    for (let n = 0; n < 32; n++)
      bob.ring(`c${n}`, { from: { user: `u${n}`, username: '', displayName: '' } });
    bob.posts.length = 0;
    bob.say('phone', { type: 'decline', call: 'c1' }).say('phone', { type: 'decline', call: 'c1' });
    expect(bob.posts).toHaveLength(1);
    bob.tell({ type: 'revoked', sids: Array.from({ length: 50 }, (_, n) => `s${n}`) });
    bob.answer();
    // All that a call is told of them goes in one request, after the first.
    expect(bob.posts.length).toBeLessThanOrEqual(2 * 32 + 1);
    expect(bob.posts.flatMap(messagesIn)).toHaveLength(32 * 50 + 1);
  });
});
