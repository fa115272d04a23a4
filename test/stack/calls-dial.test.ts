import { neon } from '@neondatabase/serverless';
import { decodeJwt } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import type { Device } from '../support/calls/device.ts';
import { deviceOf, newDevice } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newUser, newUsers } from '../support/calls/people.ts';
import { tellWorker } from '../support/calls/records.ts';
import type { Answers, Asked } from '../support/calls/rooms.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { ringing, talking, two } from '../support/calls/scenes.ts';
import { localApi, runningApi } from '../support/client.ts';
import { expectUnavailable } from '../support/faults.ts';
import { ProxyControl } from '../support/proxy.ts';
import { repeated } from '../support/races.ts';
import { freshChat, messagesOf } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();
const sql = neon(String(stack.settings.DATABASE_URL));
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
afterAll(dropAll);

const call = (from: Device, body: object) => from.send('POST', '/api/calls', body);
const ticket = (from: Device, id: string) => from.send('POST', `/api/calls/${id}/ticket`);

describe('POST /api/calls', () => {
  test.each([
    ['their id', ({ user }: Device) => user.id],
    ['their username', ({ user }: Device) => user.username],
    ['their username with @, in capitals', ({ user }: Device) => `@${user.username.toUpperCase()}`],
  ])('[C1, C18] the POST calls somebody by %s, with a ticket for the caller', async (_, to) => {
    const { a, b, inbox } = await two();
    const answer = await call(a, { to: to(b) });
    const { callId, expiresAt } = answer.body;
    expect(answer.status, answer.text).toBe(201);
    const path = `/parties/call/${callId}`;
    expect(answer.body).toMatchObject({
      role: 'caller',
      state: 'ringing',
      video: false,
      url: path,
    });
    expect(answer.body).not.toHaveProperty('reason');
    const claims = decodeJwt(String(answer.body.ticket));
    expect(claims).toMatchObject({ userId: a.user.id, role: 'caller', aud: `call/${callId}` });
    expect(claims.exp).toBe(Date.parse(String(expiresAt)) / 1000);
    const left = Date.parse(String(expiresAt)) - Date.now();
    expect([left > 50_000, left <= 60_000]).toEqual([true, true]);
    expect(answer.body.ttlSeconds).toBe(60);
    await inbox.next({ type: 'ring', call: callId, from: { user: a.user.id } });
  });

  test('[C8] the POST calls seven at once, by video; one who is named twice once', async () => {
    const caller = await newDevice();
    const others = await newUsers(7);
    const seven = await caller.dial(others, { video: true });
    expect(seven.line.frames[0]).toMatchObject({
      type: 'welcome',
      group: true,
      video: true,
      peers: { length: 7 },
    });
    const [first, second] = others;
    if (!first || !second) throw new Error('There are seven');
    const twice = await (await newDevice()).dial([first, second, first]);
    expect(twice.line.frames[0]).toMatchObject({
      peers: [{ user: first.id }, { user: second.id }],
    });
  });

  test('[C7] the POST answers the same call when its answer was lost and it comes again', async () => {
    const { a, b } = await two();
    const first = await a.call(b.user);
    expect(await call(a, { to: b.user.username })).toMatchObject({
      status: 201,
      body: {
        callId: first.callId,
        role: 'caller',
        existing: true,
        ticket: expect.not.stringMatching(first.ticket),
      },
    });
  });

  test('[C7, C11] the POST of a reloaded page gets the same call, and its new offer arrives', async () => {
    const { a, b } = await two();
    const body = { to: b.user.id, offer: 'v=0 of the first page' };
    const first = await call(a, body);
    expect(first.body).toMatchObject({ existing: false, role: 'caller' });
    const again = await call(a, { ...body, offer: 'v=0 of the second page' });
    const { callId } = first.body;
    expect(again.body).toMatchObject({ existing: true, role: 'caller', state: 'ringing', callId });
    const caller = await a.join(String(callId));
    expect(caller.frames[0]).toMatchObject({ type: 'welcome', received: 0 });
    caller.say({
      type: 'signal',
      seq: 1,
      signal: { kind: 'offer', sdp: 'v=0 of the second page' },
    });
    const callee = await b.accept(String(callId));
    await callee.next({
      type: 'signal',
      epoch: 2,
      seq: 1,
      signals: [{ kind: 'offer', sdp: 'v=0 of the second page' }],
    });
    expect(callee.frames.filter(({ type }) => type === 'signal')).toHaveLength(1);
  });

  test('[C7] the POST of one who calls back while it rings gets the other’s call, as callee', async () => {
    const { b, a, call: theirs } = await ringing({ video: true });
    const body = { callId: theirs.callId, role: 'callee', state: 'ringing', video: true };
    expect(await call(b, { to: a.user.id })).toMatchObject({ status: 201, body });
  });

  test('[C3] the POST says at once that the callee is busy', async () => {
    const { a } = await ringing();
    expect(await call(await newDevice(), { to: a.user.id })).toMatchObject({
      status: 201,
      body: { state: 'ended', reason: 'busy' },
    });
  });

  test('[C33] the POST is refused while another device of the caller calls', async () => {
    const { a } = await ringing();
    const answer = await call(await deviceOf(a.user), { to: (await newUser()).id });
    expect(answer).toMatchObject({ status: 409, body: { code: 'in_call' } });
  });

  test.each([
    ['oneself', async ({ user }: Device) => ({ to: `@${user.username}` }), 400, 'call_to_oneself'],
    ['nobody', async () => ({ to: crypto.randomUUID() }), 404, 'user_not_found'],
    [
      'somebody and nobody',
      async () => ({ to: [(await newUser()).id, '@nobody'] }),
      404,
      'user_not_found',
    ],
    ['no one named', async () => ({}), 400, 'invalid_field'],
    ['an empty list', async () => ({ to: [] }), 400, 'invalid_field'],
    ['eight', async () => ({ to: repeated(8, (n) => `@u${n}`) }), 400, 'invalid_field'],
    ['a number', async () => ({ to: 7 }), 400, 'invalid_field'],
    ['U+0000', async () => ({ to: '\0' }), 400, 'invalid_field'],
    [
      'somebody by a video that is none',
      async () => ({ to: '@a', video: 'yes' }),
      400,
      'invalid_field',
    ],
    ['two with one offer', async () => ({ to: ['@a', '@b'], offer: 'v=0' }), 400, 'invalid_field'],
    [
      'with too long an offer',
      async () => ({ to: '@a', offer: 'x'.repeat(SIGNAL_LIMIT) }),
      400,
      'invalid_field',
    ],
  ])('[C8, C21] the POST refuses to call %s', async (_, body, status, code) => {
    const caller = await newDevice();
    expect(await call(caller, await body(caller))).toMatchObject({ status, body: { code } });
  });

  test('[H20] the POST wants somebody who is signed in and has an account', async () => {
    const { id } = await newUser();
    expect((await api.post('/api/calls', { to: id })).status).toBe(401);
    const token = await legacyToken(crypto.randomUUID());
    expect(await api.post('/api/calls', { to: id }, { token })).toMatchObject({ status: 404 });
  });

  test('[C28] the POST costs 1 statement, and 1 EVAL only for a session that may have ended', async () => {
    const [caller, callee] = [await newDevice(), await newUser()];
    const calls = async () => {
      await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
      expect((await call(caller, { to: callee.id })).status).toBe(201);
      return { sql: await database.calls(), redis: await redis.calls() };
    };
    expect(await calls()).toEqual({ sql: 1, redis: 1 });
    expect(await calls()).toEqual({ sql: 1, redis: 0 });
  });
});

