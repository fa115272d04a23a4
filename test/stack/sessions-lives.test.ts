import { afterEach, describe, expect, test } from 'vitest';
import { NO_ROOMS } from '../../party/wire/rooms.ts';
import type { Answer } from '../support/client.ts';
import { localApi, runningApi, settleLocalApis, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import {
  idsOf,
  profile,
  REFUSED,
  revoke,
  revokeOthers,
  sessions,
  sidOf,
  signInTimes,
  userOf,
} from '../support/sessions.ts';
import { requestCode, signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
});

describe('a legacy token', () => {
  /** A user with a session of ours and a legacy token, issued a day ago. */
  const withLegacyToken = async () => {
    const token = await signIn(api);
    const issuedAt = Math.floor(Date.now() / 1000) - 86_400;
    return { token, legacy: await legacyToken(userOf(token), { issuedAt }), issuedAt };
  };

  test('[A35, A37] a legacy token is a session from when it is first seen, and can be revoked', async () => {
    const { token, legacy, issuedAt } = await withLegacyToken();
    expect((await profile(api, legacy)).status).toBe(200);
    const { body } = await sessions(api, token);
    const [, listed] = body.sessions as Record<string, unknown>[];
    expect(listed).toMatchObject({
      method: 'legacy',
      current: false,
      createdAt: new Date(issuedAt * 1000).toISOString(),
    });
    expect((await revoke(api, token, String(listed?.id))).status).toBe(200);
    expect(await profile(api, legacy)).toMatchObject(REFUSED);
    expect(await sessions(api, legacy)).toMatchObject(REFUSED);
    expect(idsOf(await sessions(api, token))).toEqual([sidOf(token)]);
  });

  test('[A35, A37] a legacy token can sign out, though it was never in the list', async () => {
    const { token, legacy } = await withLegacyToken();
    expect((await api.post('/api/auth/logout', {}, { token: legacy })).status).toBe(200);
    expect(await profile(api, legacy)).toMatchObject(REFUSED);
    expect((await profile(api, token)).status).toBe(200);
  });

  test('[A35, A37] a legacy token ends with all others, though nobody ever saw it', async () => {
    const { token, legacy } = await withLegacyToken();
    expect((await revokeOthers(api, token)).status).toBe(200);
    expect(await profile(api, legacy)).toMatchObject(REFUSED);
    expect((await profile(api, token)).status).toBe(200);
  });

  test('[A35, A37] a legacy token can end all others and stays', async () => {
    const { token, legacy, issuedAt } = await withLegacyToken();
    const third = await legacyToken(userOf(token), { issuedAt: issuedAt - 60 });
    expect((await revokeOthers(api, legacy)).status).toBe(200);
    expect((await profile(api, legacy)).status).toBe(200);
    expect(await sessions(api, token)).toMatchObject(REFUSED);
    expect(await sessions(api, third)).toMatchObject(REFUSED);
  });
});

test('[A35, A39] a legacy token ends no session by being used, however many there are', async () => {
  const { tokens, local, clock } = await signInTimes(50);
  const mine = tokens.at(-1) ?? '';
  const issuedAt = Math.floor(clock.now() / 1000) - 86_400;
  const legacy = await legacyToken(userOf(mine), { issuedAt });
  expect((await profile(local, legacy)).status).toBe(200);
  const [itself, ...others] = idsOf(await sessions(local, legacy)).reverse();
  expect(itself).toMatch(/^old-/);
  expect(others).toEqual(tokens.map(sidOf));
});

