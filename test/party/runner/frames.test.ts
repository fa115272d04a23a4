import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { callRoomDefinition } from '../../../party/call/room.ts';
import type { RoomDefinition } from '../../../party/definition.ts';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import { qrRoomDefinition } from '../../../party/qr/room.ts';
import { RoomRunner } from '../../../party/runner/room-runner.ts';
import type { Entrant } from '../../../party/wire/messages.ts';
import { createQrRoomId } from '../../../src/qr/room-id.ts';
import { ringing } from '../call/call.ts';
import { FakeHost, FakeSocket, LIMIT, Probe, SECRET, who } from './probe.ts';

let probe: Probe;
beforeEach(() => {
  probe = new Probe();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a frame', () => {
  test.each([
    ['of ASCII', 'x'.repeat(LIMIT)],
    ['of characters of two bytes', 'é'.repeat(LIMIT / 2)],
    ['of characters of three bytes', `${'€'.repeat((LIMIT - 1) / 3)}x`],
    ['of pairs of surrogates', '😀'.repeat(LIMIT / 4)],
  ])('[C21] %s may have 64 KiB of UTF-8, and not one byte more', async (_, text) => {
    expect(new TextEncoder().encode(text).byteLength).toBe(LIMIT);
    const socket = await probe.enter();
    await probe.runner.message('a', text);
    expect([probe.events.length, socket.closed]).toEqual([1, undefined]);
    await probe.runner.message('a', `${text}x`);
    expect(socket.closed).toBe('1009 Frame too long');
    expect(probe.events.slice(1)).toEqual(['leave a']);
  });

  test('[C21] a binary frame may have as many bytes', async () => {
    const socket = await probe.enter();
    await probe.runner.message('a', new Uint8Array(LIMIT));
    expect(socket.closed).toBeUndefined();
    await probe.runner.message('a', new ArrayBuffer(LIMIT + 1));
    expect(socket.closed).toBe('1009 Frame too long');
  });

  test('a ping is answered, and the room hears nothing of it', async () => {
    const socket = await probe.enter();
    await probe.runner.message('a', 'ping');
    expect(socket.got).toEqual(['pong']);
    expect(probe.events).toEqual([]);
  });

  test('[C23] a frame tells that its sender is alive, whatever it says', async () => {
    await probe.enter();
    probe.host.time += 5_000;
    await probe.runner.message('a', 'ping');
    let heardAt: number | undefined;
    probe.react = (event) => {
      if (event.type === 'alarm') heardAt = event.present[0]?.heardAt;
      return [];
    };
    await probe.runner.alarm();
    expect(heardAt).toBe(1_005_000);
  });
});

describe('a socket', () => {
  const send = async (count: number) => {
    for (let n = 0; n < count; n++) await probe.runner.message('a', 'x');
  };

  test('[C22] a socket may send 200 frames at once, and is closed with one more', async () => {
    const socket = await probe.enter();
    await send(200);
    expect([socket.closed, probe.events.length]).toEqual([undefined, 200]);
    await send(1);
    expect(socket.closed).toBe('4029 Too many messages');
    expect(probe.events.slice(200)).toEqual(['leave a']);
  });

  test('[C22] a socket may send 50 more frames a second, and saves up at most 200', async () => {
    const socket = await probe.enter();
    await send(200);
    probe.host.time += 1_000;
    await send(50);
    probe.host.time += 60_000;
    await send(200);
    expect(socket.closed).toBeUndefined();
    await send(1);
    expect(socket.closed).toBe('4029 Too many messages');
  });

  test('[C22] pings count like all else, and sockets do not suffer from one another', async () => {
    const [a, b] = [await probe.enter('a'), await probe.enter('b')];
    for (let n = 0; n <= 200; n++) await probe.runner.message('a', 'ping');
    await probe.runner.message('b', 'x');
    expect([a.closed, b.closed]).toEqual(['4029 Too many messages', undefined]);
  });

  test('[C26] what a closed socket sends is ignored, and it ends once', async () => {
    await probe.enter();
    probe.react = () => [{ type: 'close', id: 'a', why: 'replaced' }];
    await probe.runner.message('a', '1');
    await probe.runner.message('a', '2');
    await probe.runner.leave('a');
    expect(probe.events).toEqual(['frame 1']);
  });
});

describe('what is no frame', () => {
  const noFrames = [new TextEncoder().encode('{"type":"ping"}'), '{'];
  const malformed = { type: 'error', code: 'malformed' };

  /** What a client hears that sends no frame. */
  const heard = async <State, Frame, Message>(
    definition: RoomDefinition<State, Frame, Message>,
    id: string,
    entrant: Entrant,
    kept?: unknown,
  ) => {
    const host = new FakeHost(id);
    host.kept = kept;
    const runner = new RoomRunner(host, definition);
    const socket = new FakeSocket('a', entrant);
    await runner.connect(socket, true);
    for (const data of noFrames) await runner.message('a', data);
    expect(socket.closed).toBeUndefined();
    return socket.got.map((text) => JSON.parse(text));
  };

  test('[C24] what is no frame is answered as malformed in a call, binary or not', async () => {
    const alice: Entrant = { ...who, user: 'alice', device: 'alice', role: 'caller' };
    const entrant = { ...alice, ticket: { id: 'jti', until: 1_060_000 } };
    expect(await heard(callRoomDefinition, 'c', entrant, ringing().written)).toMatchObject([
      malformed,
      malformed,
    ]);
  });

  test('[C24] what is no frame is answered as malformed in an inbox', async () => {
    expect(await heard(inboxRoomDefinition, 'bob', who)).toMatchObject([malformed, malformed]);
  });

  test('[C38] what is no frame is ignored in an inbox when a legacy client sends it', async () => {
    expect(await heard(inboxRoomDefinition, 'bob', { ...who, device: 'ws-a', old: true })).toEqual(
      [],
    );
  });

  test('what is no frame is ignored in the room of a QR code', async () => {
    expect(await heard(qrRoomDefinition, await createQrRoomId([SECRET], 1_300_000), who)).toEqual(
      [],
    );
  });
});
