import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { createQrRoomId } from '../../src/qr/room-id.ts';
import { localApi, runningApi } from '../support/client.ts';
import { anyToken, confirm, deny, showQr } from '../support/qr.ts';
import { repeated } from '../support/races.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const token = await anyToken();
const SECRET = String(stack.settings.JWT_SECRET);
const FAR = Date.now() + 300_000;

/** Somebody in a room. */
interface Listener {
  readonly socket: WebSocket;
  /** The next frame. */
  next(): Promise<string>;
  /** All frames so far. */
  readonly heard: string[];
  /** The code that the connection ends with. */
  readonly closed: Promise<number>;
}

const listeners: Listener[] = [];
afterEach(() => {
  for (const { socket } of listeners.splice(0)) socket.close();
});

/** Enters a room. */
const listen = async (room: string, query = ''): Promise<Listener> => {
  const socket = new WebSocket(`${stack.apiUrl.replace('http', 'ws')}/parties/qr/${room}${query}`);
  const heard: string[] = [];
  const waiting: ((frame: string) => void)[] = [];
  let read = 0;
  socket.onmessage = ({ data }) => {
    heard.push(String(data));
    const give = waiting.shift();
    if (give) give(heard[read++] ?? '');
  };
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  const next = () =>
    new Promise<string>((resolve) => {
      const frame = heard[read];
      if (frame === undefined) waiting.push(resolve);
      else {
        read += 1;
        resolve(frame);
      }
    });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const listener = { socket, next, heard, closed };
  listeners.push(listener);
  return listener;
};

/** Asks for a WebSocket, and returns the status of the answer and the code of a close. */
const upgrade = (
  path: string,
  untilClosed = false,
): Promise<{ status: number; text: string; code?: number }> =>
  new Promise((resolve, reject) => {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      Origin: 'https://web.aist.example',
    };
    request(`${stack.apiUrl}${path}`, { headers })
      .on('response', async (answer) =>
        resolve({ status: answer.statusCode ?? 0, text: await text(answer) }),
      )
      .on('upgrade', (answer, socket, head) => {
        const entered = { status: answer.statusCode ?? 0, text: '' };
        // Reads the first frame, since workerd ends the TCP connection only seconds later: opcode
        // 8, length, code (RFC 6455 §5.5.1).
        const read = (bytes: Buffer) => {
          if (untilClosed && bytes[0] !== 0x88) return;
          socket.destroy();
          resolve(untilClosed ? { ...entered, code: bytes.readUInt16BE(2) } : entered);
        };
        socket.on('data', read);
        if (head.length > 0 || !untilClosed) read(head);
      })
      .on('error', reject)
      .end();
  });

const CONFIRMED = '{"type":"confirmed"}';
const DENIED = '{"type":"denied"}';

