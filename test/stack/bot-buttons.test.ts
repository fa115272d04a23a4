import { neon } from '@neondatabase/serverless';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { localApi, runningApi } from '../support/client.ts';
import { freshUpdateId, Person, postUpdate, registerWebhook } from '../support/person.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { failTelegram } from '../support/telegram.ts';

const api = runningApi();
// The app in this process sets where the driver finds the database.
localApi();
const sql = neon(String(stack.settings.DATABASE_URL));
beforeAll(registerWebhook);

afterEach(() => failTelegram({ clear: true }));

/** Somebody whose last message from the bot has a button, and what its press does. */
interface Scene {
  readonly person: Person;
  isDone(): Promise<boolean>;
}

const linked = async () => {
  const person = await new Person().introduce();
  await person.share();
  return person;
};

const hears = async (person: Person) =>
  (await sql`select missed_calls from telegram_links where chat_id = ${person.id}`)[0]
    ?.missed_calls;

const BUTTONS: Record<string, { begin(): Promise<Scene>; text: RegExp; again: RegExp }> = {
  'Это не я': {
    begin: async () => {
      const person = await linked();
      const token = await signIn(api, person.phone);
      await person.hear(/Новый вход/);
      const profile = () => api.send('GET', '/api/profile', { token });
      return { person, isDone: async () => (await profile()).status === 401 };
    },
    text: /^Вход закрыт/,
    again: /^Уже сделано: этот вход закрыт$/,
  },
  Отвязать: {
    begin: async () => {
      const person = await linked();
      await person.say('/start unlink');
      const links = () => sql`select 1 from telegram_links where chat_id = ${person.id}`;
      return { person, isDone: async () => (await links()).length === 0 };
    },
    text: /^Готово, отвязано/,
    again: /^Уже сделано: номер отвязан$/,
  },
  'Не сообщать': {
    begin: async () => {
      const person = await linked();
      await person.say('/calls');
      return { person, isDone: async () => (await hears(person)) === false };
    },
    text: /^О пропущенных звонках в AIST не сообщаю/,
    again: /^Уже сделано$/,
  },
  Сообщать: {
    begin: async () => {
      const person = await linked();
      await sql`update telegram_links set missed_calls = false where chat_id = ${person.id}`;
      await person.say('/calls');
      return { person, isDone: async () => (await hears(person)) === true };
    },
    text: /^О пропущенных звонках в AIST сообщаю сюда/,
    again: /^Уже сделано$/,
  },
};

const FAULTS: [string, object][] = [
  ['refuses it (400)', { status: 400 }],
  ['wants a pause (429)', { status: 429, retryAfter: 60 }],
  ['fails (500)', { status: 500 }],
  ['answers garbage', { garbage: true }],
];

describe.each(Object.entries(BUTTONS))('the button “%s”', (_, { begin, text, again }) => {
  test('[A46] a button says in place of its message what it did', async () => {
    const { person, isDone } = await begin();
    expect(await person.press()).toBe('');
    expect(await person.last()).toMatch(text);
    expect((await person.messages()).at(-1)?.reply_markup).toBeUndefined();
    expect(await isDone()).toBe(true);
  });

  test.each(FAULTS)(
    '[A46] a button says it in a notice when Telegram, asked to edit, %s',
    async (__, fault) => {
      const { person, isDone } = await begin();
      await failTelegram({ chatId: person.id, method: 'editMessageText', ...fault });
      expect(await person.press()).toMatch(text);
      expect(await isDone()).toBe(true);
    },
  );

  test('[A46] a button that is pressed once more says that it is done already', async () => {
    const { person, isDone } = await begin();
    await failTelegram({ chatId: person.id, method: 'editMessageText', status: 400, times: 2 });
    await person.press();
    expect(await person.press()).toMatch(again);
    expect(await person.press()).toMatch(again);
    expect((await person.messages()).at(-1)?.reply_markup).toBeUndefined();
    expect(await isDone()).toBe(true);
  });

  test('[A46] a button says it in a new message when neither message nor notice is taken', async () => {
    const { person, isDone } = await begin();
    const before = (await person.messages()).length;
    await failTelegram({ chatId: person.id, method: 'editMessageText', status: 400 });
    await failTelegram({ method: 'answerCallbackQuery', status: 400 });
    expect(await person.press()).toBe('');
    expect(await person.messages()).toHaveLength(before + 1);
    expect(await person.last()).toMatch(text);
    expect(await isDone()).toBe(true);
  });

  test('[A46] a button does its work under a message that Telegram has no more', async () => {
    const { person, isDone } = await begin();
    const button = (await person.messages()).at(-1)?.reply_markup?.inline_keyboard[0]?.[0];
    const pressed = {
      update_id: freshUpdateId(),
      callback_query: {
        id: '1',
        chat_instance: '1',
        from: { id: person.id, is_bot: false, first_name: 'А' },
        message: {
          message_id: 1_000_000_000,
          date: 0,
          chat: { id: person.id, type: 'private', first_name: 'А' },
        },
        data: button && 'callback_data' in button ? button.callback_data : '',
      },
    };
    expect((await postUpdate(api, pressed)).status).toBe(200);
    expect(await isDone()).toBe(true);
  });
});

test('[A46] what is too long for a notice comes as a message', async () => {
  const person = await linked();
  for (let i = 0; i < 15; i++) {
    const { phone } = new Person();
    await sql`insert into telegram_links (phone, chat_id) values (${phone}, ${person.id})`;
  }
  await person.say('/start unlink');
  await failTelegram({ chatId: person.id, method: 'editMessageText', status: 400 });
  expect(await person.press()).toBe('');
  expect(await person.last()).toMatch(/^Готово, отвязано/);
  expect((await person.last()).length).toBeGreaterThan(200);
});
