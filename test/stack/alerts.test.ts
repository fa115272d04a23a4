import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { localApi, TestClock } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshChat, link, messagesOf, requestCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/140.0.0.0 Safari/537.36';

/** Signs a linked number in; what its chat has been told since. */
const signedIn = async (userAgent = CHROME) => {
  const clock = new TestClock();
  const api = localApi({}, clock.now);
  const [phone, chat] = [freshPhone(), freshChat()];
  await link(api, phone, chat);
  const { code, requestId } = await requestCode(api, phone);
  const headers = { 'User-Agent': userAgent };
  const verify = () => api.post('/api/auth/verify-code', { phone, code, requestId }, { headers });
  const answer = await verify();
  await api.settle();
  return {
    clock,
    api,
    phone,
    chat,
    verify,
    token: String(answer.body.token),
    alert: (await messagesOf(chat, 2))[1],
  };
};

describe('a new sign-in', () => {
  test('[A40] a new sign-in is told to the user’s Telegram: with what, and when', async () => {
    const { alert, clock } = await signedIn();
    const time = new Intl.DateTimeFormat('ru', {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: 'Europe/Moscow',
    });
    expect(alert).toBe(
      `Новый вход в ваш аккаунт AIST:\nChrome, Windows\n${time.format(clock.now())} (МСК)\n\n` +
        'Если это не вы, нажмите кнопку: этот вход будет закрыт.',
    );
  });

  test('[A40] the alert has a button that names this very session and nothing else', async () => {
    const { chat, token } = await signedIn();
    const { messages } = await fetch(`${stack.telegramUrl}/_/chats/${chat}`).then((answer) =>
      answer.json(),
    );
    expect(messages.at(-1).reply_markup).toEqual({
      inline_keyboard: [[{ text: 'Это не я', callback_data: `revoke:${decodeJwt(token).sid}` }]],
    });
  });

  test('[A11, A40] a sign-in is told once, however often its client repeats itself', async () => {
    const { api, chat, verify } = await signedIn();
    expect((await verify()).status).toBe(200);
    await api.settle();
    expect(await messagesOf(chat, 2)).toHaveLength(2);
  });

  test('[A40] a client that says strange things of itself is told of without them', async () => {
    const { alert } = await signedIn(
      `Your account is blocked, see evil.example/help now ${'x'.repeat(5_000)}`,
    );
    expect(alert).toMatch(/^Новый вход в ваш аккаунт AIST:\nнеизвестное устройство\n/);
  });

  test('[A40] a sign-in to a number without a chat is told nobody, and is no error', async () => {
    const api = localApi();
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
    await api.settle();
  });
});
