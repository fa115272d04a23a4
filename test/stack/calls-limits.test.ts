import { afterAll, describe, expect, test } from 'vitest';
import { newDevice, openLegacy } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newUser } from '../support/calls/people.ts';
import type { Answers, Asked } from '../support/calls/rooms.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { talking } from '../support/calls/scenes.ts';
import type { Answer } from '../support/client.ts';
import { localApi, TestClock } from '../support/client.ts';
import { ProxyControl } from '../support/proxy.ts';
import { stack } from '../support/stack.ts';

// Limits are asked before anything is spent.

const database = new ProxyControl(stack.databaseProxy);
afterAll(dropAll);

/** How many TURN credentials were made so far. */
const made = async (): Promise<number> => {
  const answer: { made: number } = await (await fetch(`${stack.turnUrl}/_/made`)).json();
  return answer.made;
};
const hasTurn = ({ body: { iceServers } }: Answer) =>
  JSON.stringify(iceServers).includes('username');

/** An app of its own whose rooms answer so; what they were asked. */
const isolate = (answers: Answers, now = Date.now) => {
  const asked: Asked[] = [];
  const rooms = cannedRooms({ ...answers, hear: (...one) => asked.push(one) });
  const types = () => asked.map(([, { type }]) => type);
  return { api: localApi({}, now, rooms), types };
};

describe('TURN credentials', () => {
  const limited = { outcome: 'limited', retryAfterSeconds: 9 } as const;

  test.each<[string, Answers]>([
    ['is busy', { create: { outcome: 'created', state: 'ended', reason: 'busy' } }],
    ['does not come to be, since the caller is in another', { create: { outcome: 'in_call' } }],
    ['is one too many', { create: limited }],
    ['is one too many of the pair', { create: { ...limited, pair: true } }],
    ['fails', { create: { outcome: 'failed' } }],
    [
      'was there, and is had elsewhere',
      { create: { outcome: 'instead', call: 'x' }, permit: { outcome: 'elsewhere' } },
    ],
  ])('[C31] TURN credentials are made for no call that %s', async (_, answers) => {
    const [{ token }, { id }] = [await newDevice(), await newUser()];
    const { api } = isolate(answers);
    const before = await made();
    await api.post('/api/calls', { to: id }, { token });
    await api.settle();
    expect(await made()).toBe(before);
  });

  test('[C31] TURN credentials are made for nobody who cannot be called or has no ticket', async () => {
    const { token, user } = await newDevice();
    const { api } = isolate({ permit: { outcome: 'no_such_call' } });
    const before = await made();
    const nobody = [crypto.randomUUID(), user.id];
    for (const to of nobody) await api.post('/api/calls', { to }, { token });
    await api.post(`/api/calls/${crypto.randomUUID()}/ticket`, {}, { token });
    await api.settle();
    expect(await made()).toBe(before);
  });

  test('[C31] TURN credentials are given as the inbox allows: a ticket comes without, /ice waits', async () => {
    const { token } = await newDevice();
    const { api, types } = isolate({ turn: limited });
    const before = await made();
    const ticket = await api.post(`/api/calls/${crypto.randomUUID()}/ticket`, {}, { token });
    expect([ticket.status, hasTurn(ticket)]).toEqual([200, false]);
    const ice = await api.send('GET', '/api/calls/ice', { token });
    expect([ice.status, ice.body.code]).toEqual([429, 'too_many_requests']);
    expect(ice.headers.get('Retry-After')).toBe('9');
    const again = { create: { outcome: 'instead', call: 'x' }, turn: limited } as const;
    const there = isolate(again);
    const { id } = await newUser();
    const existing = await there.api.post('/api/calls', { to: id }, { token });
    expect([existing.status, hasTurn(existing)]).toEqual([201, false]);
    expect([types(), there.types()]).toEqual([
      ['permit', 'turn', 'turn'],
      ['create', 'permit', 'turn'],
    ]);
    expect(await made()).toBe(before);
  });

  test('[C31] TURN credentials of a user are thirty at once, and each ticket lets in', async () => {
    const { b, call } = await talking();
    const before = await made();
    const given: boolean[] = [];
    for (let n = 0; n < 35; n++) {
      const answer = await b.send('POST', `/api/calls/${call.callId}/ticket`);
      expect(answer.status, answer.text).toBe(200);
      given.push(hasTurn(answer));
    }
    // The ticket that accepted the call took one credential.
    expect(given.filter(Boolean)).toHaveLength(29);
    expect(given.slice(29).some(Boolean)).toBe(false);
    expect((await made()) - before).toBe(29);
    expect((await b.send('GET', '/api/calls/ice')).status).toBe(429);
  });
});