describe('whether a session lives', () => {
  /** Signs in, and waits until nothing goes on behind the answers, since calls are counted. */
  const quietSignIn = async () => {
    const local = localApi();
    const token = await signIn(local);
    await local.settle();
    return token;
  };
  const calls = async (work: () => Promise<Answer>) => {
    await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
    const { status } = await work();
    return { status, sql: await database.calls(), redis: await redis.calls() };
  };

  test('[A37, P1] to list or end sessions costs 1 EVAL; pushes end behind the answer', async () => {
    const { tokens, local } = await signInTimes(4);
    await settleLocalApis();
    const [mine = '', other = ''] = tokens;
    const inAll = async (work: () => Promise<Answer>) => {
      const { status } = await calls(work);
      await settleLocalApis();
      return { status, sql: await database.calls(), redis: await redis.calls() };
    };
    const one = { status: 200, sql: 0, redis: 1 };
    const ending = { ...one, sql: 1 };
    expect(await inAll(() => sessions(local, mine))).toEqual(one);
    expect(await inAll(() => revoke(local, mine, sidOf(other)))).toEqual(ending);
    expect(await inAll(() => revokeOthers(local, mine))).toEqual(ending);
    expect(await inAll(() => local.post('/api/auth/logout', {}, { token: mine }))).toEqual(ending);
  });

  test('[A38] an isolate asks beside the query whether a session lives that it does not know', async () => {
    const token = await quietSignIn();
    const elsewhere = localApi();
    expect(await calls(() => profile(elsewhere, token))).toEqual({ status: 200, sql: 1, redis: 1 });
    expect(await calls(() => profile(elsewhere, token))).toEqual({ status: 200, sql: 1, redis: 0 });
  });

  test('[A38] an isolate asks whether an unknown session lives before anything is changed', async () => {
    const token = await quietSignIn();
    const elsewhere = localApi();
    const change = (body: object) => () => elsewhere.send('PATCH', '/api/profile', { token, body });
    expect(await calls(change({ displayName: 7 }))).toEqual({ status: 400, sql: 0, redis: 0 });
    expect(await calls(change({ displayName: 'Имя' }))).toEqual({ status: 200, sql: 1, redis: 1 });
    expect(await calls(change({ displayName: 'Имя' }))).toEqual({ status: 200, sql: 1, redis: 0 });
  });

  test('[A38] the question whether a session lives holds a reader up by no round trip', async () => {
    const token = await quietSignIn();
    await database.behave({ mode: 'pass' });
    await redis.behave({ mode: 'hang', only: '-- see-session', times: 1 });
    const answer = profile(localApi(), token);
    await expect.poll(() => database.calls(), { interval: 10 }).toBe(1);
    expect((await answer).status).toBe(503);
  });

  test('[A38] whom a call means is read meanwhile, and no room hears of it before the session lives', async () => {
    const token = await quietSignIn();
    const id = userOf(await quietSignIn());
    const told: string[] = [];
    const rooms = {
      ...NO_ROOMS,
      ask: async (_: object, { type }: { type: string }) => {
        told.push(type);
        return { outcome: 'created', state: 'ringing' };
      },
    };
    const elsewhere = localApi({}, Date.now, rooms);
    const call = () => elsewhere.post('/api/calls', { to: id }, { token });
    await database.behave({ mode: 'pass' });
    await redis.behave({ mode: 'hold', only: '-- see-session', times: 1 });
    const calling = call();
    await redis.held(1);
    await expect.poll(() => database.calls(), { interval: 10 }).toBe(1);
    expect(told).toEqual([]);
    await redis.behave({ mode: 'pass' });
    expect((await calling).status).toBe(201);
    expect(told).toEqual(['create']);
    await elsewhere.settle();
    told.length = 0;

    expect((await revoke(api, token, sidOf(token))).status).toBe(200);
    const third = localApi({}, Date.now, rooms);
    expect(await third.post('/api/calls', { to: id }, { token })).toMatchObject(REFUSED);
    expect(told).not.toContain('create');
  });

  test('[A38, H13] a session is 503 when Redis cannot say that it lives, unless it lately did', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const token = await signIn(local);
    await redis.behave({ mode: 'dead' });
    expect((await profile(local, token)).status).toBe(200);
    clock.advance(30);
    const answer = await profile(local, token);
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    await redis.behave({ mode: 'pass' });
    expect((await profile(local, token)).status).toBe(200);
  });
});

