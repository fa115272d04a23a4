import { describe, expect, test } from 'vitest';
import { callRoomDefinition } from '../../party/call/room.ts';
import type { CallRoom } from './call/call.ts';
import { ice, offer, ringing, talking, three } from './call/call.ts';
import { Inbox } from './inbox/inbox.ts';

/** How many devices of a user are in a room. */
const DEVICES = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `bob${n}`);

const early = (room: CallRoom, name: string) =>
  room.join(name).say(name, { type: 'hello', version: 1, early: true });

/** It rings on eight devices of Bob's, which all hear early what Alice says. */
const prepared = () => {
  const room = ringing({}, { offer: offer() }).enter('alice');
  for (const name of DEVICES) early(room, name);
  return room;
};

/** Bob's seven other devices may take the call over. */
const movable = (room: CallRoom) => {
  for (const name of DEVICES.slice(0, 7)) room.join(name, { takeOver: true }).hello(name);
  return room;
};

const seen = (epoch: number, seq: number) => ({ alice: { epoch, seq } });
const frames = [
  { type: 'hello', version: 1, early: true },
  { type: 'move' },
  { type: 'accept' },
  { type: 'decline' },
  { type: 'hangup' },
  { type: 'signal', seq: 2, signal: ice('x') },
  { type: 'signal', seq: 9, signal: ice('x') },
  { type: 'ack', seen: seen(1, 1) },
  { type: 'ack', seen: seen(1, 1_000) },
  { type: 'ping' },
];

/** Steps a room with one frame; counts what goes out, by the connection or other room. */
const countAfter = (room: CallRoom, id: string, json: object) => {
  const decoded = callRoomDefinition.decode(JSON.stringify(json), undefined);
  if (!decoded || 'error' in decoded) throw new Error(`No frame: ${JSON.stringify(json)}`);
  const { frame } = decoded;
  const { effects } = callRoomDefinition.step(room.state, { type: 'frame', id, frame }, room.now);
  const counts = new Map<string, number>();
  const count = (to: string) => counts.set(to, (counts.get(to) ?? 0) + 1);
  for (const effect of effects) {
    if (effect.type === 'send') count(effect.to ?? 'everybody');
    if (effect.type === 'post') count(JSON.stringify(effect.to));
  }
  return counts;
};

describe('what one frame sets off where a user has many devices', () => {
  const scenes = {
    'while it rings early on eight devices': prepared,
    'where seven devices wait to take the call over': () => movable(talking()),
    'where they wait in a group': () => movable(three()),
  };

  test.each(Object.entries(scenes))(
    '[C17] %s, no more than two frames to each of them, and one request to each member',
    (_, scene) => {
      for (const frame of frames) {
        for (const who of ['alice', 'bob', 'bob1']) {
          const counts = countAfter(scene(), who, frame);
          for (const [to, count] of counts)
            expect(count, `${who} ${JSON.stringify(frame)} to ${to}`).toBeLessThanOrEqual(
              to.startsWith('{') ? 1 : 2,
            );
        }
      }
    },
  );

  test('[C17, C48] a hello sends an early device all that waits, once for each ticket', () => {
    const room = prepared();
    for (let seq = 2; seq <= 250; seq++) room.signal('alice', seq);
    for (const name of DEVICES) expect(room.signals(name)).toHaveLength(250);
    for (let n = 0; n < 20; n++) room.say('bob1', { type: 'hello', version: 1, early: true });
    expect(room.signals('bob1')).toEqual([]);
    expect(early(room.leave('bob1'), 'bob1').signals('bob1')).toHaveLength(250);
  });

  test('[C15, C17, C49] acks of an early device take no more memory, however many come', () => {
    const room = prepared();
    const size = () => JSON.stringify(room.state.call?.sockets).length;
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`user${n}`, { epoch: 1, seq: 1 }]),
    );
    room.say('bob1', { type: 'ack', seen: { ...many, ...seen(1, 1) } });
    const before = size();
    for (const name of ['alice', ...DEVICES]) room.got(name);
    room.posts.length = 0;
    for (let n = 0; n < 100; n++)
      room.say('bob1', { type: 'ack', seen: { ...many, ...seen(1, 1 + (n % 9)) } });
    expect(size()).toBe(before);
    expect(['alice', ...DEVICES].flatMap((name) => room.got(name))).toEqual([]);
    expect(room.posts).toEqual([]);
  });

  test('[C17, C54] a device that says move again and again sends itself alone an error', () => {
    const room = movable(talking()).say('bob1', { type: 'move' });
    for (const name of ['alice', 'bob1']) room.got(name);
    room.posts.length = 0;
    for (let n = 0; n < 100; n++) room.say('bob1', { type: 'move' });
    expect(room.got('bob1')).toHaveLength(100);
    expect([room.got('alice'), room.posts]).toEqual([[], []]);
  });
});

describe('what a change of the call that a user is in sets off', () => {
  test('[C17, C57] it is one frame to each of eight devices, and none when it is said again', () => {
    const bob = new Inbox();
    for (const name of DEVICES) bob.device(name);
    const countNews = () => DEVICES.map((name) => bob.got(name).length);
    countNews();
    const [each, none] = [DEVICES.map(() => 1), DEVICES.map(() => 0)];
    bob.dial('c', { device: 'bob1' });
    expect(countNews()).toEqual(each);
    for (let times = 0; times < 20; times++) bob.active('c', { device: 'bob1', role: 'caller' });
    expect(countNews()).toEqual(each);
    expect(bob.posts).toEqual([]);
    bob.say('bob1', { type: 'hangup', call: 'c' });
    expect([countNews(), bob.acts()]).toEqual([each, ['bob1 hangup']]);
    for (let times = 0; times < 20; times++) bob.stop('c', 'hung_up');
    expect(countNews()).toEqual(none);
  });

  test('[C17, C57] a legacy client that hangs up again and again brings it once', () => {
    const bob = new Inbox().legacy('page');
    for (const name of DEVICES.slice(1)) bob.device(name);
    bob.say('page', { event: 'call:offer', payload: { userId: 'alice', sdp: 'v=0' } });
    bob.dial('c', { device: 'ws-page' });
    bob.answer({ outcome: 'ok', call: 'c' }).acts();
    for (const name of DEVICES) bob.got(name);
    for (let times = 0; times < 20; times++) bob.say('page', { event: 'call:hangup' });
    expect(DEVICES.slice(1).map((name) => bob.got(name))).toEqual(
      Array(7).fill([{ type: 'in_call' }]),
    );
    expect(bob.acts()).toEqual(['ws-page hangup']);
  });
});