describe('whoever listens in the room of a code', () => {
  test('[A33] a listener hears that the code was confirmed, and nothing that could be stolen', async () => {
    const { room, code, poll } = await showQr(api);
    const both = [await listen(room), await listen(room)];
    const confirmed = await confirm(api, code, token);
    expect(confirmed.status).toBe(200);
    expect(await Promise.all(both.map(({ next }) => next()))).toEqual([CONFIRMED, CONFIRMED]);
    expect((await poll()).body.status).toBe('ready');
  });

  test('[A33] a listener hears it on coming late, too', async () => {
    const { room, code } = await showQr(api);
    const first = await listen(room);
    await confirm(api, code, token);
    await first.next();
    expect(await (await listen(room)).next()).toBe(CONFIRMED);
  });

  test('[A33] a listener hears it on coming late to a room where nobody was', async () => {
    const { room, code } = await showQr(api);
    await deny(api, code, token);
    expect(await (await listen(room)).next()).toBe(DENIED);
  });

  test('[A33] a listener hears that it was denied after all', async () => {
    const { room, code } = await showQr(api);
    const { next } = await listen(room);
    await confirm(api, code, token);
    expect(await next()).toBe(CONFIRMED);
    await deny(api, code, token);
    expect(await next()).toBe(DENIED);
  });

  test('[A33] a listener hears nothing of other codes, of reads or of failed confirmations', async () => {
    const [mine, other] = [await showQr(api), await showQr(api)];
    const { heard, next, socket } = await listen(mine.room);
    const elsewhere = await listen(other.room);
    await confirm(api, other.code, token);
    await elsewhere.next();
    await confirm(api, mine.code, 'x');
    socket.send('ping');
    expect(await next()).toBe('pong');
    expect(heard).toEqual(['pong']);
  });

  test('[A33] a listener hears it whatever connection id it or another asks for', async () => {
    const { room, code } = await showQr(api);
    const both = [await listen(room, '?_pk=same'), await listen(room, '?_pk=same')];
    await confirm(api, code, token);
    expect(await Promise.all(both.map(({ next }) => next()))).toEqual([CONFIRMED, CONFIRMED]);
  });

  test('[A33] a listener tells others nothing by frames, and is put out for long ones', async () => {
    const { room } = await showQr(api);
    const [loud, quiet] = [await listen(room), await listen(room)];
    for (const frame of [CONFIRMED, '{', '', new Uint8Array(1_024)]) loud.socket.send(frame);
    loud.socket.send('ping');
    expect(await loud.next()).toBe('pong');
    loud.socket.send('x'.repeat(1_025));
    expect(await loud.closed).toBe(1009);
    quiet.socket.send('ping');
    expect(await quiet.next()).toBe('pong');
    expect(quiet.heard).toEqual(['pong']);
  });

  test('[A33] a listener is put out when there are too many, and those before it stay', async () => {
    const { room, code } = await showQr(api);
    const inside = await Promise.all(repeated(8, () => listen(room)));
    expect((await upgrade(`/parties/qr/${room}`, true)).code).toBe(4429);
    await confirm(api, code, token);
    expect(await Promise.all(inside.map(({ next }) => next()))).toEqual(
      repeated(8, () => CONFIRMED),
    );
  });

  test('[A33] a listener is put out when the room expires', async () => {
    const enter = async (
      seconds: number,
    ): Promise<{ room: string; entered: Awaited<ReturnType<typeof upgrade>> }> => {
      const room = await createQrRoomId([SECRET], Date.now() + seconds * 1_000);
      const entered = await upgrade(`/parties/qr/${room}`, true);
      // On a busy machine the room may expire before anybody enters.
      const late = entered.status === 404 && seconds < 16;
      return late ? enter(seconds * 2) : { room, entered };
    };
    const { room, entered } = await enter(1);
    expect(entered).toMatchObject({ status: 101, code: 4408 });
    expect((await upgrade(`/parties/qr/${room}`)).status).toBe(404);
  });
});

describe('a room', () => {
  test('[A33] a room is entered with its id alone', async () => {
    expect((await upgrade(`/parties/qr/${await createQrRoomId([SECRET], FAR)}`)).status).toBe(101);
  });

  test.each([
    ['forged', async () => createQrRoomId(['another secret'], FAR)],
    ['expired', async () => createQrRoomId([SECRET], Date.now() - 1_000)],
    [
      'one with a later expiry than was given',
      async () => (await createQrRoomId([SECRET], FAR)).replace(/^../, 'zz'),
    ],
    ['no id at all', async () => 'lobby'],
  ])('[A33] a room is not there when its id is %s', async (_, id) => {
    const { status, text: body } = await upgrade(`/parties/qr/${await id()}`);
    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({
      ok: false,
      code: 'room_not_found',
      message: expect.stringMatching(/^Так/),
    });
  });

  test('[A33, H13] a room that cannot be reached is unavailable, in the envelope', async () => {
    // In this process there are no rooms.
    const path = `/parties/qr/${await createQrRoomId([SECRET], FAR)}`;
    const answer = await localApi().send('GET', path, { headers: { Upgrade: 'websocket' } });
    expect([answer.status, answer.body.code, answer.headers.get('Retry-After')]).toEqual([
      503,
      'unavailable',
      '5',
    ]);
  });

  test('[A33] a room of another party is not there', async () => {
    const { status, text: body } = await upgrade(
      `/parties/main/${await createQrRoomId([SECRET], FAR)}`,
    );
    expect([status, JSON.parse(body).code]).toEqual([404, 'not_found']);
  });

  test('[A33] a room answers nothing but WebSockets, and is told nothing from outside', async () => {
    const { room, poll } = await showQr(api);
    const { heard, next, socket } = await listen(room);
    const plain = await api.send('GET', `/parties/qr/${room}`, {
      headers: { Origin: 'https://web.aist.example' },
    });
    expect(plain.status).toBe(426);
    expect(plain.headers.get('Access-Control-Allow-Origin')).toBe('https://web.aist.example');
    expect(plain.body).toMatchObject({ ok: false, code: 'websocket_required' });
    const body = { type: 'confirmed' };
    const told = [
      await api.post(`/parties/qr/${room}`, body),
      await api.post(`/parties/qr/${room}/`, body),
      await api.post(`/parties/qr/${room}`, body, { headers: { 'x-partykit-room': room } }),
    ];
    expect(told.map(({ status }) => status)).toEqual([405, 404, 405]);
    socket.send('ping');
    expect(await next()).toBe('pong');
    expect(heard).toEqual(['pong']);
    expect((await poll()).body).toEqual({ status: 'pending' });
  });
});
