import { expect, test } from 'vitest';
import { openApp, openSignedIn, requestOn } from './app.ts';
import { expectReadable, takePictures } from './readable.ts';

const LANGUAGES = ['ru', 'en'] as const;

test.each(LANGUAGES)('signing in is readable in %s, in both themes and sizes', async (language) => {
  const page = await openApp('/', { language });
  await page.locator('#qr-box img').waitFor();
  await page.locator('#phone').waitFor();
  await expectReadable(page, 'phone');
  await takePictures(page, `sign-in-${language}`);
  await page.fill('#phone', '+7 999 000-00-0');
  await page.click('#phone-form [type=submit]');
  await page.locator('#phone-error').waitFor();
  await expectReadable(page, 'a wrong number');
  await page.fill('#phone', `+7998${String(Math.random()).slice(2, 9)}`);
  await page.click('#phone-form [type=submit]');
  await page.fill('#code', '000000');
  await page.locator('#tries').waitFor();
  await expectReadable(page, 'a wrong code');
});

/** Where the app has a screen of its own, and what is there once it has been loaded. */
const SCREENS = [
  ['/welcome', 'form.form input'],
  ['/settings', '.list .row'],
  ['/settings/profile', 'form.form input'],
  ['/settings/devices', '.list .row'],
  ['/settings/notifications', '[role=switch]'],
  ['/settings/look', '.choice'],
  ['/settings/blocked', '.state h2, .list .row'],
  ['/qr', 'form.form input'],
  ['/nothing', '.state h2'],
] as const;

test.each(LANGUAGES)('the app is readable in %s, in both themes and sizes', async (language) => {
  const page = await openSignedIn('/settings', { language });
  const displayName = language === 'ru' ? 'Анна Аистова' : 'Anna Stork';
  await requestOn(page, ['PATCH', '/api/profile', { displayName }]);
  for (const [path, ready] of SCREENS) {
    await page.goto(path);
    await page.locator(ready).first().waitFor();
    await expectReadable(page, path);
    await takePictures(page, `${path.split('/').at(-1)}-${language}`);
  }
  await page.goto('/welcome');
  await page.locator('form.form [type=submit]').click();
  await page.locator('.list .row').first().waitFor();
  await expectReadable(page, 'permissions');
  const { code } = await requestOn(page, ['POST', '/api/auth/qr/request', {}]);
  await page.goto(`/qr?code=${code}`);
  await page.locator('.facts').waitFor();
  await expectReadable(page, 'a code that was read');
  await page.locator('.buttons .button').first().click();
  await page.locator('.state h2').waitFor();
  await expectReadable(page, 'a code that was refused');
  await page.goto('/settings');
  await page.locator('.row.danger').click();
  await page.locator('dialog[open]').waitFor();
  await expectReadable(page, 'a dialog');
});

test('all of the settings is reached by the keyboard, and a dialog gives the focus back', async () => {
  const page = await openSignedIn('/settings', { language: 'en', narrow: true });
  await page.locator('.row.danger').waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  const reached = new Set<string>();
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
  for (let n = 0; n < 30 && !(await focused()).includes('Sign out'); n++) {
    await page.keyboard.press('Tab');
    reached.add(await focused());
  }
  for (const name of ['Devices', 'Notifications', 'Blocked people', 'Sign out'])
    expect([...reached].some((text) => text.startsWith(name))).toBe(true);
  await page.keyboard.press('Enter');
  await page.locator('dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  expect(await focused()).toContain('Sign out');
});
