import { afterEach, describe, expect, test } from 'vitest';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import {
  FIREFOX,
  idsOf,
  profile,
  REFUSED,
  revoke,
  revokeOthers,
  sessions,
  sidOf,
  signInTimes,
} from '../support/sessions.ts';
import { requestCode, signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
});

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 ' +
  '(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

describe('the list of sessions', () => {
  test('[A37] the list has every sign-in of mine, with device and times, and says which asks', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const phone = freshPhone();
    const signInWith = async (userAgent: string) => {
      const { code } = await requestCode(local, phone);
      const headers = { 'User-Agent': userAgent };
      const { body } = await local.post('/api/auth/verify-code', { phone, code }, { headers });
      return String(body.token);
    };
    const first = await signInWith(FIREFOX);
    clock.advance(90);
    const second = await signInWith(SAFARI);
    clock.advance(5);
    const now = (seconds: number) => new Date(clock.now() - seconds * 1000).toISOString();
    const common = { method: 'code', city: '', country: '' };
    const answer = await sessions(local, second, SAFARI);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ok: true,
      sessions: [
        {
          ...common,
          id: sidOf(second),
          current: true,
          createdAt: now(5),
          lastSeenAt: now(0),
          browser: 'Safari',
          system: 'iOS',
        },
        {
          ...common,
          id: sidOf(first),
          current: false,
          createdAt: now(95),
          lastSeenAt: now(95),
          browser: 'Firefox',
          system: 'Linux',
        },
      ],
    });
    expect(await profile(local, await signIn(api))).toMatchObject({ status: 200 });
    expect(idsOf(await sessions(api, await signIn(api)))).toHaveLength(1);
  });

  test('[A37] the list has no session that ended with its token', async () => {
    const { tokens, clock, local } = await signInTimes(2);
    clock.advance(30 * 86_400 - 30);
    expect(await profile(local, tokens[0] ?? '')).toMatchObject(REFUSED);
    expect(idsOf(await sessions(local, tokens[1] ?? ''))).toEqual([sidOf(tokens[1] ?? '')]);
  });

  test('[A39] the list has at most 50: a further sign-in ends the one that is the longest ago', async () => {
    const { tokens, local } = await signInTimes(51);
    const [first = '', second = '', ...rest] = tokens;
    expect(await sessions(local, first)).toMatchObject(REFUSED);
    expect(idsOf(await sessions(local, second))).toEqual([second, ...rest].map(sidOf).reverse());
  });
});