describe('what a room answers', () => {
  const instead = { create: { outcome: 'instead', call: 'the-other' } } as const;
  const answered = async (answers: Answers) => {
    const { token } = await newDevice();
    const local = localApi({}, Date.now, cannedRooms(answers));
    const answer = await local.post('/api/calls', { to: (await newUser()).id }, { token });
    await local.settle();
    return answer;
  };

  test.each<[Answers, number, string]>([
    [{ create: { outcome: 'in_call' } }, 409, 'in_call'],
    [{ ...instead, permit: { outcome: 'elsewhere' } }, 409, 'in_call'],
    [{ ...instead, permit: { outcome: 'no_such_call' } }, 503, 'unavailable'],
    [{ create: { outcome: 'failed' } }, 503, 'unavailable'],
  ])('[C33, H13] the answer %j of a room is told as %i %s', async (answers, status, code) => {
    expect(await answered(answers)).toMatchObject({ status, body: { code } });
  });

  test('[C28, H12] the limit of calls is told as 429, with when to come again', async () => {
    const answer = await answered({ create: { outcome: 'limited', retryAfterSeconds: 42 } });
    expect(answer).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests', retryAfterSeconds: 42 },
    });
    expect(answer.headers.get('Retry-After')).toBe('42');
  });

  test('[H13] a room that cannot be reached, or answers nonsense, is told as 503', async () => {
    const out = () => {
      throw new Error('Out of reach');
    };
    const [{ token }, { id }] = [await newDevice(), await newUser()];
    for (const local of [localApi(), localApi({}, Date.now, cannedRooms({ hear: out }))]) {
      await expectUnavailable(() => local.post('/api/calls', { to: id }, { token }));
      await expectUnavailable(() =>
        local.post(`/api/calls/${crypto.randomUUID()}/ticket`, {}, { token }),
      );
      await local.settle();
    }
  });
});

