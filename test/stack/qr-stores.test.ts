import { afterEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/platform/random.ts';
import { createRedis } from '../../src/platform/redis/client.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { checkRequest, voidStep } from '../../src/qr/store.ts';
import { createSid } from '../../src/session/token.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { isPending } from '../support/order.ts';
import { ProxyControl } from '../support/proxy.ts';
import { anyToken, confirm, deny, info, showQr } from '../support/qr.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
const settings = parseSettings(stack.settings);
const client = createRedis(settings.UPSTASH_REDIS_REST_URL, settings.UPSTASH_REDIS_REST_TOKEN);
const healthy = () =>
  Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
afterEach(healthy);

/** The calls to each store while `work` goes on. */
const callsOf = async (work: () => Promise<unknown>) => {
  await healthy();
  await work();
  return { sql: await database.calls(), redis: await redis.calls() };
};

const ONE = { sql: 0, redis: 1 };

describe('store calls', () => {
  test('[A26, A31] request, check, info, confirm and deny are 1 EVAL each, with what follows', async () => {
    const local = localApi();
    const token = await anyToken();
    const settled = (work: () => Promise<unknown>) => async () => {
      await work();
      await local.settle();
    };
    const [shown, other] = [await showQr(local), await showQr(local)];
    expect(await callsOf(settled(() => showQr(local)))).toEqual(ONE);
    expect(await callsOf(settled(shown.poll))).toEqual(ONE);
    expect(await callsOf(settled(() => info(local, shown.code, token)))).toEqual(ONE);
    expect(await callsOf(settled(() => confirm(local, shown.code, token)))).toEqual(ONE);
    expect(await callsOf(settled(() => deny(local, other.code, token)))).toEqual(ONE);
    expect(await callsOf(settled(() => confirm(local, 'AAAAAA', token)))).toEqual(ONE);
  });

  test('[A27, A40] the check that collects waits for 1 EVAL; the alert takes 1 statement later', async () => {
    const local = localApi();
    const { code, poll } = await showQr(local);
    await confirm(local, code, await anyToken());
    await Promise.all([database.behave({ mode: 'hold' }), redis.behave({ mode: 'pass' })]);
    expect((await poll()).body.status).toBe('ready');
    const behind = local.settle();
    expect(await isPending(behind)).toBe(true);
    await database.held(1);
    const calls = { sql: await database.calls(), redis: await redis.calls() };
    await database.behave({ mode: 'pass' });
    await behind;
    expect(calls).toEqual({ sql: 1, redis: 1 });
    expect([await database.calls(), await redis.calls()]).toEqual([0, 1]);
  });

  test('[A26, A27] the image, a request without a code and one with a bad token ask no store', async () => {
    const calls = await callsOf(async () => {
      await api.send('GET', '/api/auth/qr/image?code=ABCDEF');
      await api.send('GET', '/api/auth/qr/check');
      await api.post('/api/auth/qr/confirm', { code: 'ABCDEF' }, { token: 'x.y.z' });
      await api.send('GET', '/parties/qr/nothing');
    });
    expect(calls).toEqual({ sql: 0, redis: 0 });
  });
});

describe('a call to Redis whose answer gets lost', () => {
  const start = async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    return { clock, local, token: await anyToken(), ...(await showQr(local)) };
  };

  test('[A12, A29] a lost answer leaves a token to be collected again, and no session behind', async () => {
    for (const mode of ['deaf', 'half'] as const) {
      const { local, token, code, poll } = await start();
      await confirm(local, code, token);
      await redis.behave({ mode, times: 1 });
      expect((await poll()).status).toBe(503);
      await local.settle();
      expect(await redis.calls()).toBe(2);
      const ready = await poll();
      expect(ready.body.status).toBe('ready');
      expect((await poll()).body).toEqual(ready.body);
      const { sessions } = (
        await local.send('GET', '/api/sessions', { token: String(ready.body.token) })
      ).body;
      expect(sessions).toMatchObject([{ method: 'qr', current: true }]);
    }
  });

  test('[A12, A30] a lost answer leaves the code to be confirmed once more', async () => {
    const { local, token, code, poll } = await start();
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await confirm(local, code, token)).status).toBe(503);
    await local.settle();
    expect((await poll()).body).toEqual({ status: 'pending' });
    expect((await confirm(local, code, token)).status).toBe(200);
    expect((await poll()).body.status).toBe('ready');
  });

  test('[A12, A30] a lost answer takes nothing back that others built on meanwhile', async () => {
    const { local, token, code, poll } = await start();
    await redis.behave({ mode: 'deaf', only: '-- confirm-qr', times: 1 });
    const lost = await confirm(local, code, token);
    expect(lost.status).toBe(503);
    await local.settle();
    expect((await confirm(local, code, token)).status).toBe(200);
    // The undo arrives only now, or a second time.
    const takeBack = () =>
      voidStep(client, { step: 'confirm', code, id: String(lost.body.requestId) });
    await takeBack();
    const ready = await poll();
    expect(ready.body.status).toBe('ready');
    await voidStep(client, { step: 'check', code, id: String(lost.body.requestId) });
    await takeBack();
    expect((await poll()).body).toEqual(ready.body);
    expect(
      (await local.send('GET', '/api/sessions', { token: String(ready.body.token) })).status,
    ).toBe(200);
  });

  test('[A12, A29] a lost answer takes no session back that another poll has collected', async () => {
    const { local, token, code, poll, pollToken, address, clock } = await start();
    await confirm(local, code, token);
    const pollHash = await sha256(pollToken.slice(7));
    const collect = (id: string) => {
      const asking = { id, address, now: clock.now() };
      const asked = { ...asking, code, pollHash, sid: createSid(), leastGapMs: 0 };
      return checkRequest(client, settings, asked);
    };
    const takeBack = (id: string) => voidStep(client, { step: 'check', code, id });
    const [first, last] = [crypto.randomUUID(), crypto.randomUUID()];
    expect(await collect(first)).toMatchObject({ outcome: 'ready', isRepeated: false });
    const ready = await poll();
    expect(await collect(last)).toMatchObject({ outcome: 'ready', isRepeated: true });
    for (const id of [first, last, last]) {
      await takeBack(id);
      const answer = await local.send('GET', '/api/sessions', { token: String(ready.body.token) });
      expect(answer.status).toBe(200);
      expect((await poll()).body).toEqual(ready.body);
    }
    // A check that arrives after its undo collects nothing.
    expect(await collect(first)).toEqual({ outcome: 'voided' });
  });

  test('[A12, A31] a lost answer lets a code be denied again', async () => {
    const { local, token, code, poll } = await start();
    await redis.behave({ mode: 'deaf', times: 1 });
    expect((await deny(local, code, token)).status).toBe(503);
    expect((await deny(local, code, token)).status).toBe(200);
    expect((await poll()).body).toEqual({ status: 'denied' });
  });
});

