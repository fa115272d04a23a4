import { neon } from '@neondatabase/serverless';
import { Redis } from '@upstash/redis';
import { afterEach, describe, expect, test } from 'vitest';
import { NO_ROOMS } from '../../party/wire/rooms.ts';
import { keys } from '../../src/platform/redis/keys.ts';
import { localApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const database = new ProxyControl(stack.databaseProxy);
const store = new ProxyControl(stack.redisProxy);
const healthy = () =>
  Promise.all([store.behave({ mode: 'pass' }), database.behave({ mode: 'pass' })]);
afterEach(healthy);

/** What inboxes were told. */
const told: unknown[] = [];
const rooms = {
  ...NO_ROOMS,
  ask: async (...asked: unknown[]) => {
    told.push(asked);
    return {};
  },
};
const free = { PHONE_SEND_GAPS_SECONDS: '0', PHONE_SENDS_PER_DAY: '1000' };
const api = localApi(free, Date.now, rooms);
const sql = neon(String(stack.settings.DATABASE_URL));
const redis = new Redis({
  url: String(stack.settings.UPSTASH_REDIS_REST_URL),
  token: String(stack.settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});

const contact = (chat: number, phone: string) => messageUpdate(chat, ownContact(chat, phone));
const deliver = async (update: object) => {
  const { status } = await postUpdate(api, update);
  await api.settle();
  return status;
};
const share = (chat: number, phone: string) => deliver(contact(chat, phone));
const write = (chat: number, text: string) => deliver(messageUpdate(chat, { text }));
const signIn = async (phone: string) => {
  const { code } = await requestCode(api, phone);
  await api.settle();
  const answer = await api.post('/api/auth/verify-code', { phone, code });
  await api.settle();
  return String(answer.body.token);
};
const lives = async (token: string) =>
  (await api.send('GET', '/api/profile', { token })).status === 200;
const saidTo = async (chat: number) => (await messagesOf(chat, 0)).at(-1) ?? '';
const userOf = async (phone: string) =>
  String((await sql`select id from users where phone = ${phone}`)[0]?.id);

/** Somebody who proved a number and is signed in twice, and the chat of whoever has it next. */
const scene = async () => {
  const [former, next, phone] = [freshChat(), freshChat(), freshPhone()];
  await share(former, phone);
  const tokens = [await signIn(phone), await signIn(phone)];
  return { former, next, phone, tokens };
};
const living = async (tokens: readonly string[]) => Promise.all(tokens.map(lives));

const TAKEN = /подтвердил другой Telegram.*вход с ним в AIST на всех устройствах закрыт/s;
const ENDED = /^Готово!.*входы, сделанные до этого, закрыты: 2\.$/s;

describe('a number that another Telegram account proves', () => {
  test('[A45] the sessions from before end; the former chat is told, and the new one how many', async () => {
    const { former, next, phone, tokens } = await scene();
    expect(await share(next, phone)).toBe(200);
    expect(await living(tokens)).toEqual([false, false]);
    expect(await saidTo(former)).toMatch(TAKEN);
    expect(await saidTo(former)).not.toContain(phone);
    expect(await saidTo(next)).toMatch(ENDED);
    expect(await lives(await signIn(phone))).toBe(true);
  });

  test('[A35, A45] legacy sessions end as well, and have their sockets closed', async () => {
    const { next, phone } = await scene();
    const userId = await userOf(phone);
    const legacy = await legacyToken(userId);
    expect(await lives(legacy)).toBe(true);
    told.length = 0;
    await share(next, phone);
    expect(await lives(legacy)).toBe(false);
    const revoked = { type: 'revoked', others: { but: '', until: expect.any(Number) } };
    expect(told).toContainEqual([{ party: 'inbox', id: userId }, expect.objectContaining(revoked)]);
  });

  test('[A45] the sessions end where the former chat blocked the bot, or unlinked before', async () => {
    for (const text of [undefined, '/unlink']) {
      const { former, next, phone, tokens } = await scene();
      if (text) await write(former, text);
      else await sql`update telegram_links set blocked_at = now() where phone = ${phone}`;
      await share(next, phone);
      expect(await living(tokens)).toEqual([false, false]);
      expect(await saidTo(former)).toMatch(TAKEN);
      expect(await saidTo(next)).toMatch(ENDED);
    }
  });

  test('[A45] the sessions end where the former chat went on to another number with an account', async () => {
    const { former, next, phone, tokens } = await scene();
    const other = freshPhone();
    await share(freshChat(), other);
    await share(former, other);
    expect(await living(tokens)).toEqual([true, true]);
    await share(next, phone);
    expect(await living(tokens)).toEqual([false, false]);
    expect(await saidTo(former)).toMatch(TAKEN);
  });

  test('[A45] the former chat is told in its language', async () => {
    const { former, next, phone } = await scene();
    await sql`update telegram_links set language = 'en' where phone = ${phone}`;
    await share(next, phone);
    expect(await saidTo(former)).toMatch(/^Another Telegram account has proved/);
  });

  test('[A45] the number can be had back by the same way, once and for all', async () => {
    const { former, next, phone } = await scene();
    await share(next, phone);
    const theirs = await signIn(phone);
    await share(former, phone);
    expect(await lives(theirs)).toBe(false);
    expect(await saidTo(next)).toMatch(TAKEN);
    const mine = await signIn(phone);
    await share(former, phone);
    expect(await lives(mine)).toBe(true);
    expect(await saidTo(former)).toMatch(
      /^Готово! Коды для номера \S+ теперь приходят сюда\.\n\nВерн[^.]*\.$/,
    );
  });
});

describe('sessions go on', () => {
  test('[A45] sessions go on when the same account proves the number again, after /unlink too', async () => {
    const { former, phone, tokens } = await scene();
    await share(former, phone);
    await write(former, '/unlink');
    await share(former, phone);
    expect(await living(tokens)).toEqual([true, true]);
    expect(await saidTo(former)).not.toMatch(/закрыты/);
  });

  test('[A45] sessions go on when they come with their account to somebody’s former number', async () => {
    const { former: mine, phone, tokens } = await scene();
    const [other, theirs] = [freshPhone(), freshChat()];
    await sql`insert into telegram_links (phone, chat_id, proved)
      values (${other}, ${theirs}, true)`;
    await share(mine, other);
    expect(await living(tokens)).toEqual([true, true]);
    expect(await userOf(other)).not.toBe(await userOf(phone));
    expect(await saidTo(theirs)).toMatch(/привязан к другому Telegram/);
  });

  test('[A45] sessions go on when another bot links the number; the former chat is told once', async () => {
    const { former, next, phone, tokens } = await scene();
    for (let i = 0; i < 2; i++) {
      await link(api, phone, next);
      await api.settle();
    }
    expect(await living(tokens)).toEqual([true, true]);
    const said = await messagesOf(former, 0);
    expect(said.filter((text) => /привязан к другому Telegram/.test(text))).toHaveLength(1);
    await share(next, phone);
    expect(await living(tokens)).toEqual([false, false]);
  });
});

describe('what fails in between', () => {
  test.each([
    ['Redis', store, 'end-all-sessions'],
    ['Postgres', database, 'former_links\\"'],
  ])(
    '[A41, A45] what fails of %s is done when Telegram delivers the update again',
    async (_, failing, only) => {
      const { former, next, phone, tokens } = await scene();
      const update = contact(next, phone);
      await failing.behave({ mode: 'dead', only });
      expect(await deliver(update)).toBe(503);
      await healthy();
      expect(await deliver(update)).toBe(200);
      expect(await living(tokens)).toEqual([false, false]);
      expect(await saidTo(former)).toMatch(TAKEN);
    },
  );

  test('[A44, A45] a sign-in of the former person that was under way fails', async () => {
    const { former, next, phone } = await scene();
    const { code } = await requestCode(api, phone);
    await api.settle();
    await redis.hset(keys.code(phone), { uid: '' });
    await redis.del(keys.phone(phone));
    await store.behave({ mode: 'hold', only: 'move-session', times: 1 });
    const signingIn = api.post('/api/auth/verify-code', { phone, code });
    await store.held(1);
    const shared = await postUpdate(api, contact(next, phone));
    expect(shared.status).toBe(200);
    await healthy();
    const { body } = await signingIn;
    expect(await redis.hexists(keys.sessions(await userOf(phone)), 'cutoff')).toBe(1);
    await api.settle();
    const other = localApi(free);
    const seen = await other.send('GET', '/api/sessions', { token: String(body.token) });
    expect(seen.status).toBe(401);
    expect(former).not.toBe(next);
  });
});

test('[A45, P1] it costs one EVAL and two statements more than a link, no more', async () => {
  const { next, phone } = await scene();
  const costs = async (chat: number, number: string) => {
    await healthy();
    await postUpdate(api, contact(chat, number));
    await api.settle();
    return [await store.calls(), await database.calls()];
  };
  // One statement ends the sessions' pushes.
  expect(await costs(next, phone)).toEqual([6, 4]);
  expect(await costs(freshChat(), freshPhone())).toEqual([5, 2]);
  await api.settle();
});