describe('the call of a legacy client, as its inbox tells of it', () => {
  const dialled = async (answers: Answers, to?: string) => {
    const [from, callee] = await newUsers(2);
    const asked: Asked[] = [];
    const local = localApi(
      {},
      Date.now,
      cannedRooms({ ...answers, hear: (...one) => asked.push(one) }),
    );
    const offer = {
      kind: 'offer' as const,
      sdp: 'v=0',
      raw: { sdp: { type: 'offer', sdp: 'v=0' } },
    };
    const who = { from: String(from?.id), device: 'ws-1', to: to ?? String(callee?.id) };
    const answer = await tellWorker(local, { type: 'call', ...who, offer, video: true });
    return { status: answer.status, said: answer.body, asked, offer, callee };
  };
  const theOther = { outcome: 'instead', call: 'the-other' } as const;
  const permit = (role: 'caller' | 'callee') => ({ outcome: 'ok', role, video: true }) as const;

  test('[C37] a legacy call rings with the offer as it came, and its id is told', async () => {
    const { status, said, asked, offer, callee } = await dialled({});
    const create = {
      type: 'create',
      device: 'ws-1',
      old: true,
      video: true,
      offer,
      callees: [{ user: callee?.id }],
    };
    expect(asked).toMatchObject([[{ party: 'call', id: said.call }, create]]);
    expect([status, said]).toMatchObject([
      200,
      { outcome: 'ok', call: expect.stringMatching(/^[\w-]{36}$/) },
    ]);
  });

  test('[C16] a legacy call is the one that it began already, when the first answer was lost', async () => {
    const { said } = await dialled({ create: theOther, permit: permit('caller') });
    expect(said).toEqual({ outcome: 'ok', call: 'the-other' });
  });

  test.each<[string, Answers]>([
    ['the other one’s came first: that one rings', { create: theOther, permit: permit('callee') }],
    ['another device has it', { create: theOther, permit: { outcome: 'elsewhere' } }],
    ['the callee is busy', { create: { outcome: 'created', state: 'ended', reason: 'busy' } }],
    ['the caller is in another', { create: { outcome: 'in_call' } }],
    ['there were too many', { create: { outcome: 'limited', retryAfterSeconds: 1 } }],
  ])('[C40] a legacy call is none when %s', async (_, answers) => {
    expect((await dialled(answers)).said).toEqual({ outcome: 'no' });
  });

  test('[C40] a legacy call is none when there is nobody whom it is for', async () => {
    for (const to of ['nobody-at-all', '', '\0', '\uD800', 'x'.repeat(60_000)]) {
      expect(await dialled({}, to)).toMatchObject({
        status: 200,
        said: { outcome: 'no' },
        asked: [],
      });
    }
  });

  test('[C16, H13] a legacy call has to be told again when its room cannot be reached', async () => {
    expect((await dialled({ create: { outcome: 'failed' } })).status).toBe(503);
  });
});

describe('a ticket to a call', () => {
  test('[C18] a ticket to a call is for those in it alone, each in their role', async () => {
    const {
      a,
      b,
      call: { callId },
    } = await ringing({ video: true });
    expect(await ticket(a, callId)).toMatchObject({
      status: 200,
      body: { callId, role: 'caller', video: true },
    });
    expect(await ticket(b, callId)).toMatchObject({
      status: 200,
      body: { callId, role: 'callee', video: true },
    });
    const stranger = await ticket(await newDevice(), callId);
    expect(stranger).toMatchObject({ status: 404, body: { code: 'call_not_found' } });
  });

  test.each([
    ['that never was', crypto.randomUUID()],
    ['whose id is none', 'a.b'],
  ])('[C18] a ticket is not given for a call %s', async (_, id) => {
    expect(await ticket(await newDevice(), id)).toMatchObject({
      status: 404,
      body: { code: 'call_not_found' },
    });
  });

  test('[C2, C18] a ticket is for the device that has the call, and for no second one', async () => {
    const {
      b,
      call: { callId },
    } = await talking();
    const second = await ticket(await deviceOf(b.user), callId);
    expect(second).toMatchObject({ status: 409, body: { code: 'answered_elsewhere' } });
    expect(await ticket(b, callId)).toMatchObject({ status: 200, body: { role: 'callee' } });
  });
});

test('[C6, C9] a cancelled call is in both histories, and told in the callee’s Telegram', async () => {
  const {
    a,
    b,
    call: { callId, line },
  } = await ringing({ video: true });
  const chat = freshChat();
  await sql`insert into telegram_links (phone, chat_id) values (${b.user.phone}, ${chat})`;
  line.say({ type: 'hangup' });
  await line.next({ type: 'state', state: 'ended', reason: 'cancelled' });
  const common = { reason: 'cancelled', video: true };
  expect(await recordsOf(b, callId)).toMatchObject([
    { ...common, direction: 'incoming', missed: true },
  ]);
  expect(await recordsOf(a, callId)).toMatchObject([
    { ...common, direction: 'outgoing', missed: false },
  ]);
  expect(await messagesOf(chat)).toEqual([`Пропущенный видеозвонок от ${a.user.displayName}`]);
});