describe('a session that is revoked', () => {
  test('[A38] a revoked session is refused at once where it was revoked, for every endpoint', async () => {
    const { tokens, local } = await signInTimes(2);
    const [mine = '', other = ''] = tokens;
    expect(await revoke(local, mine, sidOf(other))).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    for (const [method, path] of [
      ['GET', '/api/profile'],
      ['PATCH', '/api/profile'],
      ['GET', '/api/sessions'],
      ['DELETE', '/api/sessions'],
      ['DELETE', `/api/sessions/${sidOf(mine)}`],
      ['POST', '/api/auth/logout'],
    ] as const) {
      expect(await local.send(method, path, { token: other }), `${method} ${path}`).toMatchObject(
        REFUSED,
      );
    }
    expect(await profile(local, mine)).toMatchObject({ status: 200 });
    expect(await revoke(local, mine, sidOf(other))).toMatchObject({
      status: 404,
      body: { code: 'session_not_found' },
    });
  });

  test('[A38] a revoked session is refused within 30 s in an isolate that knows it alive', async () => {
    const { tokens, clock, local } = await signInTimes(2);
    const [mine = '', other = ''] = tokens;
    const elsewhere = localApi({}, clock.now);
    expect((await profile(elsewhere, other)).status).toBe(200);
    await revoke(local, mine, sidOf(other));
    clock.advance(29);
    expect((await profile(elsewhere, other)).status).toBe(200);
    clock.advance(1);
    expect(await profile(elsewhere, other)).toMatchObject(REFUSED);
    expect((await profile(elsewhere, mine)).status).toBe(200);
  });

  test('[A38] a revoked session is refused 30 s after an isolate asked, however long that took', async () => {
    const { tokens, clock, local } = await signInTimes(2);
    const [mine = '', other = ''] = tokens;
    const elsewhere = localApi({}, clock.now);
    await redis.behave({ mode: 'slow', ms: 300, only: '-- see-session', times: 1 });
    const asked = profile(elsewhere, other);
    await expect.poll(() => redis.calls(), { interval: 10 }).toBe(1);
    clock.advance(20);
    expect((await asked).status).toBe(200);
    await revoke(local, mine, sidOf(other));
    clock.advance(10);
    expect(await profile(elsewhere, other)).toMatchObject(REFUSED);
  });

  test('[A38] a revoked session changes nothing in an isolate that never heard of it', async () => {
    const { tokens, clock, local } = await signInTimes(2);
    const [mine = '', other = ''] = tokens;
    await revoke(local, mine, sidOf(other));
    const change = { token: other, body: { displayName: 'Чужой' } };
    expect(await localApi({}, clock.now).send('PATCH', '/api/profile', change)).toMatchObject(
      REFUSED,
    );
    expect((await profile(local, mine)).body.displayName).toBe('');
  });

  test.each([
    ['of somebody else', async () => sidOf(await signIn(api))],
    ['that never was', async () => 'abcdefghijklmnopqrstuv'],
    ['whose id is none', async () => 'others'],
    ['whose id is encoded rubbish', async () => '%00%2e%2e%2f'],
    ['whose id is a hash field', async () => 'cutoff'],
  ])('[A37] a session to revoke has to be mine: one %s is not found', async (_, idOf) => {
    const [token, id] = [await signIn(api), await idOf()];
    expect(await revoke(api, token, id)).toMatchObject({
      status: 404,
      body: { code: 'session_not_found' },
    });
    expect(idsOf(await sessions(api, token))).toEqual([sidOf(token)]);
  });

  test('[A37] a session can sign itself out', async () => {
    const { tokens, local } = await signInTimes(2);
    const [mine = '', other = ''] = tokens;
    expect(await local.post('/api/auth/logout', {}, { token: mine })).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    expect(await local.post('/api/auth/logout', {}, { token: mine })).toMatchObject(REFUSED);
    expect(idsOf(await sessions(local, other))).toEqual([sidOf(other)]);
  });

  test('[A37] a session can revoke all but itself', async () => {
    const { tokens, local } = await signInTimes(4);
    const mine = tokens[1] ?? '';
    expect(await revokeOthers(local, mine)).toMatchObject({
      status: 200,
      body: { ok: true, revoked: 3 },
    });
    expect(await revokeOthers(local, mine)).toMatchObject({ status: 200, body: { revoked: 0 } });
    for (const token of tokens) {
      expect((await sessions(local, token)).status).toBe(token === mine ? 200 : 401);
    }
  });

  test('[A37] of two sessions that revoke each other at once one stays', async () => {
    const { tokens, local } = await signInTimes(2);
    await redis.behave({ mode: 'barrier', count: 2, only: 'close-sessions' });
    const answers = await Promise.all(tokens.map((token) => revokeOthers(local, token)));
    await redis.behave({ mode: 'pass' });
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    const left = await Promise.all(tokens.map((token) => sessions(local, token)));
    expect(left.map(({ status }) => status)).toEqual(answers.map(({ status }) => status));
  });
});

test('[A11, A37] a client whose session was revoked gets no token by repeating its sign-in', async () => {
  const { tokens, local, phone, clock } = await signInTimes(1);
  clock.advance(60);
  const { code, requestId } = await requestCode(local, phone);
  const verify = () => local.post('/api/auth/verify-code', { phone, code, requestId });
  const stolen = String((await verify()).body.token);
  expect((await verify()).body.token).toBe(stolen);
  expect((await revoke(local, tokens[0] ?? '', sidOf(stolen))).status).toBe(200);
  expect(await verify()).toMatchObject({ status: 400, body: { code: 'wrong_code' } });
  expect(await profile(local, stolen)).toMatchObject(REFUSED);
});
