import { neon } from '@neondatabase/serverless';
import { afterEach, describe, expect, test } from 'vitest';
import { createTelegram } from '../../src/telegram/api.ts';
import { localApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { isPending } from '../support/order.ts';
import { ProxyControl } from '../support/proxy.ts';
import { freshChat, link, messagesOf, requestCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { failTelegram } from '../support/telegram.ts';

const telegramUrl = stack.telegramUrl;
const database = new ProxyControl(stack.databaseProxy);

afterEach(async () => {
  await failTelegram({ clear: true });
  await database.behave({ mode: 'pass' });
});

const start = async () => {
  const clock = new TestClock();
  const api = localApi({}, clock.now);
  const phone = freshPhone();
  const chat = freshChat();
  await link(api, phone, chat);
  const sql = neon(String(stack.settings.DATABASE_URL));
  const blockedAt = async () =>
    (await sql`select blocked_at from telegram_links where phone = ${phone}`)[0]?.blocked_at;
  return { clock, api, phone, chat, blockedAt };
};

describe('delivery of a code', () => {
  test('[A13] the delivery waits as long as Telegram asks after 429, and then succeeds', async () => {
    const { api, phone, chat } = await start();
    await failTelegram({ chatId: chat, status: 429, retryAfter: 1, times: 2 });
    const { code } = await requestCode(api, phone);
    expect(await messagesOf(chat, 0)).toEqual([]);
    await api.settle();
    expect((await messagesOf(chat)).join()).toContain(code);
  });

  test('[A13] the delivery is given up, and said to be, before the platform would end it', async () => {
    const chat = freshChat();
    await failTelegram({ chatId: chat, status: 429, retryAfter: 1, times: 10 });
    const sending = createTelegram('1000:test', telegramUrl, 500).send(chat, 'Привет');
    // The reason is not Telegram's last refusal: the tries were not used up.
    await expect(sending).rejects.toThrow(/^telegram: sendMessage failed: Error$/);
  });

  test('[A5] the delivery does not hold the answer up, however slow Telegram is', async () => {
    const { api, phone, chat } = await start();
    await failTelegram({ chatId: chat, hang: 1_500 });
    await requestCode(api, phone);
    const delivery = api.settle();
    expect(await isPending(delivery)).toBe(true);
    await delivery;
    expect(await messagesOf(chat)).toHaveLength(1);
  });

  test('[A43] the delivery gives a link up when the person blocked the bot, until a new one', async () => {
    const { clock, api, phone, chat, blockedAt } = await start();
    await failTelegram({ chatId: chat, status: 403 });
    await requestCode(api, phone);
    await api.settle();
    expect(await blockedAt()).toMatch(/^\d{4}-\d\d-\d\d /);

    clock.advance(60);
    const before = await callsTo(chat);
    await requestCode(api, phone);
    await api.settle();
    expect(await callsTo(chat)).toBe(before);

    await link(api, phone, chat);
    expect(await blockedAt()).toBeNull();
    clock.advance(120);
    const { code } = await requestCode(api, phone);
    await api.settle();
    expect((await messagesOf(chat)).join()).toContain(code);
  });

  test('[A43] the delivery gives up the link to the blocking chat, not one made meanwhile', async () => {
    const { api, phone, chat, blockedAt } = await start();
    await failTelegram({ chatId: chat, status: 403, hang: 300 });
    await requestCode(api, phone);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await link(api, phone, freshChat());
    await api.settle();
    expect(await blockedAt()).toBeNull();
  });

  test.each([
    ['answers 400', { status: 400 }],
    ['answers what is no JSON', { garbage: true }],
  ])(
    '[A13] the delivery that fails because Telegram %s is no error, and keeps the link',
    async (_, fault) => {
      const { clock, api, phone, chat, blockedAt } = await start();
      await failTelegram({ chatId: chat, ...fault });
      await requestCode(api, phone);
      await api.settle();
      expect(await blockedAt()).toBeNull();
      await failTelegram({ clear: true });
      clock.advance(60);
      const { code } = await requestCode(api, phone);
      await api.settle();
      expect((await messagesOf(chat)).join()).toContain(code);
    },
  );

  test('[A3, A4] a linked and an unlinked number get the same bytes, but for what is random', async () => {
    const { api, phone } = await start();
    const closed = localApi({ DEBUG_CODE: 'off' });
    const shape = async (number: string) => {
      const { status, headers, text, body } = await closed.post('/api/auth/request-code', {
        phone: number,
      });
      const names = [...headers.keys()].sort();
      return {
        status,
        names,
        bytes: text.replace(String(body.requestId), 'ID').replace(String(body.masked), 'MASKED'),
      };
    };
    expect(await shape(phone)).toEqual(await shape(freshPhone()));
    await Promise.all([api.settle(), closed.settle()]);
  });
});

const callsTo = async (chat: number): Promise<number> => {
  const calls: { chatId?: number }[] = await fetch(`${telegramUrl}/_/calls`).then((answer) =>
    answer.json(),
  );
  return calls.filter(({ chatId }) => chatId === chat).length;
};
