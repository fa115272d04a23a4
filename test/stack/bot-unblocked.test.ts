import { neon } from '@neondatabase/serverless';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LocalApi } from '../support/client.ts';
import { localApi, runningApi } from '../support/client.ts';
import {
  freshUpdateId,
  messageUpdate,
  ownContact,
  Person,
  postUpdate,
  registerWebhook,
} from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, requestCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { failTelegram } from '../support/telegram.ts';

const database = new ProxyControl(stack.databaseProxy);
const store = new ProxyControl(stack.redisProxy);
const running = runningApi();
const api: LocalApi = localApi({ PHONE_SEND_GAPS_SECONDS: '0', PHONE_SENDS_PER_DAY: '1000' });
const sql = neon(String(stack.settings.DATABASE_URL));
beforeAll(registerWebhook);

const healthy = () =>
  Promise.all([
    database.behave({ mode: 'pass' }),
    store.behave({ mode: 'pass' }),
    failTelegram({ clear: true }),
  ]);
afterEach(healthy);

const sendCode = async (phone: string) => {
  const { code } = await requestCode(api, phone);
  await api.settle();
  return code;
};

const isResting = async (phone: string) =>
  (await sql`select blocked_at from telegram_links where phone = ${phone}`)[0]?.blocked_at !== null;

/** Somebody whose link rests: Telegram answered 403 to a message. */
const blocker = async () => {
  const person = await new Person().introduce();
  await person.share();
  await failTelegram({ chatId: person.id, status: 403 });
  await sendCode(person.phone);
  expect(await isResting(person.phone)).toBe(true);
  return person;
};

const update = (content: object) => ({ update_id: freshUpdateId(), ...content });
const chatOf = (id: number) => ({ id, type: 'private', first_name: 'А' });
const member = (id: number, status: string, fields: object = {}) =>
  update({
    my_chat_member: {
      date: 1,
      chat: chatOf(id),
      from: { id, is_bot: false, first_name: 'А' },
      old_chat_member: { status: 'kicked', until_date: 0, user: { id: 1000 } },
      new_chat_member: { status, user: { id: 1000 } },
      ...fields,
    },
  });
const press = (id: number, data: string) =>
  update({
    callback_query: {
      id: '1',
      chat_instance: '1',
      from: { id, is_bot: false, first_name: 'А' },
      message: { message_id: 1, date: 0, chat: chatOf(id) },
      data,
    },
  });

describe('whoever had blocked the bot gets codes again', () => {
  test.each<[string, (id: number) => object]>([
    ['/start', (id) => messageUpdate(id, { text: '/start' })],
    ['/help', (id) => messageUpdate(id, { text: '/help' })],
    ['/calls', (id) => messageUpdate(id, { text: '/calls' })],
    ['any text', (id) => messageUpdate(id, { text: 'Где код?' })],
    ['a sticker', (id) => messageUpdate(id, { sticker: { file_id: 'x' } })],
    ['a voice message', (id) => messageUpdate(id, { voice: { file_id: 'x' } })],
    ['somebody’s contact', (id) => messageUpdate(id, ownContact(1, '+79990000000'))],
    ['a press of an old button', (id) => press(id, 'unknown')],
    ['a press of “Это не я”', (id) => press(id, `revoke:${'A'.repeat(22)}`)],
    ['lifting the block', (id) => member(id, 'member')],
  ])('[A43] whoever had blocked the bot gets codes again after %s', async (_, content) => {
    const person = await blocker();
    expect((await postUpdate(running, content(person.id))).status).toBe(200);
    expect(await isResting(person.phone)).toBe(false);
    const code = await sendCode(person.phone);
    expect(await person.last()).toContain(code);
  });

  test('[A43] whoever had blocked the bot gets codes again on all numbers of the chat', async () => {
    const person = await blocker();
    const other = new Person().phone;
    await sql`insert into telegram_links (phone, chat_id, blocked_at)
      values (${other}, ${person.id}, now())`;
    await person.say('/start');
    expect([await isResting(person.phone), await isResting(other)]).toEqual([false, false]);
  });

  test('[A40, A43] whoever had blocked the bot hears of new sign-ins again', async () => {
    const person = await blocker();
    await person.say('/start');
    const code = await sendCode(person.phone);
    expect((await api.post('/api/auth/verify-code', { phone: person.phone, code })).status).toBe(
      200,
    );
    await api.settle();
    expect(await person.last()).toMatch(/^Новый вход/);
  });

  test('[A43] whoever came back while Telegram’s 403 was on its way gets codes again', async () => {
    const person = await new Person().introduce();
    await person.share();
    await failTelegram({ chatId: person.id, status: 403, hang: 600 });
    await requestCode(api, person.phone);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await postUpdate(running, member(person.id, 'member'));
    await api.settle();
    expect(await isResting(person.phone)).toBe(false);
    const code = await sendCode(person.phone);
    expect(await person.last()).toContain(code);
  });

  test('[A41, A43] whoever comes back while Postgres fails gets codes after the next delivery', async () => {
    const person = await blocker();
    const back = member(person.id, 'member');
    await database.behave({ mode: 'dead', only: 'blocked_at = null' });
    expect((await postUpdate(running, back)).status).toBe(503);
    await healthy();
    expect((await postUpdate(running, back)).status).toBe(200);
    expect(await isResting(person.phone)).toBe(false);
  });
});

describe('a link goes on resting', () => {
  test.each<[string, (id: number) => object]>([
    ['the person blocks the bot once more', (id) => member(id, 'kicked')],
    ['somebody else writes', () => messageUpdate(freshChat(), { text: '/start' })],
    ['it says so of somebody else’s chat', (id) => member(id, 'member', { chat: chatOf(77) })],
    ['it comes from a group', (id) => member(id, 'member', { chat: { id: -5, type: 'group' } })],
  ])('[A43] a link goes on resting when %s', async (_, content) => {
    const person = await blocker();
    expect((await postUpdate(running, content(person.id))).status).toBe(200);
    expect(await isResting(person.phone)).toBe(true);
  });

  test('[A43, A44] a link goes on resting when it was moved to another chat meanwhile', async () => {
    const person = await blocker();
    await sql`update telegram_links set chat_id = ${freshChat()} where phone = ${person.phone}`;
    await person.say('/start');
    expect(await isResting(person.phone)).toBe(true);
  });
});

test('[A43] whoever has blocked nothing costs 1 statement and the 2 calls of the claim', async () => {
  const person = await new Person().introduce();
  await person.share();
  for (const content of [{ text: '/start' }, { text: '/calls' }, { sticker: { file_id: 'x' } }]) {
    await healthy();
    await postUpdate(running, messageUpdate(person.id, content));
    expect([await store.calls(), await database.calls()]).toEqual([2, 1]);
  }
});
