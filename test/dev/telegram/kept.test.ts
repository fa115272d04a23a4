import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from 'grammy';
import { expect, onTestFinished, test } from 'vitest';
import { startTelegram } from '../../../dev/telegram/server.ts';
import { TOKEN } from './harness.ts';

/** A folder of the test's own, and what starts a stand-in in it. */
const setUp = () => {
  const folder = mkdtempSync(join(tmpdir(), 'aist-telegram-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'telegram.json');
  const start = async () => {
    const telegram = await startTelegram({ token: TOKEN, apiUrl: 'http://127.0.0.1:8787', file });
    onTestFinished(telegram.close);
    const control = async (method: string, path: string, body?: unknown) => {
      const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
      return (await fetch(`${telegram.url}/_${path}`, init)).json();
    };
    return { ...telegram, control, api: new Api(TOKEN, { apiRoot: telegram.url }) };
  };
  return { file, start };
};

test('after a restart chats have their owners and messages, and numbers go on', async () => {
  const { start } = setUp();
  const first = await start();
  await first.control('PUT', '/chats/1001', { phone: '+79991234567', language: 'en' });
  const sent = await first.api.sendMessage(1001, 'a', {
    reply_markup: { inline_keyboard: [[{ text: 'b', callback_data: 'b' }]] },
  });
  await first.control('PUT', '/chats/1002', { phone: '+79991234568' });
  const before = await first.control('GET', '/chats');
  await first.close();

  const second = await start();
  expect(await second.control('GET', '/chats')).toEqual(before);
  const next = await second.api.sendMessage(1002, 'x');
  expect(next.message_id).toBe(sent.message_id + 1);
  expect(await second.api.editMessageText(1001, sent.message_id, 'c')).toMatchObject({ text: 'c' });
});

test('a chat that is new is in the file before anybody is told, a message a moment later', async () => {
  const { file, start } = setUp();
  const { control, api } = await start();
  const kept = (): { chats: { id: number; phone?: string; messages: unknown[] }[] } =>
    JSON.parse(readFileSync(file, 'utf8'));
  await control('PUT', '/chats/1001', { phone: '+79991234567' });
  expect(kept().chats).toMatchObject([{ id: 1001, phone: '+79991234567', messages: [] }]);
  await api.sendMessage(1001, 'a');
  await expect.poll(() => kept().chats[0]?.messages.length).toBe(1);
  expect(statSync(file).mode & 0o077).toBe(0);
});

test.each([['{"chats": [{"id": 1'], ['{}'], ['{"lastMessageId": 1, "chats": [{"id": "x"}]}']])(
  'a file that is damaged is an error of the start, and stays: %s',
  async (text) => {
    const { file, start } = setUp();
    writeFileSync(file, text);
    await expect(start()).rejects.toThrow(/telegram\.json is damaged\. Delete it/);
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
