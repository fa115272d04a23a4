import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '../../client/src/client.ts';
import { openInbox } from '../../client/src/inbox.ts';
import { createTestServer } from '../../client/testing/index.ts';
import { TestStage } from './testing-support.ts';

/** The timers and connections that keep this process awake. */
const awake = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => /Timeout|Socket|TCP|TLS/.test(name));

describe('the test server on the clock of the machine', () => {
  test('It rings, and leaves nothing that keeps a process awake', async () => {
    vi.stubGlobal('navigator', {});
    const before = awake().length;
    const server = createTestServer();
    const { url, fetch, WebSocket } = server;
    const open = async (name: string) => {
      const { storage, userId } = await server.signIn(name);
      return { userId, client: createClient({ url, fetch, WebSocket, storage }) };
    };
    const [anna, bob] = [await open('Anna'), await open('Bob')];
    const inbox = openInbox(bob.client);
    await vi.waitFor(() => expect(inbox.link.get()).toEqual({ state: 'online' }));
    await anna.client.request('startCall', { to: bob.userId });
    await vi.waitFor(() => expect(inbox.rings.get()).toHaveLength(1));
    expect(awake().length).toBeGreaterThan(before);
    inbox.dispose();
    for (const { client } of [anna, bob]) client.dispose();
    server.dispose();
    server.dispose();
    await vi.waitFor(() => expect(awake().length).toBeLessThanOrEqual(before));
    vi.unstubAllGlobals();
  });
});

describe('the test server, attacked', () => {
  let stage: TestStage;
  beforeEach(() => {
    stage = new TestStage();
  });
  afterEach(() => stage.end());

  const socketOf = (path: string) => {
    const socket = new stage.server.WebSocket(`ws://aist.test${path}`);
    const heard: string[] = [];
    const closed: number[] = [];
    socket.addEventListener('message', ({ data }) => heard.push(data));
    socket.onclose = ({ code }) => closed.push(code);
    return { socket, heard, closed };
  };

  test('Bodies that are not what the contract says are refused in the envelope', async () => {
    const { url, fetch } = stage.server;
    const send = async (body: string) => {
      const headers = { 'Content-Type': 'application/json', 'X-Language': 'en' };
      const path = `${url}/api/auth/verify-code`;
      const answer = await fetch(path, { method: 'POST', headers, body });
      const { code, ok, requestId } = await answer.json();
      expect({ ok, requestId: typeof requestId }).toEqual({ ok: false, requestId: 'string' });
      return `${answer.status} ${code}`;
    };
    expect(await send('{')).toBe('400 malformed_json');
    expect(await send('[]')).toBe('400 invalid_code_format');
    expect(await send('{"code": {}, "phone": 1}')).toBe('400 invalid_code_format');
    expect(await send('{"code": "123456", "phone": "1"}')).toBe('400 invalid_phone');
    expect(await send('{"code": "123456", "phone": "+79000000001"}')).toBe('400 wrong_code');
  });

  test('A request that is given up ends at once, and one of a cut network fails', async () => {
    const anna = await stage.deviceOf('Anna');
    const signal = AbortSignal.abort(new Error('Given up'));
    await expect(anna.client.request('getProfile', undefined, { signal })).rejects.toThrow(
      'Given up',
    );
    stage.server.cut(anna.userId);
    const { url, fetch } = stage.server;
    const token = await anna.storage.get('aist.token');
    const headers = { Authorization: `Bearer ${token}` };
    await expect(fetch(`${url}/api/profile`, { headers })).rejects.toThrow(TypeError);
    stage.server.mend(anna.userId);
    expect((await fetch(`${url}/api/profile`, { headers })).status).toBe(200);
  });

  test('Frames that are none are answered, and floods end the connection', async () => {
    const anna = await stage.deviceOf('Anna');
    const { ticket, url } = await anna.client.request('inboxTicket');
    const { socket, heard, closed } = socketOf(`${url}?ticket=${ticket}`);
    expect(() => socket.send('early')).toThrow('not open');
    await stage.clock.pass(0);
    socket.send('no JSON');
    socket.send('ping');
    await stage.clock.pass(0);
    expect(heard.map((text) => (text === 'pong' ? text : JSON.parse(text).code))).toEqual([
      'malformed',
      'pong',
    ]);
    for (let n = 0; n < 300; n++) socket.send('ping');
    await stage.clock.pass(0);
    expect(closed).toEqual([4029]);
    socket.send('late');
    socket.close();
    expect(socket.readyState).toBe(3);
  });

  test('A ticket is worth nothing after a minute, nor once its session has ended', async () => {
    const anna = await stage.deviceOf('Anna');
    const old = await anna.client.request('inboxTicket');
    await stage.clock.pass(61_000);
    const expired = socketOf(`${old.url}?ticket=${old.ticket}`);
    const fresh = await anna.client.request('inboxTicket');
    await anna.client.signOut();
    await stage.clock.pass(0);
    const revoked = socketOf(`${fresh.url}?ticket=${fresh.ticket}`);
    await stage.clock.pass(0);
    expect([expired.closed, revoked.closed]).toEqual([[4001], [4001]]);
  });

  test('A socket of a call that falls silent is closed when its time is over', async () => {
    const anna = await stage.deviceOf('Anna');
    const bob = await stage.deviceOf('Bob');
    const { ticket, url } = await stage.dial(anna.client, bob.userId);
    const { socket, closed } = socketOf(`${url}?ticket=${ticket}`);
    await stage.clock.pass(0);
    socket.send(JSON.stringify({ type: 'hello', version: 1 }));
    await stage.clock.pass(14_000);
    expect(closed).toEqual([]);
    await stage.clock.pass(6_000);
    expect(closed).toEqual([4409]);
  });

  test('A room that is restarted while it is asked is unavailable, and then goes on', async () => {
    const anna = await stage.deviceOf('Anna');
    const bob = await stage.deviceOf('Bob');
    const rung: string[] = [];
    bob.inbox.rings.subscribe(([ring]) => {
      if (!ring || rung.length > 0) return;
      rung.push(ring.call);
      // Its answer to whoever calls waits for the answer of this inbox.
      stage.server.restartRoom(ring.call);
    });
    const tried = await anna.client.attempt('startCall', { to: bob.userId });
    expect(tried).toMatchObject({ ok: false, error: { code: 'unavailable', status: 503 } });

    const [call = ''] = rung;
    await bob.inbox.decline(call);
    await stage.clock.pass(60_000);
    expect(bob.inbox.rings.get()).toEqual([]);
    const { calls } = await anna.client.request('listCalls', {});
    expect(calls).toMatchObject([{ callId: call, reason: 'declined' }]);
  });

  test('A room of a call keeps what it has written over a restart', async () => {
    const anna = await stage.deviceOf('Anna');
    const bob = await stage.deviceOf('Bob');
    const { callId } = await stage.dial(anna.client, bob.userId);
    stage.server.restartRoom(callId);
    stage.server.restartRoom('nothing');
    expect((await anna.client.request('callTicket', { id: callId })).role).toBe('caller');
    await bob.inbox.decline(callId);
    await stage.clock.pass(0);
    const { calls } = await anna.client.request('listCalls', {});
    expect(calls.map(({ reason }) => reason)).toEqual(['declined']);
  });
});
