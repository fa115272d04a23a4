import { expect, test } from 'vitest';
import { CHATS, Chats, MESSAGES_PER_CHAT } from '../../../dev/telegram/chats.ts';
import { rejection, setUp } from './harness.ts';

const CODE =
  'Ваш код для входа в AIST: 123456\n\nКод действителен 5 минут. Никому не сообщайте код.';
const refused = (error_code: number, description: string) => ({
  name: 'GrammyError',
  error_code,
  description,
});

test('a message comes back as Telegram describes it and stands in a chat that it opened', async () => {
  const { api, control } = await setUp();
  const before = Math.floor(Date.now() / 1000);
  const message = await api.sendMessage(1001, CODE, {
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  });
  expect(message).toEqual({
    message_id: 1,
    from: { id: 1000, is_bot: true, first_name: 'AIST', username: 'aist_local_bot' },
    chat: { id: 1001, type: 'private', first_name: 'Чат 1001' },
    date: expect.toSatisfy((date: number) => date >= before && date <= Date.now() / 1000),
    text: CODE,
  });
  expect((await control('GET', '/chats/1001')).json).toMatchObject({
    id: 1001,
    messages: [message],
  });
});

test.each([
  ['U+0000', 'a\u0000b'],
  ['emoji of several code points', '👩‍👩‍👧‍👦 🇷🇺'],
  ['letters of other scripts and markup', '<b>Привет</b> & «שלום» 你好'],
  ['line breaks and blanks inside', 'a\n\n  b\tc'],
])('text is kept to the letter: %s', async (_name, text) => {
  const { api, control } = await setUp();
  expect((await api.sendMessage(7, text)).text).toBe(text);
  expect((await control('GET', '/chats/7')).json.messages[0].text).toBe(text);
});

test('an empty or blank text is refused', async () => {
  const { api, control } = await setUp();
  const error = refused(400, 'Bad Request: message text is empty');
  expect(await rejection(api.sendMessage(1, ''))).toMatchObject(error);
  expect(await rejection(api.sendMessage(1, ' \n '))).toMatchObject(error);
  expect((await control('GET', '/chats')).json).toEqual([]);
});

test('4,096 characters pass, counted as code points, one more does not', async () => {
  const { api } = await setUp();
  expect((await api.sendMessage(1, '😀'.repeat(4096))).text).toHaveLength(8192);
  expect(await rejection(api.sendMessage(1, 'a'.repeat(4097)))).toMatchObject(
    refused(400, 'Bad Request: message is too long'),
  );
});

test.each([
  ['', 'chat_id is empty'],
  ['@channel', 'chat not found'],
  [-100123, 'chat not found'],
  [0, 'chat not found'],
  ['1.5', 'chat not found'],
])('chat id %j is refused', async (chatId, reason) => {
  const { api } = await setUp();
  expect(await rejection(api.sendMessage(chatId, 'x'))).toMatchObject(
    refused(400, `Bad Request: ${reason}`),
  );
});

test('an inline keyboard belongs to its message', async () => {
  const { api, control } = await setUp();
  const reply_markup = { inline_keyboard: [[{ text: 'Это не я', callback_data: 'revoke:1' }]] };
  const message = await api.sendMessage(1001, 'Новый вход', { reply_markup });
  expect(message.reply_markup).toEqual(reply_markup);
  expect((await control('GET', '/chats/1001')).json.messages[0].reply_markup).toEqual(reply_markup);
});

test('a reply keyboard belongs to the chat until a message removes it', async () => {
  const { api, control } = await setUp();
  const keyboard = [[{ text: 'Поделиться номером', request_contact: true }]];
  const message = await api.sendMessage(1001, 'Ваш номер?', { reply_markup: { keyboard } });
  expect(message).not.toHaveProperty('reply_markup');
  await api.sendMessage(1001, 'Жду');
  expect((await control('GET', '/chats/1001')).json.keyboard).toEqual({ keyboard });
  await api.sendMessage(1001, 'Спасибо', { reply_markup: { remove_keyboard: true } });
  expect((await control('GET', '/chats/1001')).json).not.toHaveProperty('keyboard');
});