describe('a call that reaches Redis after it was given up', () => {
  test('[A12] a call that reaches Redis after it was given up neither collects nor confirms', async () => {
    const local = localApi();
    const token = await anyToken();
    const { code, poll } = await showQr(local);
    const late = async (script: string, call: () => Promise<{ status: number }>) => {
      await redis.behave({ mode: 'hold', only: `-- ${script}`, times: 1 });
      expect((await call()).status).toBe(503);
      await local.settle();
      await healthy();
      await redis.idle();
    };
    await late('confirm-qr', () => confirm(local, code, token));
    expect((await poll()).body).toEqual({ status: 'pending' });
    await confirm(local, code, token);
    await late('check-qr', poll);
    expect((await poll()).body.status).toBe('ready');
  });
});

test('[A27] a client that is signed in by QR code is signed in everywhere', async () => {
  const phone = await signIn(api);
  const { code, poll } = await showQr(api);
  await confirm(api, code, phone);
  const token = String((await poll()).body.token);
  expect((await api.send('GET', '/api/profile', { token })).status).toBe(200);
  expect((await api.post('/api/auth/logout', {}, { token })).status).toBe(200);
  expect((await api.send('GET', '/api/sessions', { token })).status).toBe(401);
  expect((await api.send('GET', '/api/sessions', { token: phone })).status).toBe(200);
});
