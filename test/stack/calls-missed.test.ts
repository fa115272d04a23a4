import { neon } from '@neondatabase/serverless';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CallRecord } from '../../party/wire/to-worker.ts';
import { newUsers } from '../support/calls/people.ts';
import { callerAndChat, missedRecord, recordOf, tellWorker } from '../support/calls/records.ts';
import { localApi, TestClock } from '../support/client.ts';
import { Person, registerWebhook } from '../support/person.ts';
import { database, heal, redis } from '../support/proxies.ts';
import { repeated } from '../support/races.ts';
import { messagesOf } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const sql = neon(String(stack.settings.DATABASE_URL));
const clock = new TestClock();
const api = localApi({}, clock.now);
beforeAll(registerWebhook);
afterEach(async () => {
  await api.settle();
  await heal();
});
const tell = (record: CallRecord) => tellWorker(api, record, clock.now());

const chatNow = async (id: number) => (await fetch(`${stack.telegramUrl}/_/chats/${id}`)).json();

describe('word of a missed call', () => {
  test.each(['half', 'deaf'] as const)(
    '[C6] a missed call is told once when the answer to the insert is lost (%s)',
    async (mode) => {
      const { caller, callee, chat } = await callerAndChat();
      const record = missedRecord(caller.id, [callee.id]);
      await database.behave({ mode, times: 1 });
      expect((await tell(record)).status).toBe(503);
      for (const _ of repeated(3, () => 0)) {
        expect((await tell(record)).status).toBe(200);
        await api.settle();
      }
      expect(await messagesOf(chat)).toHaveLength(1);
    },
  );

  test('[C6, C63] who missed an invitation hears of the one who has invited them', async () => {
    const [{ caller, callee, chat }, other] = [await callerAndChat(), await callerAndChat()];
    const record = recordOf(other.caller.id, [caller.id]);
    const invited = { by: caller.id, at: record.createdAt + 6_000 };
    const missed = { user: callee.id, joined: false, missed: true, invited };
    expect((await tell({ ...record, callees: [...record.callees, missed] })).status).toBe(200);
    await api.settle();
    const named = await messagesOf(chat);
    expect(named).toHaveLength(1);
    await tell(missedRecord(caller.id, [callee.id]));
    await api.settle();
    expect(await messagesOf(chat), 'within ten minutes of one caller').toEqual(named);
  });

  test('[C6] a missed call is told once when the same record comes several times at once', async () => {
    const { caller, callee, chat } = await callerAndChat();
    const record = missedRecord(caller.id, [callee.id]);
    await Promise.all(repeated(5, () => tell(record)));
    await api.settle();
    clock.advance(601);
    expect((await tell(record)).status).toBe(200);
    await api.settle();
    expect(await messagesOf(chat)).toHaveLength(1);
  });

  test.each(['half', 'deaf'] as const)(
    '[C6] a missed call is told once when the answer to its claim is lost (%s)',
    async (mode) => {
      const { caller, callee, chat } = await callerAndChat();
      await redis.behave({ mode, times: 1 });
      expect((await tell(missedRecord(caller.id, [callee.id]))).status).toBe(200);
      await api.settle();
      expect(await messagesOf(chat)).toHaveLength(1);
    },
  );
});