test.each([
  [
    'a text button',
    [{ text: 'x' }],
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
  [
    'callback data over 64 bytes',
    [{ text: 'x', callback_data: 'я'.repeat(33) }],
    'BUTTON_DATA_INVALID',
  ],
  ['empty callback data', [{ text: 'x', callback_data: '' }], 'BUTTON_DATA_INVALID'],
])('an inline keyboard with %s is refused', async (_name, row, reason) => {
  const { bot } = await setUp();
  const response = await fetch(`${bot}/sendMessage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: 1, text: 'x', reply_markup: { inline_keyboard: [row] } }),
  });
  expect(await response.json()).toEqual({
    ok: false,
    error_code: 400,
    description: `Bad Request: ${reason}`,
  });
});

test('editing replaces the text and, where none is given, takes the inline keyboard away', async () => {
  const { api, control } = await setUp();
  const inline_keyboard = [[{ text: 'Это не я', callback_data: 'revoke' }]];
  const sent = await api.sendMessage(1001, 'Новый вход', { reply_markup: { inline_keyboard } });
  const edited = await api.editMessageText(1001, sent.message_id, 'Сеанс завершён');
  expect(edited).toEqual({
    ...sent,
    text: 'Сеанс завершён',
    edit_date: expect.any(Number),
    reply_markup: undefined,
  });
  expect((await control('GET', '/chats/1001')).json.messages).toEqual([edited]);
});

test('the inline keyboard can be changed by itself', async () => {
  const { api } = await setUp();
  const sent = await api.sendMessage(1001, 'Новый вход');
  const reply_markup = { inline_keyboard: [[{ text: 'Открыть', url: 'http://127.0.0.1:8787' }]] };
  const edited = await api.editMessageReplyMarkup(1001, sent.message_id, { reply_markup });
  expect(edited).toMatchObject({ text: 'Новый вход', reply_markup });
});

test('an edit that changes nothing, or of a message that is not there, is refused', async () => {
  const { api } = await setUp();
  const { message_id } = await api.sendMessage(1001, 'a');
  expect(await rejection(api.editMessageText(1001, message_id, 'a'))).toMatchObject({
    error_code: 400,
    description: expect.stringMatching(/^Bad Request: message is not modified: /),
  });
  const missing = refused(400, 'Bad Request: message to edit not found');
  expect(await rejection(api.editMessageText(1001, message_id + 1, 'b'))).toMatchObject(missing);
  expect(await rejection(api.editMessageText(1002, message_id, 'b'))).toMatchObject(missing);
  expect(await rejection(api.raw.editMessageText({ chat_id: 1001, text: 'b' }))).toMatchObject(
    refused(400, 'Bad Request: message identifier is not specified'),
  );
});

test('memory is bounded: the oldest messages and the chats longest silent go', () => {
  const chats = new Chats({ id: 1, is_bot: true, first_name: 'AIST' }, () => 0);
  for (let n = 0; n <= MESSAGES_PER_CHAT; n++) chats.send(1, `${n}`);
  expect(chats.get(1)?.messages).toHaveLength(MESSAGES_PER_CHAT);
  expect(chats.get(1)?.messages[0]).toMatchObject({ text: '1' });
  for (let id = 2; id <= CHATS; id++) chats.send(id, 'x');
  chats.send(1, 'still here');
  chats.send(CHATS + 1, 'x');
  expect(chats.list()).toHaveLength(CHATS);
  expect(chats.get(2)).toBeUndefined();
  expect(
    chats
      .list()
      .slice(0, 2)
      .map(({ id }) => id),
  ).toEqual([CHATS + 1, 1]);
});

test('a message keeps the entities of its text, and those that are none of it are refused', async () => {
  const { api } = await setUp();
  const entities = [{ type: 'code' as const, offset: 2, length: 3 }];
  expect(await api.sendMessage(7, 'a bcd', { entities })).toMatchObject({ entities });
  await expect(api.sendMessage(7, 'a bc', { entities })).rejects.toThrow(/can't parse entities/);
  expect(await api.sendMessage(7, 'plain')).not.toHaveProperty('entities');
});