describe('a call too many', () => {
  const sqlOf = async (work: () => Promise<Answer>) => {
    await database.behave({ mode: 'pass' });
    const { status } = await work();
    return { status, sql: await database.calls() };
  };

  test('[C28] a call too many costs no statement and no room while this isolate knows of it', async () => {
    const [{ token }, one, other] = [await newDevice(), await newUser(), await newUser()];
    const clock = new TestClock();
    const limit = { create: { outcome: 'limited', retryAfterSeconds: 42 } } as const;
    const { api, types } = isolate(limit, clock.now);
    const call = (to: string) => sqlOf(() => api.post('/api/calls', { to }, { token }));
    expect(await call(one.id)).toEqual({ status: 429, sql: 1 });
    clock.advance(41.999);
    expect(await call(one.id)).toEqual({ status: 429, sql: 0 });
    expect(await call(other.id)).toEqual({ status: 429, sql: 0 });
    expect(types()).toEqual(['create']);
    clock.advance(0.001);
    expect(await call(one.id)).toEqual({ status: 429, sql: 1 });
  });

  test('[C60] an invitation too many costs no statement, and the inbox alone is asked, once', async () => {
    const [{ token }, { id: user }] = [await newDevice(), await newUser()];
    const clock = new TestClock();
    const invite = { outcome: 'limited', retryAfterSeconds: 42 } as const;
    const { api, types } = isolate({ invite }, clock.now);
    const path = `/api/calls/${crypto.randomUUID()}/invite`;
    const post = () => sqlOf(() => api.post(path, { user }, { token }));
    for (const _ of [1, 2]) expect(await post()).toEqual({ status: 429, sql: 0 });
    expect(types()).toEqual(['invite']);
    const free = isolate({});
    const answer = await sqlOf(() => free.api.post(path, { user }, { token }));
    expect(answer).toEqual({ status: 200, sql: 1 });
    expect(free.types()).toEqual(['invite', 'invite']);
  });

  test('[C29] a call too many of a pair stops no other call, nor longer than the inbox says', async () => {
    const [{ token }, { id }] = [await newDevice(), await newUser()];
    const create = { outcome: 'limited', retryAfterSeconds: 42, pair: true } as const;
    const { api, types } = isolate({ create });
    for (let n = 0; n < 2; n++) {
      const answer = await api.post('/api/calls', { to: id }, { token });
      expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '42']);
    }
    expect(types()).toEqual(['create', 'create']);
  });

  test('[C28, C40] a call too many of a legacy client costs no statement: it hears a hangup', async () => {
    const legacy = await openLegacy((await newDevice()).token);
    const hangup = { event: 'call:hangup' };
    const offer = () => {
      const sdp = { type: 'offer', sdp: 'v=0' };
      legacy.say({ event: 'call:offer', payload: { userId: crypto.randomUUID(), sdp } });
    };
    for (let n = 0; n < 60; n++) {
      offer();
      await legacy.next(hangup);
    }
    await database.behave({ mode: 'pass' });
    for (let n = 0; n < 5; n++) {
      offer();
      await legacy.next(hangup);
    }
    expect(await database.calls()).toBe(0);
  });
});
