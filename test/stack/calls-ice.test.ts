import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { newDevice } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { recordOf, tellWorker } from '../support/calls/records.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { two } from '../support/calls/scenes.ts';
import type { Answer, Api } from '../support/client.ts';
import { localApi, TestClock } from '../support/client.ts';
import { stack } from '../support/stack.ts';

const NO_CLOUDFLARE = { TURN_KEY_ID: '', TURN_KEY_API_TOKEN: '', STUN_URLS: 'stun:stun.example' };
const local = localApi();
const STUN = [{ urls: ['stun:stun.example'] }];
const DEFAULT_STUN = [{ urls: ['stun:stun.l.google.com:19302', 'stun:stun.cloudflare.com:3478'] }];

/** ICE servers without credentials. */
const NEVER = { expiresAt: null, ttlSeconds: null };

const live = async (): Promise<Record<string, number>> =>
  (await fetch(`${stack.turnUrl}/_/credentials`)).json();
const fail = (fault: object) =>
  fetch(`${stack.turnUrl}/_/fail`, { method: 'POST', body: JSON.stringify(fault) });
/** The name of the credential that an answer holds. */
const credentialOf = ({ body, text }: Answer): string => {
  const servers = body.iceServers as { username?: string }[];
  const name = servers.find(({ username }) => username)?.username;
  if (!name) throw new Error(`No credential: ${text}`);
  return name;
};
const isLive = async (name: string) => Object.keys(await live()).includes(name);
const ice = (at: Api, token: string) => at.send('GET', '/api/calls/ice', { token });
afterEach(() => local.settle());
afterAll(dropAll);

describe('ICE servers', () => {
  test('[C31] ICE servers are those of Cloudflare, with a credential as long as configured', async () => {
    const { token } = await newDevice();
    const before = Date.now();
    const answer = await ice(localApi({ TURN_TTL_SECONDS: '7200' }), token);
    const username = credentialOf(answer);
    expect(answer.status).toBe(200);
    expect(answer.body.iceServers).toEqual([
      { urls: ['stun:stun.example:3478'] },
      {
        urls: ['turn:turn.example:3478?transport=udp', 'turns:turn.example:443?transport=tcp'],
        username,
        credential: expect.stringMatching(/^[0-9a-f]{96}$/),
      },
    ]);
    expect((await live())[username]).toBe(7_200);
    const until = Date.parse(String(answer.body.expiresAt));
    expect(until).toBeGreaterThanOrEqual(before + 7_200_000);
    expect(until).toBeLessThan(before + 7_210_000);
    expect([7_200, 7_199]).toContain(answer.body.ttlSeconds);
    expect(credentialOf(await ice(local, token))).not.toBe(username);
  });

  test('[C31] ICE servers are the same for a user for ten minutes, and new ones after that', async () => {
    const [one, another] = await Promise.all([newDevice(), newDevice()]);
    const clock = new TestClock();
    const api = localApi({}, clock.now);
    const first = await ice(api, one.token);
    clock.advance(599.999);
    const again = await ice(api, one.token);
    expect(again.body).toEqual({ ...first.body, ttlSeconds: Number(first.body.ttlSeconds) - 600 });
    expect(credentialOf(await ice(api, another.token))).not.toBe(credentialOf(first));
    clock.advance(0.001);
    const renewed = await ice(api, one.token);
    expect(credentialOf(renewed)).not.toBe(credentialOf(first));
    expect(await isLive(credentialOf(renewed))).toBe(true);
    expect(
      Date.parse(String(renewed.body.expiresAt)) - Date.parse(String(first.body.expiresAt)),
    ).toBe(600_000);
  });

  test('[C31] ICE servers are the same for half of their lifetime, where that is less', async () => {
    const { token } = await newDevice();
    const clock = new TestClock();
    const api = localApi({ TURN_TTL_SECONDS: '300' }, clock.now);
    const first = await ice(api, token);
    clock.advance(149.999);
    expect((await ice(api, token)).body).toEqual({ ...first.body, ttlSeconds: 150 });
    clock.advance(0.001);
    expect(credentialOf(await ice(api, token))).not.toBe(credentialOf(first));
  });

  test('[C31] ICE servers are asked for again when it was STUN alone that was given', async () => {
    const { token } = await newDevice();
    await fail({ status: 500 });
    expect((await ice(local, token)).body).toEqual({ iceServers: DEFAULT_STUN, ...NEVER });
    expect(await isLive(credentialOf(await ice(local, token)))).toBe(true);
  });

  test('[C31] ICE servers are those of coturn, with a credential that is the user’s own', async () => {
    const { token, user } = await newDevice();
    const coturn = localApi({
      ...NO_CLOUDFLARE,
      TURN_URLS: 'turn:turn.example',
      TURN_SECRET: 'the-secret-of-coturn-of-the-tests',
    });
    const { body } = await ice(coturn, token);
    const username = expect.stringMatching(new RegExp(`^\\d{10}:${user.id}$`));
    const credential = expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/);
    expect(body.iceServers).toEqual([
      ...STUN,
      { urls: ['turn:turn.example'], username, credential },
    ]);
    expect(Date.parse(String(body.expiresAt))).toBeGreaterThan(Date.now());
  });

  test('[C31] ICE servers are STUN alone where no TURN is configured', async () => {
    const { token } = await newDevice();
    expect((await ice(localApi(NO_CLOUDFLARE), token)).body).toEqual({
      iceServers: STUN,
      ...NEVER,
    });
  });

  test.each([
    ['answers an error', { status: 500 }],
    ['refuses the key', { status: 401 }],
    // This is longer than any test may take.
    ['takes too long', { hang: 60_000 }],
  ])(
    '[C31] ICE servers are STUN alone when Cloudflare %s, without waiting for it',
    async (_, fault) => {
      const { token } = await newDevice();
      await fail(fault);
      expect((await ice(local, token)).body).toEqual({ iceServers: DEFAULT_STUN, ...NEVER });
    },
  );

  test('[C31] ICE servers are STUN alone when there is no Cloudflare, or something else there', async () => {
    const { token } = await newDevice();
    for (const url of ['http://127.0.0.1:9', stack.telegramUrl]) {
      expect((await ice(localApi({ TURN_API_URL: url }), token)).body.expiresAt).toBeNull();
    }
  });
});