describe('a missed call', () => {
  test('[C6] a missed call is told in the callee’s Telegram: who called, and how', async () => {
    const { caller, callee, chat } = await callerAndChat({}, 'Аист');
    await tell(missedRecord(caller.id, [callee.id], { video: true }));
    await api.settle();
    expect(await messagesOf(chat)).toEqual(['Пропущенный видеозвонок от Аист']);
  });

  test.each([
    '+7 999 123-45-67',
    '79991234567',
    'evil.example/now',
    'https://evil.example',
    '@evil_bot',
    '#aist /start $AIST a@b.example',
    '4111 1111 1111 1111',
    'Анна \u{1F469}\u{1F3FD}\u200D\u{1F680}',
  ])(
    '[A47, C6] the caller’s name is set as code, so that nothing in it is a link: %s',
    async (name) => {
      const { caller, callee, chat } = await callerAndChat({}, name);
      await tell(missedRecord(caller.id, [callee.id]));
      await api.settle();
      const [text = ''] = await messagesOf(chat);
      expect(text).toBe(`Пропущенный звонок от ${name}`);
      const { messages } = await chatNow(chat);
      const [entity, ...others] = messages[0].entities;
      expect(others).toEqual([]);
      expect(entity.type).toBe('code');
      expect(text.slice(entity.offset, entity.offset + entity.length)).toBe(name);
    },
  );

  test('[A47, C6] the username of one whose name nobody sees is set as code as well', async () => {
    const { caller, callee, chat } = await callerAndChat({}, '\u3164\u2800');
    await sql`update users set username = ${`7${callee.phone.slice(2)}`} where id = ${caller.id}`;
    await tell(missedRecord(caller.id, [callee.id]));
    await api.settle();
    const { messages } = await chatNow(chat);
    expect(messages[0].text).toBe(`Пропущенный звонок от 7${callee.phone.slice(2)}`);
    expect(messages[0].entities).toEqual([{ type: 'code', offset: 22, length: 11 }]);
  });

  test('[C6] a missed call is told in the language of the chat', async () => {
    const { caller, callee, chat } = await callerAndChat({ language: 'en' }, 'Stork');
    await tell(missedRecord(caller.id, [callee.id], { reason: 'cancelled' }));
    await api.settle();
    expect(await messagesOf(chat)).toEqual(['Missed call from Stork']);
  });

  test('[C6] a call that was refused or taken is told as missed to nobody', async () => {
    const { caller, callee, chat } = await callerAndChat();
    const refused = { user: callee.id, joined: false, missed: false };
    await tell({
      ...missedRecord(caller.id, [callee.id], { reason: 'declined' }),
      callees: [refused],
    });
    await tell({ ...missedRecord(caller.id, [callee.id]), callees: [refused] });
    await tell(recordOf(caller.id, [callee.id], { reason: 'lost' }));
    await tell(recordOf(caller.id, [callee.id], { reason: 'cancelled' }));
    await api.settle();
    expect(await messagesOf(chat, 0)).toEqual([]);
  });

  test('[C6] a missed call is told once in ten minutes of each caller, to each callee', async () => {
    const { caller, callee, chat } = await callerAndChat();
    const other = await callerAndChat();
    await sql`update telegram_links set chat_id = ${chat} where phone = ${other.callee.phone}`;
    const missed = async (from: string, ...to: string[]) => {
      await tell(missedRecord(from, to, { createdAt: clock.now() }));
      await api.settle();
      return (await messagesOf(chat, 0)).length;
    };
    expect(await missed(caller.id, callee.id)).toBe(1);
    expect(await missed(caller.id, callee.id)).toBe(1);
    expect(await missed(other.caller.id, callee.id)).toBe(2);
    expect(await missed(caller.id, callee.id, other.callee.id)).toBe(3);
    clock.advance(599.999);
    expect(await missed(caller.id, callee.id)).toBe(3);
    clock.advance(0.001);
    expect(await missed(caller.id, callee.id)).toBe(4);
  });

  test('[C6] a missed call is told nobody who has turned it off, nor one without a chat', async () => {
    const { caller, callee, chat } = await callerAndChat({ off: true });
    const [unlinked] = await newUsers(1);
    await tell(missedRecord(caller.id, [callee.id, unlinked?.id ?? '']));
    await api.settle();
    expect(await messagesOf(chat, 0)).toEqual([]);
  });

  test('[A43, C6] a missed call gives up a chat that blocked the bot, and tells the others', async () => {
    const { caller, callee, chat } = await callerAndChat();
    const other = await callerAndChat();
    await fetch(`${stack.telegramUrl}/_/fail`, {
      method: 'POST',
      body: JSON.stringify({ chatId: chat, status: 403 }),
    });
    await tell(missedRecord(caller.id, [callee.id, other.callee.id]));
    await api.settle();
    expect(await messagesOf(other.chat)).toHaveLength(1);
    const [link] = await sql`select blocked_at from telegram_links where phone = ${callee.phone}`;
    expect(link?.blocked_at).not.toBeNull();
    clock.advance(600);
    await tell(missedRecord(caller.id, [callee.id]));
    await api.settle();
    expect(await messagesOf(chat, 0)).toEqual([]);
  });
});

describe('/calls', () => {
  const wants = async (person: Person) =>
    (await sql`select missed_calls from telegram_links where chat_id = ${person.id}`).map(
      (row) => row.missed_calls,
    );

  test('[C6] /calls says whether missed calls are told, and a button changes it', async () => {
    const anna = await new Person().introduce();
    await anna.share();
    expect(await anna.say('/calls')).toMatch(/^О пропущенных звонках в AIST сообщаю сюда/);
    await anna.press();
    expect(await anna.last()).toMatch(/не сообщаю/);
    expect(await wants(anna)).toEqual([false]);
    expect(await anna.say('/calls')).toMatch(/не сообщаю/);
    await anna.press();
    expect(await anna.last()).toMatch(/сообщаю сюда/);
    expect(await wants(anna)).toEqual([true]);
  });

  test('[C6] /calls has nothing to tell a chat without a number', async () => {
    expect(await new Person().say('/calls')).toMatch(/не привязан ни один номер/);
  });

  test('[C6] /calls speaks English', async () => {
    const john = await new Person().introduce({ language: 'en' });
    await john.share();
    expect(await john.say('/calls')).toMatch(/^I tell you here/);
    await john.press();
    expect(await john.last()).toMatch(/^I do not tell you/);
  });

  test('[C6] /calls stays as it was set when the number is shared again or changes', async () => {
    const anna = await new Person().introduce();
    await anna.share();
    await anna.say('/calls');
    await anna.press();
    await anna.share();
    expect(await wants(anna)).toEqual([false]);
    const number = anna.phone;
    await anna.introduce({ phone: `${number.slice(0, -4)}0000` });
    await anna.share();
    expect(await wants(anna)).toEqual([false]);
    const boris = await new Person().introduce({ phone: anna.phone });
    await boris.share();
    expect(await wants(boris)).toEqual([true]);
  });
});
