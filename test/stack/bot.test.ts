import { neon } from '@neondatabase/serverless';
import { beforeAll, describe, expect, test } from 'vitest';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import {
  messageUpdate,
  ownContact,
  Person,
  postUpdate,
  registerWebhook,
} from '../support/person.ts';
import { freshChat, link } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
/** The app in this process sets where the driver finds the database. */
const local = localApi();
const sql = neon(String(stack.settings.DATABASE_URL));

beforeAll(registerWebhook);

const masked = (phone: string) => `${phone.slice(0, 4)}***${phone.slice(-2)}`;
const linksOf = (chat: number) =>
  sql`select phone, language from telegram_links where chat_id = ${chat}`;
const somebody = (owner?: { phone?: string; language?: string }) => new Person().introduce(owner);

describe('the bot', () => {
  test('[A42] the bot takes somebody from /start over the shared contact and the code to a token', async () => {
    const anna = await somebody();
    expect(await anna.say('/start')).toMatch(/^Здравствуйте!.*Поделиться номером/s);
    expect(await anna.shareButton()).toBe('Поделиться номером');
    expect(await anna.share()).toBe(
      `Готово! Коды для номера ${masked(anna.phone)} теперь приходят сюда.\n\n` +
        'Вернитесь в AIST и запросите код.',
    );
    expect(await anna.shareButton()).toBeUndefined();
    expect(await linksOf(anna.id)).toEqual([{ phone: anna.phone, language: 'ru' }]);
    expect(await sql`select id from users where phone = ${anna.phone}`).toHaveLength(1);

    expect((await api.post('/api/auth/request-code', { phone: anna.phone })).status).toBe(200);
    const [code] = (await anna.hear(/код для входа/)).match(/\d{6}/) ?? [];
    const answer = await api.post('/api/auth/verify-code', { phone: anna.phone, code });
    const profile = await api.send('GET', '/api/profile', { token: String(answer.body.token) });
    expect(profile.body).toMatchObject({ phone: anna.phone });
  });

  test('[A16] the bot speaks English to those whose app is not Russian, in the codes as well', async () => {
    const john = await somebody({ language: 'en-GB' });
    expect(await john.say('/start')).toMatch(/^Hello!/);
    expect(await john.shareButton()).toBe('Share my number');
    expect(await john.share()).toMatch(/^Done! The codes/);
    expect(await linksOf(john.id)).toEqual([{ phone: john.phone, language: 'en' }]);
    await api.post('/api/auth/request-code', { phone: john.phone });
    expect(await john.hear(/\d{6}/)).toMatch(/^Your AIST sign-in code: \d{6}\n/);
  });

  test('the bot says which number a chat has, and how to change it', async () => {
    const anna = await somebody();
    await anna.share();
    const greeting = await anna.say('/start');
    expect(greeting).toContain(masked(anna.phone));
    expect(greeting).not.toContain(anna.phone);
    expect(await anna.shareButton()).toBeUndefined();
    expect(await anna.say('/phone')).toContain(masked(anna.phone));
    expect(await anna.shareButton()).toBe('Поделиться номером');
  });

  test.each([
    ['/help', /^Этот бот/],
    ['/help@aist_local_bot', /^Этот бот/],
    ['/start help', /^Этот бот/],
    ['/start link', /^Здравствуйте!/],
    ['/start something-else', /^Здравствуйте!/],
    ['/start unlink', /^К этому чату не привязан/],
    ['/phone', /^Здравствуйте!/],
    ['/unlink', /^К этому чату не привязан/],
    ['/nothing', /^Этот бот/],
    ['Привет', /^Этот бот/],
  ])('the bot answers %j', async (text, answer) => {
    expect(await new Person().say(text)).toMatch(answer);
  });

  test('the bot unlinks at once when it is told to in words', async () => {
    const anna = await somebody();
    await anna.share();
    expect(await anna.say('/unlink')).toContain(`отвязано: ${masked(anna.phone)}`);
    expect(await linksOf(anna.id)).toEqual([]);
    await local.post('/api/auth/request-code', { phone: anna.phone });
    await local.settle();
    expect(await anna.last()).toContain('отвязан');
    expect(await sql`select id from users where phone = ${anna.phone}`).toHaveLength(1);
  });

  test('the bot asks before it unlinks by a link that may come from anywhere', async () => {
    const anna = await somebody();
    await anna.share();
    expect(await anna.say('/start unlink')).toContain(`Отвязать ${masked(anna.phone)}?`);
    expect(await linksOf(anna.id)).toHaveLength(1);
    await anna.press();
    expect(await anna.last()).toContain('отвязан');
    expect(await linksOf(anna.id)).toEqual([]);
  });

  test('the bot unlinks every number that other bots linked to the chat', async () => {
    const anna = new Person();
    const [one, two] = [freshPhone(), freshPhone()];
    await link(api, one, anna.id);
    await link(api, two, anna.id);
    expect(await anna.say('/unlink')).toContain(`${masked(two)}, ${masked(one)}`);
    expect(await linksOf(anna.id)).toEqual([]);
  });

  test('the bot links again after unlinking, and again without', async () => {
    const anna = await somebody();
    for (const text of ['/unlink', '/start']) {
      expect(await anna.share()).toContain('теперь приходят сюда');
      await anna.say(text);
    }
    expect(await linksOf(anna.id)).toHaveLength(1);
  });
});

