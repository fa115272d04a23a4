import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { runningApi } from '../../support/client.ts';
import { freshPhone } from '../../support/fresh.ts';
import { freshChat, link, messagesOf } from '../../support/sign-in.ts';
import { stack } from '../../support/stack.ts';
import { openApp, openSignedIn, requestOn } from './app.ts';

const api = runningApi();

/** A Russian number as people write it. */
const spell = (phone: string): string =>
  phone.replace(/^\+7(...)(...)(..)(..)$/, '8 ($1) $2-$3-$4');

/** Signs in somebody new, by the forms of the page. */
const signInByForm = async (page: Page): Promise<void> => {
  await page.fill('#phone', freshPhone());
  const answered = page.waitForResponse(/request-code/);
  await page.keyboard.press('Enter');
  const { debugCode } = await (await answered).json();
  await page.fill('#code', debugCode);
};

describe('signing in by a code', () => {
  test('a number in any spelling, the code as Telegram has it, and the app is there', async () => {
    const phone = freshPhone();
    const chat = freshChat();
    await link(api, phone, chat);
    const page = await openApp('/', { narrow: true });
    await page.fill('#phone', spell(phone));
    await page.keyboard.press('Enter');
    const said = (await messagesOf(chat)).find((text) => /\d{6}/.test(text)) ?? '';
    await expect
      .poll(() => page.textContent('#sent'))
      .toContain(`${phone.slice(0, 4)}***${phone.slice(-2)}`);
    // The field has the focus, and takes the whole message.
    await page.locator('#code:focus').waitFor();
    await page.locator('#code').fill(said);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/welcome');
    expect(await page.locator('#sign-in').count()).toBe(0);
  });

  test('somebody new sees the first steps before any chats, somebody named the chats', async () => {
    const page = await openApp('/', { language: 'en', narrow: true });
    await page.evaluate(() => {
      const seen = new Set<string | null>();
      Object.assign(window, { seen });
      new MutationObserver(() => {
        for (const { textContent } of document.querySelectorAll('h1')) seen.add(textContent);
      }).observe(document.body, { childList: true, subtree: true });
    });
    // A slow network shows what is drawn before the answer.
    await page.route('**/api/profile', async (route) => {
      await delay(500);
      await route.continue();
    });
    await signInByForm(page);
    await page.waitForURL('**/welcome');
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    const seen = await page.evaluate(() => Array.from(Reflect.get(window, 'seen')));
    expect(seen).toContain('Welcome');
    expect(seen).not.toContain('Chats');
    await requestOn(page, ['PATCH', '/api/profile', { displayName: 'Anna' }]);
    await page.goto('/');
    const chats = page.getByRole('heading', { name: 'Chats', level: 1 });
    await chats.waitFor();
    // From then on nothing waits for the profile.
    await page.route('**/api/profile', () => undefined);
    await page.reload();
    await chats.waitFor();
  });

  test('[A49] no script of the page can read the signature of the token', async () => {
    const page = await openSignedIn();
    const seen = await page.evaluate(() => ({
      token: localStorage.getItem('aist.token'),
      cookie: document.cookie,
    }));
    expect(seen).toEqual({ token: expect.stringMatching(/^[\w-]+\.[\w-]+\.$/), cookie: '' });
    const stolen = await api.send('GET', '/api/profile', { token: String(seen.token) });
    expect(stolen.status).toBe(401);
  });

  test('a wrong code says how many tries are left, and the button when to ask again', async () => {
    const page = await openApp('/', { language: 'en', narrow: true });
    await page.fill('#phone', freshPhone());
    await page.click('#phone-form [type=submit]');
    // What has not six digits is compared with nothing, and costs no try [A8].
    await page.locator('#code').fill('0000');
    await page.keyboard.press('Enter');
    await page.locator('#code-error').waitFor();
    expect(await page.isVisible('#tries')).toBe(false);
    await page.locator('#code').fill('000000');
    await expect.poll(() => page.textContent('#tries')).toBe('Tries left: 4');
    expect(await page.textContent('#code-error')).toBe('Wrong or expired code');
    await page.locator('#code').fill('000001');
    await expect.poll(() => page.textContent('#tries')).toBe('Tries left: 3');
    expect(await page.textContent('#again')).toMatch(/^Again in (1:00|0:\d\d)$/);
    expect(await page.isDisabled('#again')).toBe(true);
    // Going back and asking again meets the limit, which says once how long to wait.
    await page.click('#change');
    await page.click('#phone-form [type=submit]');
    await expect
      .poll(() => page.textContent('#phone-error'))
      .toMatch(/^Too many attempts\. Try again in \d+ [a-z]+\.?$/);
  });

  test('a number that is none is refused beside its field', async () => {
    const page = await openApp('/', { narrow: true });
    await page.fill('#phone', '12345');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.textContent('#phone-error')).toBe('Некорректный номер');
    expect(await page.getAttribute('#phone', 'aria-invalid')).toBe('true');
  });

  test('[A50] who gets no code is led to the bot', async () => {
    const page = await openApp('/', { narrow: true });
    await page.fill('#phone', freshPhone());
    await page.keyboard.press('Enter');
    const bot = page.locator('#bot');
    await bot.waitFor();
    expect(await bot.getAttribute('href')).toBe(stack.telegramUrl);
    expect(await page.innerText('#no-code')).toContain('Telegram. Открыть бота');
  });

  test('[A25] a link that is over says so, and leaves the address', async () => {
    const page = await openApp(`/sign-in#${'A'.repeat(22)}`, { narrow: true });
    await expect
      .poll(() => page.textContent('#notice'))
      .toBe('Ссылка недействительна или устарела');
    expect(new URL(page.url()).hash).toBe('');
    await page.fill('#phone', '1');
  });

  test('language and theme are the browser’s, and stay as they were chosen', async () => {
    const page = await openApp('/', { language: 'en', theme: 'dark', narrow: true });
    await expect.poll(() => page.textContent('h1')).toBe('Sign in to AIST');
    const html = page.locator('html');
    expect(await html.getAttribute('data-theme')).toBe('dark');
    await page.click('#other-language');
    await page.click('#other-theme');
    await page.reload();
    await expect.poll(() => page.textContent('h1')).toBe('Вход в AIST');
    expect(await html.getAttribute('lang')).toBe('ru');
    expect(await html.getAttribute('data-theme')).toBe('light');
  });
});

describe('deep links', () => {
  test.each(['/c/somewhere', '/call/some-call', '/settings/devices'])(
    '%s is where one is after signing in',
    async (path) => {
      const page = await openApp(path, { narrow: true });
      await page.evaluate(() => localStorage.setItem('aist.welcomed', '1'));
      await signInByForm(page);
      await page.locator('.page h1:visible').first().waitFor();
      expect(new URL(page.url()).pathname).toBe(path);
    },
  );

  test('where nothing is, the app says so and leads back', async () => {
    const page = await openSignedIn('/nothing/here');
    await expect.poll(() => page.textContent('h1')).toBe('Здесь ничего нет');
    await page.click('text=К чатам');
    await page.waitForURL(`${stack.apiUrl}/`);
  });
});
