import { neon } from '@neondatabase/serverless';
import { decodeJwt } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import type { Device } from '../support/calls/device.ts';
import { deviceOf, newDevice } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newUser, newUsers } from '../support/calls/people.ts';
import { ringing, talking, two } from '../support/calls/scenes.ts';
import { runningApi } from '../support/client.ts';
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
