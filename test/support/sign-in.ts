import { expect } from 'vitest';
import type { Api } from './client.ts';
import { freshPhone } from './fresh.ts';
import { PATIENCE_MS } from './patience.ts';
import { stack } from './stack.ts';

/** Asks for a code and returns it, with the request's id. */
export const requestCode = async (api: Api, phone: string, address?: string) => {
  const answer = await api.post('/api/auth/request-code', { phone }, address ? { address } : {});
  expect(answer.status, answer.text).toBe(200);
  const { debugCode, requestId } = answer.body;
  if (typeof debugCode !== 'string' || typeof requestId !== 'string')
    throw new Error(`No code: ${answer.text}`);
  return { code: debugCode, requestId };
};

/** Signs a phone number in and returns the token. */
export const signIn = async (api: Api, phone: string = freshPhone()): Promise<string> => {
  const { code } = await requestCode(api, phone);
  const answer = await api.post('/api/auth/verify-code', { phone, code });
  expect(answer.status, answer.text).toBe(200);
  return String(answer.body.token);
};

/** A code that is certainly not this one; another for each `by` below a million. */
export const wrongCode = (code: string, by = 1): string =>
  String((Number(code) + by) % 1_000_000).padStart(6, '0');

/** Links a phone number to a chat of the stand-in. */
export const link = async (api: Api, phone: string, chatId: number): Promise<void> => {
  const headers = { 'X-Link-Secret': String(stack.settings.TELEGRAM_LINK_SECRET) };
  const answer = await api.post(
    '/api/internal/link-telegram',
    { phone, telegramChatId: chatId },
    { headers },
  );
  expect(answer.status, answer.text).toBe(200);
};

/** A chat id that no other test uses. */
export const freshChat = (): number => 1_000_000 + Math.floor(Math.random() * 1e12);

/**
 * The texts in a chat of the stand-in, the oldest first. Waits until there are at least
 * `count`, as long as can be.
 */
export const messagesOf = async (chatId: number, count = 1): Promise<string[]> => {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await fetch(`${stack.telegramUrl}/_/chats/${chatId}`);
    const chat: { messages?: { text: string }[] } = answer.ok ? await answer.json() : {};
    const texts = (chat.messages ?? []).map(({ text }) => text);
    if (texts.length >= count || Date.now() > deadline) return texts;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
