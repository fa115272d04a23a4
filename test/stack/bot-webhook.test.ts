import { neon } from '@neondatabase/serverless';
import { Redis } from '@upstash/redis';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { keys } from '../../src/platform/redis/keys.ts';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshUpdateId, messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { race, repeated, together } from '../support/races.ts';
import { freshChat, messagesOf } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const local = localApi();
const database = new ProxyControl(stack.databaseProxy);
const store = new ProxyControl(stack.redisProxy);
const sql = neon(String(stack.settings.DATABASE_URL));
const redis = new Redis({
  url: String(stack.settings.UPSTASH_REDIS_REST_URL),
  token: String(stack.settings.UPSTASH_REDIS_REST_TOKEN),
  automaticDeserialization: false,
});

const failTelegram = (fault: object) =>
  fetch(`${stack.telegramUrl}/_/fail`, { method: 'POST', body: JSON.stringify(fault) });

afterEach(async () => {
  await Promise.all([
    store.behave({ mode: 'pass' }),
    database.behave({ mode: 'pass' }),
    failTelegram({ clear: true }),
  ]);
});

const linksOf = (chat: number) => sql`select phone from telegram_links where chat_id = ${chat}`;
const saidTo = async (chat: number) => (await messagesOf(chat, 0)).length;

/** An update that links a number, which can be seen in the chat and in Postgres. */
const scene = () => {
  const [chat, phone] = [freshChat(), freshPhone()];
  return { chat, phone, update: messageUpdate(chat, ownContact(chat, phone)) };
};
const keyOf = ({ update_id }: { update_id: number }) => keys.update(`1000:${update_id}`);

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

  test('[A42] the webhook links a contact with 4 calls to Redis and 2 to Postgres', async () => {
    const { chat, update } = scene();
    expect((await postUpdate(api, update)).body).toEqual({ ok: true });
    expect([await store.calls(), await database.calls()]).toEqual([4, 2]);
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

describe('an update that means nothing to the bot is answered 200, without a call to a store', () => {
  const chat = { id: 5, type: 'private', first_name: 'А' };
  const from = { id: 5, is_bot: false, first_name: 'А' };
  const message = { message_id: 1, date: 1, chat, from };
  test.each<[string, object]>([
    ['of no kind', {}],
    ['of a kind that Telegram has yet to invent', { hologram: { from } }],
    ['of an edited message', { edited_message: { ...message, text: '/unlink' } }],
    [
      'of a post in a channel',
      { channel_post: { message_id: 1, date: 1, chat: { id: -5, type: 'channel' } } },
    ],
    ['of an inline query', { inline_query: { id: '1', from, query: 'x', offset: '' } }],
    [
      'of a blocked bot',
      { my_chat_member: { chat, from, date: 1, new_chat_member: { status: 'kicked' } } },
    ],
    [
      'of a member of a group',
      {
        my_chat_member: {
          chat: { id: -5, type: 'group' },
          from,
          date: 1,
          new_chat_member: { status: 'member' },
        },
      },
    ],
    [
      'of a bot’s message',
      { message: { ...message, from: { ...from, is_bot: true }, text: '/start' } },
    ],
    [
      'of a group',
      { message: { ...message, chat: { id: -5, type: 'group', title: 'Г' }, text: '/start' } },
    ],
    ['without a sender', { message: { ...message, from: undefined, text: '/start' } }],
    ['with a text that is none', { message: { ...message, text: { toString: 1 } } }],
    ['with a contact that is none', { message: { ...message, contact: [] } }],
    [
      'with a chat of a huge id',
      { message: { ...message, chat: { ...chat, id: 1e300 }, text: '/start' } },
    ],
    [
      'with a message and a press, one of them garbage',
      { message: { ...message, text: '/start' }, callback_query: 5 },
    ],
  ])('[A41] %s means nothing to the bot: 200, without a call to a store', async (_, content) => {
    expect((await postUpdate(api, { update_id: freshUpdateId(), ...content })).status).toBe(200);
    expect([await store.calls(), await database.calls()]).toEqual([0, 0]);
  });
});

describe('what is no update', () => {
  test.each([
    ['{', 'malformed_json'],
    ['null', 'invalid_field'],
    ['[]', 'invalid_field'],
    ['"x"', 'invalid_field'],
    ['{}', 'invalid_field'],
    ['{"update_id":"1"}', 'invalid_field'],
    ['{"update_id":1.5}', 'invalid_field'],
    ['{"update_id":1e308}', 'invalid_field'],
    ['{"update_id":null,"message":{}}', 'invalid_field'],
    ['{"update_id":{"toString":1}}', 'invalid_field'],
  ])('[A41, H7] %s is no update: a clear 400', async (raw, code) => {
    const answer = await postUpdate(api, raw);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ ok: false, code, message: expect.any(String) });
  });

  test('[H3] a body of 1 MB is refused as too large', async () => {
    expect((await postUpdate(api, messageUpdate(5, { text: 'x'.repeat(1_000_000) }))).status).toBe(
      413,
    );
  });

  test('[A41, H7] 300 hostile updates are never an error of the server', async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        0,
        -1,
        1e300,
        2 ** 53,
        '\0',
        '\ud800',
        '/start \0',
        'revoke:\0',
        '79991234567',
        '+'.repeat(9_000),
      ),
    );
    /** Replaces one of the fields that the bot reads. */
    const paths = [
      ...[
        'message',
        'callback_query',
        'message.text',
        'message.contact',
        'message.contact.phone_number',
      ],
      ...[
        'message.contact.user_id',
        'message.from',
        'message.from.id',
        'message.from.language_code',
        'message.chat',
      ],
      ...[
        'message.chat.id',
        'message.chat.type',
        'message.entities',
        'message.forward_origin',
        'message.message_id',
      ],
      ...[
        'message.sticker',
        'my_chat_member',
        'my_chat_member.new_chat_member',
        'my_chat_member.chat',
      ],
      ...[
        'callback_query.id',
        'callback_query.data',
        'callback_query.from',
        'callback_query.message',
      ],
    ];
    const hostile = (kind: string, path: string, bad: unknown) => {
      const id = freshChat();
      const { update_id, message } = messageUpdate(id, {
        text: '/help',
        ...ownContact(id, '+4532123456'),
      });
      const query = {
        id: '1',
        chat_instance: '1',
        from: message.from,
        message,
        data: `revoke:${'A'.repeat(22)}`,
      };
      const update = {
        update_id,
        ...(kind === 'message' ? { message } : { callback_query: query }),
      };
      return structuredClone(replaced(update, path.split('.'), bad));
    };
    const kinds = fc.constantFrom('message', 'callback_query');
    await fc.assert(
      fc.asyncProperty(kinds, fc.constantFrom(...paths), value, async (kind, path, bad) => {
        const answer = await postUpdate(local, hostile(kind, path, bad));
        expect(answer.status, answer.text).toBe(200);
      }),
      { numRuns: 300 },
    );
  });
});

/** Copies an update with the value at a path replaced; makes the path where it is missing. */
const replaced = (value: unknown, [first, ...rest]: string[], bad: unknown): unknown => {
  if (first === undefined) return bad;
  const fields = typeof value === 'object' && value !== null ? value : {};
  return {
    ...fields,
    [first]: replaced(Object.entries(fields).find(([name]) => name === first)?.[1], rest, bad),
  };
};
