import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openApp, openSignedIn, requestOn, signInBeside, signInOn } from './app.ts';

const freshName = () => `u${randomBytes(6).toString('hex')}`;

describe('the first steps', () => {
  test('somebody new says their name, sees what the browser will ask, and is not asked again', async () => {
    const taken = freshName();
    const other = await openSignedIn();
    await requestOn(other, ['PATCH', '/api/profile', { username: taken }]);

    const page = await openApp('/sign-in', { permissions: ['microphone', 'camera'] });
    await signInOn(page);
    await page.goto('/');
    await page.waitForURL('**/welcome');
    const nickname = page.getByLabel('Никнейм');
    await nickname.fill('x');
    await page.getByText('Нужно хотя бы два символа').waitFor();
    await nickname.fill('имя');
    await page.getByText('Можно только a–z').waitFor();
    await nickname.fill(`@${taken.toUpperCase()}`);
    await page.getByText('Никнейм занят').waitFor();
    const mine = freshName();
    await nickname.fill(mine);
    await page.getByText(`@${mine} свободен`).waitFor();
    await page.getByLabel('Имя').fill('Аист');
    await page.getByRole('button', { name: 'Дальше' }).click();

    for (const name of [/Разрешить.*Микрофон/, /Разрешить.*Камера/])
      await page.getByRole('button', { name }).click();
    await expect.poll(() => page.getByText('Разрешено').count()).toBe(2);
    await page.getByRole('button', { name: 'Готово' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    await page.reload();
    await page.locator('.page h1').waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    expect(await requestOn(page, ['GET', '/api/profile'])).toMatchObject({
      username: mine,
      displayName: 'Аист',
    });
  });

  test('a name that is taken between checking and saving is refused beside its field', async () => {
    const page = await openSignedIn('/settings/profile');
    await page.getByLabel('Никнейм').fill('admin');
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Это имя зарезервировано').waitFor();
  });
});

describe('settings', () => {
  test('markup in a name stays text, wherever it is shown', async () => {
    const evil = '<img src=x onerror=alert(1)><script>alert(2)</script>';
    const page = await openSignedIn('/settings/profile');
    await page.getByLabel('Имя').fill(evil);
    await page.getByRole('button', { name: 'Сохранить' }).click();
    await page.getByText('Сохранено').waitFor();
    await page.goto('/settings');
    await page.getByText(evil).waitFor();
    expect(await page.locator('.row img, .row script').count()).toBe(0);
  });

  test('language and theme change at once, and stay', async () => {
    const page = await openSignedIn('/settings/look');
    await page.getByLabel('English').check();
    await expect.poll(() => page.textContent('h1')).toBe('Language and appearance');
    await page.getByLabel('Dark').check();
    await page.reload();
    await expect.poll(() => page.textContent('h1')).toBe('Language and appearance');
    const html = page.locator('html');
    expect([await html.getAttribute('lang'), await html.getAttribute('data-theme')]).toEqual([
      'en',
      'dark',
    ]);
  });

  test('a session that is ended elsewhere falls back to signing in, and says why', async () => {
    const first = await openSignedIn('/settings/devices');
    const second = await openApp('/sign-in', { language: 'en' });
    await second.evaluate(() => localStorage.setItem('aist.welcomed', '1'));
    await signInBeside(second, first);
    await first.reload();
    await first.getByRole('button', { name: /Завершить.*Chrome, Linux/ }).click();
    await first.getByRole('dialog').getByRole('button', { name: 'Завершить' }).click();
    await first.getByText('Других устройств нет').waitFor();
    // Its inbox tells the other page at once, which goes there by itself.
    await second.locator('#phone').waitFor();
    await expect
      .poll(() => second.textContent('#notice'))
      .toBe('You were signed out from another device.');
  });

  test('all other sessions end at once, and this one stays', async () => {
    const page = await openSignedIn('/settings/devices');
    const others = [await openApp('/sign-in'), await openApp('/sign-in')];
    for (const other of others) await signInBeside(other, page);
    await page.reload();
    await page.getByRole('button', { name: 'Завершить все другие сеансы' }).click();
    await page.getByRole('dialog').getByRole('button').last().click();
    await page.getByText('2 сеанса завершены').waitFor();
    await page.getByText('Других устройств нет').waitFor();
    // Chromium never closes a page that is just on its way to another one, as these are.
    for (const other of others) await other.locator('#phone').waitFor();
  });

  test('who is blocked is listed, and is blocked no longer by a press', async () => {
    const other = await openSignedIn();
    await requestOn(other, ['PATCH', '/api/profile', { displayName: 'Надоеда' }]);
    const { userId } = await requestOn(other, ['GET', '/api/profile']);
    const page = await openSignedIn();
    await requestOn(page, ['PUT', `/api/users/${userId}/block`]);
    await page.goto('/settings/blocked');
    await page.getByText('Надоеда').waitFor();
    await page.getByRole('button', { name: 'Разблокировать' }).click();
    await page.getByText('Никто не заблокирован').waitFor();
    expect(await requestOn(page, ['GET', '/api/users/blocked'])).toEqual([]);
  });

  test('signing out leaves nothing of the person in the browser, in every tab', async () => {
    const page = await openSignedIn('/settings');
    const tab = await page.context().newPage();
    await tab.goto('/settings/look');
    await tab.locator('.page h1').waitFor();
    const token = await page.evaluate(() => localStorage.getItem('aist.token'));
    await page.getByRole('button', { name: 'Выйти' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Выйти' }).click();
    for (const one of [page, tab]) await one.locator('#phone').waitFor();
    expect(await page.evaluate(() => localStorage.getItem('aist.token'))).toBeNull();
    expect(await page.context().cookies()).toEqual([]);
    expect(token).not.toBeNull();
  });
});