test('[A38] the half minute begins when Redis was asked, however long Postgres takes then', async () => {
  const clock = new TestClock();
  const local = localApi({}, clock.now);
  const phone = freshPhone();
  const { code } = await requestCode(local, phone);
  await settleLocalApis();
  await database.behave({ mode: 'hold' });
  const signingIn = local.post('/api/auth/verify-code', { phone, code });
  await database.held(1);
  clock.advance(5);
  await database.behave({ mode: 'pass' });
  const token = String((await signingIn).body.token);
  await settleLocalApis();
  await redis.behave({ mode: 'dead' });
  clock.advance(24);
  expect((await profile(local, token)).status).toBe(200);
  clock.advance(1);
  expect((await profile(local, token)).status).toBe(503);
});

describe('a sign-in that fails half-way', () => {
  test('[A12] a sign-in whose user cannot be made leaves no session, and one when it succeeds', async () => {
    const local = localApi();
    const phone = freshPhone();
    const { code } = await requestCode(local, phone);
    // A code that is used before its message finds a chat is taken back, also when it lives again.
    await settleLocalApis();
    await database.behave({ mode: 'dead' });
    expect((await local.post('/api/auth/verify-code', { phone, code })).status).toBe(503);
    await database.behave({ mode: 'pass' });
    const { body } = await local.post('/api/auth/verify-code', { phone, code });
    expect(idsOf(await sessions(local, String(body.token)))).toEqual([sidOf(String(body.token))]);
  });

  test('[A11, A12] a sign-in whose answer was lost leaves one session when the client comes again', async () => {
    const local = localApi();
    const phone = freshPhone();
    const { code, requestId } = await requestCode(local, phone);
    await settleLocalApis();
    await redis.behave({ mode: 'deaf', only: '-- verify-code', times: 1 });
    expect((await local.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(
      503,
    );
    await settleLocalApis();
    const { body } = await local.post('/api/auth/verify-code', { phone, code, requestId });
    expect(idsOf(await sessions(local, String(body.token)))).toEqual([sidOf(String(body.token))]);
  });

  test('[A10] a sign-in ends in a session of the user who was there, when Redis forgot them', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const phone = freshPhone();
    const first = await signIn(local, phone);
    clock.advance(60);
    // Postgres fails behind the answer, so Redis does not know the user when the code comes.
    await database.behave({ mode: 'dead' });
    const { code } = await requestCode(local, phone);
    await settleLocalApis();
    await database.behave({ mode: 'pass' });
    const { body } = await local.post('/api/auth/verify-code', { phone, code });
    const second = String(body.token);
    expect(userOf(second)).toBe(userOf(first));
    expect(idsOf(await sessions(local, first))).toEqual([sidOf(second), sidOf(first)]);
    expect((await profile(localApi({}, clock.now), second)).status).toBe(200);
  });
});

test('[A36] changing the secret signs nobody out, and tokens of before can still be revoked', async () => {
  const before = localApi();
  const [first, legacy] = [await signIn(before), await legacyToken(userOf(await signIn(before)))];
  const secrets = {
    JWT_SECRET: 'the-new-secret-of-this-very-test-01',
    JWT_SECRET_PREVIOUS: String(stack.settings.JWT_SECRET),
  };
  const during = localApi(secrets);
  // What the other isolates know before any of them signs with the new secret.
  const prepared = localApi({ JWT_SECRET_PREVIOUS: 'the-new-secret-of-this-very-test-01' });
  const fresh = await signIn(during);
  for (const token of [first, legacy, fresh]) {
    expect((await profile(during, token)).status).toBe(200);
    expect((await profile(prepared, token)).status).toBe(200);
  }
  expect((await during.post('/api/auth/logout', {}, { token: first })).status).toBe(200);
  expect(await sessions(prepared, first)).toMatchObject(REFUSED);
  const after = localApi({ JWT_SECRET: 'the-new-secret-of-this-very-test-01' });
  expect(await profile(after, legacy)).toMatchObject(REFUSED);
  expect((await profile(after, fresh)).status).toBe(200);
});
