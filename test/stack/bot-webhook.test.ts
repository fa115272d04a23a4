import { neon } from '@neondatabase/serverless';
import { Redis } from '@upstash/redis';
import { afterEach, describe, expect, test } from 'vitest';
import { keys } from '../../src/platform/redis/keys.ts';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { database, heal, redis as store } from '../support/proxies.ts';
import { race, repeated, together } from '../support/races.ts';
import { freshChat, messagesOf } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { failTelegram } from '../support/telegram.ts';

const api = runningApi();
const local = localApi();
const sql = neon(String(stack.settings.DATABASE_URL));
const redis = new Redis({
  url: String(stack.settings.UPSTASH_REDIS_REST_URL),
  token: String(stack.settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});

const linksOf = (chat: number) => sql`select phone from telegram_links where chat_id = ${chat}`;
const saidTo = async (chat: number) => (await messagesOf(chat, 0)).length;

/** An update that links a number, which can be seen in the chat and in Postgres. */
const scene = () => {
  const [chat, phone] = [freshChat(), freshPhone()];
  return { chat, phone, update: messageUpdate(chat, ownContact(chat, phone)) };
};
const keyOf = ({ update_id }: { update_id: number }) => keys.update(`1000:${update_id}`);
afterEach(async () => {
  await heal();
  await failTelegram({ clear: true });
});

describe('POST /telegram/webhook', () => {
  test('[A41] the webhook is closed where no secret is configured, whatever is sent', async () => {
    const closed = localApi({ TELEGRAM_WEBHOOK_SECRET: '' });
    const { chat, update } = scene();
    for (const secret of [null, '', 'undefined', 'the-webhook-secret-of-the-tests']) {
      const answer = await postUpdate(closed, update, secret);
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ ok: false, code: 'misconfigured' });
    }
    expect([await linksOf(chat), await saidTo(chat)]).toEqual([[], 0]);
  });

  test('[A41] the webhook lets nobody in without the secret, and looks at nothing else before', async () => {
    const { chat, update } = scene();
    for (const secret of [
      null,
      '',
      'x',
      'the-webhook-secret-of-the-test',
      'THE-WEBHOOK-SECRET-OF-THE-TESTS',
    ]) {
      for (const body of [update, '{', {}]) {
        const answer = await postUpdate(api, body, secret);
        expect(answer.status).toBe(401);
        expect(answer.body).toMatchObject({
          ok: false,
          code: 'invalid_secret',
          message: 'Неверный секрет',
        });
      }
    }
    expect(await store.calls()).toBe(0);
    expect([await linksOf(chat), await saidTo(chat)]).toEqual([[], 0]);
  });

  test('[A41] the webhook does not take the secret from anywhere else', async () => {
    const secret = String(stack.settings.TELEGRAM_WEBHOOK_SECRET);
    const { chat, update } = scene();
    const headers = { 'X-Link-Secret': secret, Authorization: `Bearer ${secret}` };
    const answer = await api.post(
      `/telegram/webhook?secret_token=${secret}`,
      { ...update, secret },
      { headers },
    );
    expect(answer.status).toBe(401);
    expect(await linksOf(chat)).toEqual([]);
  });

  test('[A42] the webhook links a contact with 5 calls to Redis and 2 to Postgres', async () => {
    const { chat, update } = scene();
    expect((await postUpdate(api, update)).body).toEqual({ ok: true });
    expect([await store.calls(), await database.calls()]).toEqual([5, 2]);
    expect(await linksOf(chat)).toHaveLength(1);
    expect(await redis.get(keyOf(update))).toBe('done');
    expect(await redis.pttl(keyOf(update))).toBeGreaterThan(86_000_000);
  });

  test('[A41] the webhook does an update once, however often Telegram delivers it', async () => {
    const { chat, update } = scene();
    for (const delivery of [1, 2, 3])
      expect([delivery, (await postUpdate(api, update)).status]).toEqual([delivery, 200]);
    expect(await saidTo(chat)).toBe(1);
    await postUpdate(api, messageUpdate(chat, { text: '/unlink' }));
    expect((await postUpdate(api, update)).status).toBe(200);
    expect(await linksOf(chat)).toEqual([]);
  });

  test('[A41] the webhook does an update once when it is delivered five times at the same moment', async () => {
    await race(async () => {
      const { chat, update } = scene();
      const deliveries = repeated(5, () => () => postUpdate(api, update));
      const answers = await together(store, 'claim-update', deliveries);
      const done = answers.filter(({ status }) => status === 200);
      const later = answers.filter(({ status }) => status === 503);
      expect(done.length).toBeGreaterThanOrEqual(1);
      expect(done.length + later.length).toBe(5);
      for (const { headers } of later)
        expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
      expect((await postUpdate(api, update)).status).toBe(200);
      expect(await saidTo(chat)).toBe(1);
    });
  });

  test('[A41] the webhook says "later" while another works on the update, then does it', async () => {
    const { chat, update } = scene();
    await redis.set(keyOf(update), 'somebody', { px: 60_000 });
    const answer = await postUpdate(api, update);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ ok: false, code: 'unavailable' });
    expect(await linksOf(chat)).toEqual([]);
    await redis.del(keyOf(update));
    expect((await postUpdate(api, update)).status).toBe(200);
    expect(await linksOf(chat)).toHaveLength(1);
  });

  test('[A41] the webhook keeps a claim for a minute at most', async () => {
    const { update } = scene();
    await store.behave({ mode: 'dead', only: 'end-update' });
    await postUpdate(api, update);
    const left = await redis.pttl(keyOf(update));
    expect(left).toBeGreaterThan(50_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  test('[A41] the webhook has a failed update delivered again, and then does it', async () => {
    for (const failing of [database, store]) {
      const { chat, update } = scene();
      await failing.behave({ mode: 'dead' });
      const answer = await postUpdate(api, update);
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
      await failing.behave({ mode: 'pass' });
      expect([await linksOf(chat), await saidTo(chat)]).toEqual([[], 0]);
      expect((await postUpdate(api, update)).status).toBe(200);
      expect([(await linksOf(chat)).length, await saidTo(chat)]).toEqual([1, 1]);
    }
  });

  test('[A41] the webhook repeats no update that Redis could not be told was done', async () => {
    const { chat, update } = scene();
    await store.behave({ mode: 'dead', only: 'end-update' });
    expect((await postUpdate(api, update)).status).toBe(200);
    await store.behave({ mode: 'pass' });
    expect((await postUpdate(api, update)).status).toBe(503);
    expect(await saidTo(chat)).toBe(1);
  });

  test.each([
    ['the person blocked the bot', { status: 403 }],
    ['Telegram has had too many requests', { status: 429, retryAfter: 60, times: 5 }],
    ['Telegram fails', { status: 500, times: 5 }],
    ['Telegram answers what is no JSON', { garbage: true, times: 5 }],
  ])('[A41] the webhook does what was asked, once, when %s', async (_, fault) => {
    const { chat, update } = scene();
    await failTelegram({ chatId: chat, ...fault });
    expect((await postUpdate(local, update)).status).toBe(200);
    expect(await linksOf(chat)).toHaveLength(1);
    await failTelegram({ clear: true });
    expect((await postUpdate(local, update)).status).toBe(200);
    expect(await saidTo(chat)).toBe(0);
  });
});
