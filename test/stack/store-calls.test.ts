import { afterEach, describe, expect, test } from 'vitest';
import { chatsAs, twoPeople } from '../support/chats/people.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { isPending } from '../support/order.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode, signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
});

/** The calls to each store while `work` goes on, what runs behind the answers included. */
const callsOf = async (work: () => Promise<unknown>) => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
  await work();
  return { sql: await database.calls(), redis: await redis.calls() };
};

describe('store calls', () => {
  test('[A5] request-code is 1 EVAL for a linked number, with all that goes on behind it', async () => {
    const phone = freshPhone();
    const chat = freshChat();
    await link(api, phone, chat);
    const calls = await callsOf(async () => {
      await requestCode(api, phone);
      expect(await messagesOf(chat)).toHaveLength(1);
    });
    expect(calls).toEqual({ sql: 0, redis: 1 });
  });

  test('[A4] request-code makes the same calls for a number that is linked and one that is not', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const ask = (phone: string) => async () => {
      await requestCode(local, phone);
      await local.settle();
    };
    const unlinked = freshPhone();
    await ask(unlinked)();
    clock.advance(60);
    expect(await callsOf(ask(unlinked))).toEqual({ sql: 0, redis: 1 });

    const linked = freshPhone();
    await link(local, linked, freshChat());
    expect(await callsOf(ask(linked))).toEqual({ sql: 0, redis: 1 });
  });

  test('[A5] request-code looks up behind the answer what Redis does not know', async () => {
    const phone = freshPhone();
    await Promise.all([database.behave({ mode: 'hold' }), redis.behave({ mode: 'pass' })]);
    const local = localApi();
    await requestCode(local, phone);
    const behind = local.settle();
    expect(await isPending(behind)).toBe(true);
    await database.held(1);
    expect({ sql: await database.calls(), redis: await redis.calls() }).toEqual({
      sql: 1,
      redis: 1,
    });
    await database.behave({ mode: 'pass' });
    await behind;
    expect({ sql: await database.calls(), redis: await redis.calls() }).toEqual({
      sql: 0,
      redis: 2,
    });
  });

  test('[A10] verify-code is 1 EVAL for a known user, 1 EVAL and 1 statement for a new one', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const phone = freshPhone();
    const verify = async () => {
      const { code } = await requestCode(local, phone);
      await local.settle();
      return callsOf(async () => {
        expect((await local.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
        await local.settle();
      });
    };
    expect(await verify()).toEqual({ sql: 1, redis: 1 });
    clock.advance(60);
    expect(await verify()).toEqual({ sql: 0, redis: 1 });
  });

  test('[A10] verify-code is 1 EVAL for somebody who linked the number and signs in first', async () => {
    const phone = freshPhone();
    await link(api, phone, freshChat());
    const { code } = await requestCode(api, phone);
    const calls = await callsOf(() => api.post('/api/auth/verify-code', { phone, code }));
    expect(calls).toEqual({ sql: 0, redis: 1 });
  });

  test('[H26] the profile is 1 statement to read, 1 to change, none to refuse', async () => {
    const phone = freshPhone();
    // Where to tell of the sign-in is known, so nothing is asked behind its answer.
    await link(api, phone, freshChat());
    const token = await signIn(api, phone);
    expect(await callsOf(() => api.send('GET', '/api/profile', { token }))).toEqual({
      sql: 1,
      redis: 0,
    });
    const change = { token, body: { username: `u${Date.now()}`, displayName: 'Имя' } };
    expect(await callsOf(() => api.send('PATCH', '/api/profile', change))).toEqual({
      sql: 1,
      redis: 0,
    });
    const refused = { token, body: { username: 'admin' } };
    expect(await callsOf(() => api.send('PATCH', '/api/profile', refused))).toEqual({
      sql: 0,
      redis: 0,
    });
    expect(await callsOf(() => api.send('GET', '/api/profile', { token: 'x.y.z' }))).toEqual({
      sql: 0,
      redis: 0,
    });
  });

  test('[H33] link-telegram is 1 statement between 2 EVALs; none without the secret', async () => {
    expect(await callsOf(() => link(api, freshPhone(), freshChat()))).toEqual({ sql: 1, redis: 2 });
    const calls = await callsOf(() =>
      api.post('/api/internal/link-telegram', { phone: freshPhone(), chat_id: 1 }),
    );
    expect(calls).toEqual({ sql: 0, redis: 0 });
  });

  test('every request about chats is 1 statement, refused or not', async () => {
    const [[admin, one], group] = [await twoPeople(), { type: 'group', name: 'Аисты' }];
    const [mine, theirs] = [chatsAs(api, admin), chatsAs(api, one)];
    const { id } = await mine.made(group);
    const channel = await mine.made({ ...group, type: 'channel' });
    await theirs.list();
    const requests: (() => Promise<unknown>)[] = [
      () => mine.list(),
      () => mine.one(id),
      () => mine.members(id),
      () => mine.made(group),
      () => mine.create({ peerUserId: one.id }),
      () => mine.create({ peerUserId: one.id }),
      () => mine.create({ peerUsername: '@nobody_has_this' }),
      () => mine.change(id, { name: 'Журавли' }),
      () => mine.add(id, one),
      () => mine.add(id, one),
      () => theirs.change(id, { name: 'Аисты' }),
      () => mine.role(id, one, 'admin'),
      () => mine.remove(id, one),
      () => theirs.remove(id, one),
      () => theirs.join(channel.id),
    ];
    for (const request of requests) {
      expect([await callsOf(request), String(request)]).toEqual([
        { sql: 1, redis: 0 },
        String(request),
      ]);
    }
    const refused = [{ type: 'group' }, { peerUserId: admin.id }, { type: 'x' }];
    for (const body of refused) {
      expect(await callsOf(() => mine.create(body))).toEqual({ sql: 0, redis: 0 });
    }
  });

  test('/health asks no store', async () => {
    expect(await callsOf(() => api.send('GET', '/health'))).toEqual({ sql: 0, redis: 0 });
  });
});