describe('a TURN credential', () => {
  test('[C31] a TURN credential comes with a call, one a device, and is revoked at its end', async () => {
    const { a, b } = await two();
    const calling = await a.send('POST', '/api/calls', { to: b.user.id });
    const id = String(calling.body.callId);
    const names = [
      credentialOf(calling),
      credentialOf(await b.send('POST', `/api/calls/${id}/ticket`)),
    ];
    expect(new Set(names).size).toBe(2);
    expect(await Promise.all(names.map(isLive))).toEqual([true, true]);
    const line = await a.join(id);
    line.say({ type: 'hangup' });
    await line.closed;
    await expect.poll(() => Promise.all(names.map(isLive))).toEqual([false, false]);
  });

  test('[C31] a TURN credential too many for its user replaces the oldest, which is revoked', async () => {
    const { token } = await newDevice();
    const surplus = credentialOf(await ice(local, token));
    const rooms = cannedRooms({ permit: { outcome: 'ok', role: 'callee', video: false, surplus } });
    const api = localApi({}, Date.now, rooms);
    const newest = credentialOf(
      await api.post(`/api/calls/${crypto.randomUUID()}/ticket`, {}, { token }),
    );
    await api.settle();
    expect(await Promise.all([surplus, newest].map(isLive))).toEqual([false, true]);
  });

  test('[C31] a TURN credential that its call was not told of is revoked, after three tries', async () => {
    const { token } = await newDevice();
    let asked = 0;
    const rooms = cannedRooms({
      hear: (_, message) => {
        if (message.type !== 'permit' || message.turn === undefined) return;
        asked += 1;
        throw new Error('Out of reach');
      },
    });
    const api = localApi({}, Date.now, rooms);
    const name = credentialOf(
      await api.post(`/api/calls/${crypto.randomUUID()}/ticket`, {}, { token }),
    );
    await api.settle();
    expect([asked, await isLive(name)]).toEqual([3, false]);
  });

  test('[C31] a TURN credential is revoked at once when no call can be its own', async () => {
    const { a, b } = await two();
    const before = Object.keys(await live());
    await a.send('POST', '/api/calls', { to: crypto.randomUUID() });
    await a.send('POST', '/api/calls', { to: a.user.id });
    await b.send('POST', `/api/calls/${crypto.randomUUID()}/ticket`);
    const left = async () => Object.keys(await live()).filter((name) => !before.includes(name));
    await expect.poll(left).toEqual([]);
  });

  test('[C31] a TURN credential is revoked though the first try fails, and though told twice', async () => {
    const { a, b } = await two();
    const turn = [credentialOf(await ice(local, a.token))];
    await fail({ status: 500 });
    const record = recordOf(a.user.id, [b.user.id], { turn });
    expect((await tellWorker(local, record)).status).toBe(200);
    await local.settle();
    expect(await Promise.all(turn.map(isLive))).toEqual([false]);
    await tellWorker(local, record);
    await local.settle();
    const log = readFileSync(stack.localLogFile, 'utf8');
    expect(log).not.toContain('turn.not_revoked');
  });

  test('[C31] a TURN credential is waited for by nobody: it rings while Cloudflare hangs', async () => {
    const { a, b, inbox } = await two();
    await fail({ hang: 500 });
    const answer = a.call(b.user);
    const first = await Promise.race([
      inbox.next({ type: 'ring' }).then(() => 'it rings'),
      answer.then(() => 'the answer'),
    ]);
    expect(first).toBe('it rings');
    expect((await answer).state).toBe('ringing');
  });
});