describe('a contact is not linked', () => {
  const victim = () => freshPhone();
  test.each([
    ['somebody else’s', { phone: victim(), userId: 77 }],
    ['without the id of a person in Telegram', { phone: victim(), userId: null }],
    ['forwarded', { phone: victim(), forwarded: true }],
    ['one’s own, but forwarded', { forwarded: true }],
  ])('[A42] a contact is not linked when it is %s', async (_, contact) => {
    const mallory = await somebody();
    expect(await mallory.share(contact)).toMatch(/^Привязать можно только свой номер/);
    expect(await linksOf(mallory.id)).toEqual([]);
  });

  const others = {
    forward_from: { id: 5, is_bot: false, first_name: 'Б' },
    forward_sender_name: 'Б',
    forward_date: 1,
    forward_from_chat: { id: -100, type: 'channel', title: 'Б' },
    forward_origin: { type: 'hidden_user', date: 1, sender_user_name: 'Б' },
    via_bot: { id: 6, is_bot: true, first_name: 'Б', username: 'b_bot' },
  };
  test.each(Object.entries(others))(
    '[A42] a contact is not linked when it has the mark %s of a message written elsewhere',
    async (mark, value) => {
      const [id, phone] = [freshChat(), freshPhone()];
      const update = messageUpdate(id, { ...ownContact(id, phone), [mark]: value });
      expect((await postUpdate(api, update)).status).toBe(200);
      expect(await linksOf(id)).toEqual([]);
    },
  );

  test.each([
    '4532123456',
    '81312345678',
    '9991234567',
    '89991234567',
    '7999123456',
    '799912345678',
    '+7 999 123-45-67',
    '79991234567\u0000',
    '79991234567;ext=1',
    '٧٩٩٩١٢٣٤٥٦٧',
    '+380501234567',
    '',
  ])(
    '[A42, H25] a contact is not linked when its number is %j: foreign, dirty or not in full',
    async (phone_number) => {
      const id = freshChat();
      const update = messageUpdate(id, { contact: { phone_number, first_name: 'Б', user_id: id } });
      expect((await postUpdate(api, update)).status).toBe(200);
      expect(await linksOf(id)).toEqual([]);
    },
  );

  test.each(['89991234567', '+7 999 123-45-67'])(
    '[A42, H25] a Russian contact written as %s is not linked; the button is shown again',
    async (phone) => {
      const anna = await somebody();
      expect(await anna.share({ phone })).toMatch(/^Не получилось прочитать номер/);
      expect(await anna.shareButton()).toBe('Поделиться номером');
      expect(await linksOf(anna.id)).toEqual([]);
    },
  );

  test.each([
    ['a group', { id: -5, type: 'group', title: 'Б' }],
    ['a supergroup', { id: -1_000_000_000_005, type: 'supergroup', title: 'Б' }],
    ['a channel', { id: -1_000_000_000_006, type: 'channel', title: 'Б' }],
    ['somebody else’s private chat', { id: 999 }],
  ])('[A42] a contact is not linked when it comes from %s', async (_, chat) => {
    const [id, phone] = [freshChat(), freshPhone()];
    expect((await postUpdate(api, messageUpdate(id, ownContact(id, phone), { chat }))).status).toBe(
      200,
    );
    expect(await sql`select 1 from telegram_links where phone = ${phone}`).toEqual([]);
  });

  test('[A42, H23] a contact is linked only where its country is served', async () => {
    const belarus = `+37529${freshPhone().slice(-7)}`;
    const id = freshChat();
    const wider = localApi({ PHONE_COUNTRIES: 'BY' });
    expect((await postUpdate(wider, messageUpdate(id, ownContact(id, '4532123456')))).status).toBe(
      200,
    );
    expect(await linksOf(id)).toEqual([]);
    expect((await postUpdate(wider, messageUpdate(id, ownContact(id, belarus)))).status).toBe(200);
    expect(await linksOf(id)).toEqual([{ phone: belarus, language: 'ru' }]);
    const anna = await somebody({ phone: `+37529${freshPhone().slice(-7)}` });
    expect(await anna.share()).toMatch(/^С номерами этой страны AIST пока не работает/);
  });
});
