import { afterAll, describe, expect, test } from 'vitest';
import { InboxServerFrame } from '../../src/contract/sockets/inbox.ts';
import type { CallLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { AT_ONCE_MS, dropAll } from '../support/calls/listener.ts';
import { aCallWorks, ringing, talking, two } from '../support/calls/scenes.ts';
import { repeated } from '../support/races.ts';

afterAll(dropAll);

const TOO_BIG = { code: 1009, reason: 'Frame too long' };
const TOO_MANY = { code: 4029, reason: 'Too many messages' };
const VERSION = { code: 4400, reason: 'Unknown version' };
const LIMIT = 64 * 1024;

/** Checks that somebody is connected and heard. */
const isAlive = async (line: CallLine): Promise<void> => {
  line.say({ type: 'ping' });
  await line.next({ type: 'pong' });
};

describe('a frame', () => {
  test('[C21] a frame of 64 KiB is read; one byte more ends the connection, signals aside', async () => {
    const { b, call, caller, callee } = await talking();
    const padded = (bytes: number) => {
      const frame = JSON.stringify({ type: 'ping', more: '' });
      return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
    };
    callee.say(padded(LIMIT));
    await callee.next({ type: 'pong' });
    callee.say(padded(LIMIT + 1));
    expect(await callee.closed).toEqual(TOO_BIG);
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    await b.join(call.callId, { seen: {}, acked: 0 });
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
  });

  test('[C21] a frame of bytes is no frame, and one of more than 64 KiB ends the connection', async () => {
    const { callee } = await talking();
    callee.say(Buffer.alloc(LIMIT));
    await callee.next({ type: 'error', code: 'malformed' });
    callee.say(Buffer.from('{"type":"hangup"}'));
    await callee.next({ type: 'error', code: 'malformed' });
    callee.say(Buffer.alloc(LIMIT + 1));
    expect(await callee.closed).toEqual(TOO_BIG);
  });

  test('[C21] a frame of more than 64 KiB ends the connection to an inbox; one of 64 KiB does not', async () => {
    const { a, b, inbox } = await two();
    const [legacy, caller] = [await legacyClient(b.user), await legacyClient(a.user)];
    const around = JSON.stringify({
      event: 'call:offer',
      payload: { userId: b.user.id, sdp: '', n: 1 },
    });
    const offer = around.replace('"sdp":""', `"sdp":"${'x'.repeat(LIMIT - around.length)}"`);
    caller.say(offer);
    const { text } = await legacy.next({ event: 'call:offer' });
    expect(text).toBe(offer.replace('"n":1', `"n":1,"fromUserId":"${a.user.id}"`));
    for (const line of [inbox, legacy]) {
      line.say('x'.repeat(LIMIT + 1));
      expect(await line.closed).toEqual(TOO_BIG);
    }
  });
});

describe('bytes that are no frame of WebSocket', () => {
  const masked = (first: number, length: number, ...payload: number[]) =>
    Buffer.from([first, 0x80 | length, 0, 0, 0, 0, ...payload]);
  const broken: [string, Buffer][] = [
    ['an unknown opcode', masked(0x83, 1, 0x61)],
    ['a reserved bit', masked(0xc1, 1, 0x61)],
    ['a continuation of nothing', masked(0x80, 1, 0x61)],
    ['a length of 2^63', Buffer.from([0x81, 0xff, 0x80, ...Array(11).fill(0)])],
  ];

  test.each(broken)(
    '[C12] what is no frame of WebSocket (%s) ends the connection; the call goes on',
    async (_, bytes) => {
      const { a, b, call, caller, callee } = await talking();
      callee.write(bytes);
      await caller.next({ type: 'peer', peer: { state: 'away' } }, AT_ONCE_MS);
      const back = await b.join(call.callId, { seen: {}, acked: 0 });
      caller.say({ type: 'signal', seq: 1, signal: { kind: 'offer', sdp: 'v=0' } });
      await back.next({ type: 'signal', from: a.user.id, seq: 1 });
    },
  );

  test('[C24] a text that is no UTF-8 is malformed', async () => {
    const { callee } = await talking();
    callee.write(masked(0x81, 2, 0xc3, 0x28));
    await callee.next({ type: 'error', code: 'malformed' });
    await isAlive(callee);
  });
});

const deep = (pair: string, depth: number) =>
  `${(pair[0] ?? '').repeat(depth)}${(pair[1] ?? '').repeat(depth)}`;
const signal = (seq: unknown, more: object = { kind: 'offer', sdp: 'v=0' }) =>
  JSON.stringify({ type: 'signal', seq, signal: more });

describe('what is no frame of the protocol', () => {
  const refused: [string, string][] = [
    ['', 'malformed'],
    ['{', 'malformed'],
    ['hello', 'malformed'],
    ['null', 'malformed'],
    ['7', 'malformed'],
    ['"accept"', 'malformed'],
    ['[]', 'malformed'],
    ['[{"type":"hangup"}]', 'malformed'],
    ['{"type":"hangup"', 'malformed'],
    ['\u0000', 'malformed'],
    [deep('[]', 30_000), 'malformed'],
    ['{}', 'unknown_type'],
    ['{"type":"toString"}', 'unknown_type'],
    ['{"type":"__proto__"}', 'unknown_type'],
    ['{"type":["hangup"]}', 'unknown_type'],
    ['{"type":{"toString":1}}', 'unknown_type'],
    ['{"type":"Hangup"}', 'unknown_type'],
    ['{"__proto__":{"type":"hangup"}}', 'unknown_type'],
    ['{"event":"call:hangup"}', 'unknown_type'],
    [`{"type":${deep('[]', 20_000)}}`, 'unknown_type'],
    ['{"type":"signal"}', 'invalid'],
    ['{"type":"ack"}', 'invalid'],
    ['{"type":"ack","seen":[]}', 'invalid'],
    ['{"type":"ack","seen":{"x":{"epoch":0,"seq":1}}}', 'invalid'],
    [`{"type":"ack","seen":{"${'x'.repeat(65)}":{"epoch":1,"seq":1}}}`, 'invalid'],
    ...[0, -1, 1.5, '1', null, 2 ** 60].map((seq): [string, string] => [signal(seq), 'invalid']),
    [signal(1, { kind: 'rollback', sdp: '' }), 'invalid'],
    [signal(1, { kind: 'offer', sdp: 7 }), 'invalid'],
    [signal(1, { kind: 'candidate', candidate: 'x' }), 'invalid'],
    [`{"type":"signal","seq":1,"signal":${deep('[]', 20_000)}}`, 'invalid'],
    ['{"type":"hello","version":"1"}', 'invalid'],
  ];

  test('[C24] what is no frame of the protocol is answered with an error, and changes nothing', async () => {
    const { a, caller, callee } = await talking();
    for (const [text, code] of refused) {
      callee.say(text);
      await callee.next({ type: 'error', code });
    }
    callee.say(signal(1));
    await caller.next({ type: 'signal', seq: 1 });
    caller.say(signal(1));
    await callee.next({ type: 'signal', from: a.user.id, seq: 1 });
    expect(caller.frames.map(({ type }) => type)).toEqual(['welcome', 'state', 'peer', 'signal']);
  });

  test('[C24] what is no frame of the protocol is answered with an error in an inbox, too', async () => {
    const { a, b, inbox } = await two();
    for (const [text, code] of refused.slice(0, 20)) {
      inbox.say(text);
      await inbox.next({ type: 'error', code });
    }
    for (const call of [7, null, 'x'.repeat(65), ['x']]) {
      inbox.say({ type: 'decline', call });
      await inbox.next({ type: 'error', code: 'invalid' });
    }
    for (const call of ['x', '__proto__', 'constructor', '']) {
      inbox.say({ type: 'decline', call });
      await inbox.next({ type: 'error', code: 'not_now' });
    }
    await a.call(b.user);
    await inbox.next({ type: 'ring' });
  });

  test('[C24] a frame may carry fields that nobody knows, and names of what objects inherit', async () => {
    const { a, b, caller, callee } = await talking();
    const names = ['__proto__', 'constructor', b.user.id];
    const seen = `{${names.map((name) => `"${name}":{"epoch":1,"seq":9}`).join()}}`;
    callee.say(
      `{"type":"ack","seen":${seen},"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}`,
    );
    callee.say(`{"type":"signal","seq":1,"to":"__proto__","signal":{"kind":"offer","sdp":"v=0"}}`);
    await callee.next({ type: 'error', code: 'no_such_peer' });
    callee.say(
      '{"type":"signal","seq":1,"from":"x",' +
        '"signal":{"kind":"offer","sdp":"v=0","__proto__":{"x":1},"raw":{"x":1}}}',
    );
    const { frame } = await caller.next({ type: 'signal', from: b.user.id, seq: 1 });
    expect(frame).toMatchObject({ signals: [{ kind: 'offer', sdp: 'v=0' }] });
    caller.say(signal(1));
    await callee.next({ type: 'signal', from: a.user.id, seq: 1 });
    // Nobody can have seen a signal that was not sent.
    expect(callee.frames.filter(({ type }) => type === 'acked')).toEqual([]);
  });
});

describe('a frame at the wrong time', () => {
  test('[C24] a frame at the wrong time is refused', async () => {
    const { b, call, caller } = await ringing();
    const line = await b.knock(call.callId);
    for (const frame of [{ type: 'accept' }, { type: 'hangup' }, JSON.parse(signal(1))]) {
      line.say(frame);
      await line.next({ type: 'error', code: 'hello_first' });
    }
    line.say({ type: 'hello', version: 1 });
    await line.next({ type: 'welcome' });
    for (const frame of [
      { type: 'hello', version: 1 },
      JSON.parse(signal(1)),
      { type: 'ack', seen: {} },
    ]) {
      line.say(frame);
      await line.next({ type: 'error', code: 'not_now' });
    }
    for (const frame of [{ type: 'accept' }, { type: 'decline' }]) {
      caller.say(frame);
      await caller.next({ type: 'error', code: 'not_now' });
    }
    line.say({ type: 'accept' });
    await line.next({ type: 'state', state: 'accepted' });
    for (const frame of [{ type: 'accept' }, { type: 'decline' }]) {
      line.say(frame);
      await line.next({ type: 'error', code: 'not_now' });
    }
    await isAlive(caller);
    expect(caller.frames.filter(({ type }) => type === 'state')).toEqual([
      { type: 'state', state: 'accepted' },
    ]);
  });

  test.each([0, 2])('[C24] a hello of version %s ends the connection', async (version) => {
    const { b, call, inbox } = await ringing();
    const line = await b.knock(call.callId);
    line.say({ type: 'hello', version });
    const other = await (await deviceOf(b.user)).enter(await b.inboxTicket(), InboxServerFrame);
    other.say({ type: 'hello', version });
    expect(await Promise.all([line.closed, other.closed])).toEqual([VERSION, VERSION]);
    expect(inbox.frames).toHaveLength(2);
  });
});

describe('too many frames', () => {
  test('[C22] too many frames at once end the connection; those before them are answered', async () => {
    const { b, call, caller, callee } = await talking();
    for (const _ of repeated(190, () => 0)) callee.say({ type: 'ping' });
    await isAlive(callee);
    for (const _ of repeated(400, () => 0)) callee.say({ type: 'ping' });
    expect(await callee.closed).toEqual(TOO_MANY);
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    await isAlive(caller);
    const back = await b.join(call.callId, { seen: {}, acked: 0 });
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
    caller.say({ type: 'hangup' });
    await back.next({ type: 'state', state: 'ended' });
  });

  test.each(['nonsense', '{"type":"nonsense"}', Buffer.from('nonsense')])(
    '[C22] too many frames count whatever they are: %s',
    async (frame) => {
      const { caller, callee } = await talking();
      for (const _ of repeated(400, () => 0)) callee.say(frame);
      expect(await callee.closed).toEqual(TOO_MANY);
      await isAlive(caller);
    },
  );

  test('[C22] too many frames end a connection to an inbox; the other devices ring on', async () => {
    const { a, b, inbox } = await two();
    const other = await (await deviceOf(b.user)).inbox();
    const legacy = await legacyClient(b.user);
    for (const _ of repeated(400, () => 0)) inbox.say({ type: 'decline', call: 'x' });
    for (const _ of repeated(400, () => 0)) legacy.say({ event: 'call:ice', payload: {} });
    expect([await inbox.closed, await legacy.closed]).toEqual([TOO_MANY, TOO_MANY]);
    await a.call(b.user);
    await other.next({ type: 'ring' });
  });
});

describe('after all of it', () => {
  test('[C10] a call works after all of it', async () => {
    const { a, b } = await two();
    await aCallWorks(a, b);
  });
});
