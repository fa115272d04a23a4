import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isFree } from '../../dev/ports.ts';
import type { Answer } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { listenersOf } from './support/processes.ts';
import { StackUnderTest } from './support/stack.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'aist-start-partykit-'));
let stack: StackUnderTest;
afterAll(() => {
  stack?.destroy();
  for (const folder of [dataDir, stack?.scratch])
    rmSync(folder ?? dataDir, { recursive: true, force: true });
});

/** Somebody who has signed in. */
const person = async () => {
  const headers = { Authorization: `Bearer ${await stack.signIn(freshPhone())}` };
  const send = (method: string, path: string, body?: unknown): Promise<Answer> =>
    stack.send(method, path, body, headers);
  const { body } = await send('GET', '/api/profile');
  return { send, userId: String(body.userId) };
};

/** A WebSocket at an address of the API: what it has said, frame by frame. */
const open = async (path: string): Promise<{ socket: WebSocket; frames: () => unknown[] }> => {
  const socket = new WebSocket(stack.apiUrl.replace('http', 'ws') + path);
  const frames: unknown[] = [];
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data))));
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  return { socket, frames: () => frames };
};

/** Enters a room with what the API answered, and says hello. */
const enter = async ({ body: { url, ticket } }: Answer) => {
  const room = await open(`${url}?ticket=${ticket}`);
  room.socket.send(JSON.stringify({ type: 'hello', version: 1 }));
  await expect.poll(room.frames).toContainEqual(expect.objectContaining({ type: 'welcome' }));
  return room;
};

// Each test goes on where the one before it ended: a start costs seconds.
describe('npm run start:partykit', () => {
  test('start:partykit is ready, and says where the rooms are, which the Worker alone reaches', async () => {
    stack = await StackUnderTest.start(dataDir, {}, 'start:partykit');
    process.stdout.write(`with rooms under PartyKit: ready after ${stack.seconds.toFixed(1)} s\n`);
    expect((await fetch(`${stack.address('Rooms')}/parties/call/one`)).status).toBe(401);
    expect(stack.script.errors()).toBe('');
  });

  if (process.platform === 'linux') {
    test('everything listens on 127.0.0.1 alone', () => {
      const listeners = listenersOf(stack.processes());
      expect(listeners.map(({ port }) => port)).toContain(
        Number(new URL(stack.address('Rooms')).port),
      );
      expect(listeners.filter(({ address }) => address !== '127.0.0.1')).toEqual([]);
    });
  }

  test('a sign-in by QR code is pushed', async () => {
    const confirmer = await person();
    const { body: shown } = await stack.send('POST', '/api/auth/qr/request');
    const { socket, frames } = await open(`/parties/qr/${shown.room}`);
    await confirmer.send('POST', '/api/auth/qr/confirm', { code: shown.code });
    await expect.poll(frames).toEqual([{ type: 'confirmed' }]);
    socket.close();
  });

  test('a call rings, stops when it is cancelled, and is in the history', async () => {
    const [caller, callee] = await Promise.all([person(), person()]);
    const inbox = await enter(await callee.send('POST', '/api/calls/inbox'));
    const called = await caller.send('POST', '/api/calls', { to: callee.userId });
    expect([called.status, called.body.state], called.text).toEqual([201, 'ringing']);
    const call = called.body.callId;
    await expect.poll(inbox.frames).toContainEqual(expect.objectContaining({ type: 'ring', call }));
    const room = await enter(called);
    room.socket.send(JSON.stringify({ type: 'hangup' }));
    await expect.poll(inbox.frames).toContainEqual({ type: 'stop', call, reason: 'cancelled' });
    const history = async () => (await callee.send('GET', '/api/calls')).body.calls;
    await expect.poll(history).toMatchObject([{ callId: call, missed: true, reason: 'cancelled' }]);
    inbox.socket.close();
  });

  test('SIGTERM ends it with 0, and no process, no port and no file is left', async () => {
    const ports = ['API', 'Rooms'].map((part) => Number(new URL(stack.address(part)).port));
    expect(await stack.terminate()).toBe(0);
    expect(stack.remains()).toEqual([]);
    expect(await Promise.all(ports.map(isFree))).toEqual([true, true]);
    expect(stack.script.errors()).toBe('');
  });
});
