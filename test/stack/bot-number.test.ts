import { neon } from '@neondatabase/serverless';
import { Redis } from '@upstash/redis';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { keys } from '../../src/platform/redis/keys.ts';
import type { Api } from '../support/client.ts';
import { localApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { race, statuses, together } from '../support/races.ts';
import { freshChat, link, messagesOf, requestCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const store = new ProxyControl(stack.redisProxy);
const database = new ProxyControl(stack.databaseProxy);
const healthy = () =>
  Promise.all([store.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]);
afterEach(healthy);

const api = localApi({ PHONE_SEND_GAPS_SECONDS: '0' });
const sql = neon(String(stack.settings.DATABASE_URL));
const redis = new Redis({
  url: String(stack.settings.UPSTASH_REDIS_REST_URL),
  token: String(stack.settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});

/** A text of the SQL that changes the number, for the proxy to find. */
const STATEMENT = 'with moved as';

const contact = (chat: number, phone: string) => messageUpdate(chat, ownContact(chat, phone));
const share = (chat: number, phone: string, to: Api = api) => postUpdate(to, contact(chat, phone));
const userOf = async (phone: string) =>
  (await sql`select id from users where phone = ${phone}`)[0]?.id;
const chatOf = async (phone: string) =>
  (await sql`select chat_id from telegram_links where phone = ${phone}`)[0]?.chat_id;
const lastIn = async (chat: number, count: number) => (await messagesOf(chat, count)).at(-1);
const verify = (phone: string, code: string) => api.post('/api/auth/verify-code', { phone, code });

/** Makes a chat whose number has just changed in Telegram, and its account by the former number. */
const scene = async () => {
  const [chat, former, phone] = [freshChat(), freshPhone(), freshPhone()];
  await share(chat, former);
  return { chat, former, phone, account: String(await userOf(former)) };
};

describe('somebody whose number has changed', () => {
  test('somebody whose number has changed keeps the account and its sessions', async () => {
    const { chat, former, phone, account } = await scene();
    const { code } = await requestCode(api, former);
    await api.settle();
    const token = String((await verify(former, code)).body.token);
    await api.settle();
    await share(chat, phone);
    expect(await lastIn(chat, 4)).toMatch(
      /^Готово! Ваш аккаунт AIST перешёл с номера \+79.*входить заново не нужно/s,
    );
    const profile = await api.send('GET', '/api/profile', { token });
    expect(profile.body).toMatchObject({ userId: account, phone });
    expect([await userOf(former), await userOf(phone)]).toEqual([undefined, account]);
    expect([await chatOf(former), await chatOf(phone)]).toEqual([undefined, String(chat)]);

    const next = await requestCode(api, phone);
    await api.settle();
    expect(await lastIn(chat, 5)).toContain(next.code);
    expect(decodeJwt(String((await verify(phone, next.code)).body.token)).userId).toBe(account);
    await api.settle();
  });

  test('[A44] nobody signs in with a code for the former number any more', async () => {
    const { chat, former, phone } = await scene();
    const first = await requestCode(api, former);
    const second = await requestCode(api, former);
    await api.settle();
    await share(chat, phone);
    for (const { code } of [second, first]) expect((await verify(former, code)).status).toBe(400);
    expect(
      await redis.exists(keys.code(former), keys.previousCode(former), keys.used(former)),
    ).toBe(0);
    expect(await userOf(former)).toBeUndefined();
  });

  test('[A44] the code for the former number fails though Redis never heard of the change', async () => {
    const { chat, former, phone, account } = await scene();
    const { code } = await requestCode(api, former);
    await api.settle();
    await store.behave({ mode: 'dead', only: 'end-change' });
    expect((await share(chat, phone)).status).toBe(200);
    await healthy();
    const answer = await verify(former, code);
    expect(decodeJwt(String(answer.body.token)).userId).not.toBe(account);
    expect(await userOf(phone)).toBe(account);
    await api.settle();
  });

  test('[A44] who read Postgres before the change does not sign in by the former number', async () => {
    const { chat, former, phone, account } = await scene();
    await redis.del(keys.phone(former));
    await store.behave({ mode: 'hold', only: 'remember-reading', times: 1 });
    const { code } = await requestCode(api, former);
    await store.held(1);
    await share(chat, phone);
    const later = await requestCode(api, former);
    await healthy();
    await store.idle();
    await api.settle();
    expect(await redis.hget(keys.phone(former), 'uid')).toBe('');
    expect((await verify(former, code)).status).toBe(400);
    const { userId } = decodeJwt(String((await verify(former, later.code)).body.token));
    expect(userId).not.toBe(account);
    await api.settle();
  });

  test('the former number gets its next owner an account of their own', async () => {
    const { chat, former, phone, account } = await scene();
    await share(chat, phone);
    const nextOwner = freshChat();
    await share(nextOwner, former);
    expect(await userOf(former)).not.toBe(account);
    const { code } = await requestCode(api, former);
    await api.settle();
    expect(await lastIn(nextOwner, 2)).toContain(code);
    expect(decodeJwt(String((await verify(former, code)).body.token)).userId).toBe(
      await userOf(former),
    );
    await api.settle();
  });

  test('who proves a number with an account gets that account, and both stay as they are', async () => {
    const { chat, former, phone, account } = await scene();
    await link(api, phone, freshChat());
    const existing = await userOf(phone);
    await share(chat, phone);
    expect(await lastIn(chat, 2)).toContain('Аккаунты остались при своих номерах');
    expect([await userOf(former), await userOf(phone)]).toEqual([account, existing]);
    expect([await chatOf(former), await chatOf(phone)]).toEqual([undefined, String(chat)]);
    const { code } = await requestCode(api, former);
    await api.settle();
    expect(await messagesOf(chat, 2)).toHaveLength(2);
    expect(decodeJwt(String((await verify(former, code)).body.token)).userId).toBe(account);
    await api.settle();
  });

  test('a chat with several numbers gets a new account, since none is surely theirs', async () => {
    const { chat, former, phone, account } = await scene();
    const another = freshPhone();
    await link(api, another, chat);
    await share(chat, phone);
    expect([await userOf(former), await chatOf(former), await chatOf(another)]).toEqual([
      account,
      undefined,
      undefined,
    ]);
    expect(await userOf(phone)).not.toBe(account);
    expect(await chatOf(phone)).toBe(String(chat));
  });

  test('[A41] a change fails with Postgres, and is made when Telegram delivers it again', async () => {
    const { chat, former, phone, account } = await scene();
    const update = contact(chat, phone);
    await database.behave({ mode: 'dead', only: STATEMENT });
    expect((await postUpdate(api, update)).status).toBe(503);
    await healthy();
    expect([await userOf(former), await userOf(phone)]).toEqual([account, undefined]);
    expect(await chatOf(former)).toBe(String(chat));
    expect((await postUpdate(api, update)).status).toBe(200);
    expect([await userOf(former), await userOf(phone)]).toEqual([undefined, account]);
  });

  test('[A41] a change is told though the answer of Postgres was lost and the update came again', async () => {
    const { chat, former, phone, account } = await scene();
    const update = contact(chat, phone);
    await database.behave({ mode: 'deaf', only: STATEMENT, times: 1 });
    expect((await postUpdate(api, update)).status).toBe(503);
    expect((await postUpdate(api, update)).status).toBe(200);
    expect([await userOf(former), await userOf(phone)]).toEqual([undefined, account]);
    expect(await lastIn(chat, 2)).toMatch(/^Готово!/);
  });

  test('[A10, A42] a change and a sign-in with the new number at once make one account', async () => {
    await race(async () => {
      const { chat, former, phone, account } = await scene();
      const { code } = await requestCode(api, phone);
      await api.settle();
      const answers = await together(database, phone, [
        () => share(chat, phone),
        () => verify(phone, code),
      ]);
      expect(statuses(answers)).toEqual({ 200: 2 });
      const owner = await userOf(phone);
      const { userId } = decodeJwt(String(answers[1]?.body.token));
      expect(userId).toBe(owner);
      expect(await userOf(former)).toBe(owner === account ? undefined : account);
      expect(await chatOf(phone)).toBe(String(chat));
      await api.settle();
    });
  });

  test('[A10, A41] a contact that is shared five times at once makes one account', async () => {
    await race(async () => {
      const { chat, former, phone, account } = await scene();
      const shares = Array.from({ length: 5 }, () => () => share(chat, phone));
      expect(statuses(await together(database, STATEMENT, shares))).toEqual({ 200: 5 });
      expect([await userOf(former), await userOf(phone)]).toEqual([undefined, account]);
    });
  });
});
