import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { localApi, runningApi } from '../support/client.ts';
import { freshUpdateId, messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { database, heal, redis as store } from '../support/proxies.ts';
import { freshChat } from '../support/sign-in.ts';
import { failTelegram } from '../support/telegram.ts';

const api = runningApi();
const local = localApi();
afterEach(async () => {
  await heal();
  await failTelegram({ clear: true });
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
