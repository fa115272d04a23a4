import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Look } from './app.ts';
import { openApp, openSignedIn, requestOn } from './app.ts';

/** PICTURES=on writes docs/pictures anew, which the README shows. */
const PICTURES = process.env.PICTURES === 'on';
const FOLDER = join(import.meta.dirname, '../../../docs/pictures');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core says of a page. */
interface Found {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}
declare const axe: { run(): Promise<{ violations: readonly Found[] }> };

/** Expects that axe-core finds nothing on a page, and nothing is wider than the screen. */
const expectReadable = async (page: Page, screen: string): Promise<void> => {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const found = await page.evaluate(async () =>
    (await axe.run()).violations.map(({ id, nodes }) => [
      id,
      ...nodes.map(({ html, failureSummary }) => `${html}: ${failureSummary}`),
    ]),
  );
  expect({ screen, found }).toEqual({ screen, found: [] });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect({ screen, wide: Math.max(0, wide) }).toEqual({ screen, wide: 0 });
};

/** The screens that are shown in documents. */
const PICTURED: readonly string[] = [
  'sign-in-en-light-desktop',
  'sign-in-ru-light-phone',
  'settings-en-dark-phone',
  'devices-ru-light-phone',
];

const takePicture = async (page: Page, name: string): Promise<void> => {
  if (PICTURES && PICTURED.includes(name))
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
};

const LOOKS = [
  { language: 'ru', theme: 'light', narrow: true },
  { language: 'en', theme: 'dark', narrow: true },
  { language: 'en', theme: 'light', narrow: false },
  { language: 'ru', theme: 'dark', narrow: false },
] as const satisfies readonly Look[];

const nameOf = ({ language, theme, narrow }: (typeof LOOKS)[number]): string =>
  `${language}-${theme}-${narrow ? 'phone' : 'desktop'}`;

test.each(LOOKS)('signing in is readable: $language, $theme, narrow: $narrow', async (look) => {
  const page = await openApp('/', look);
  if (!look.narrow) await page.locator('#qr-box img').waitFor();
  await page.locator('#phone').waitFor();
  await expectReadable(page, 'phone');
  await takePicture(page, `sign-in-${nameOf(look)}`);
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

test.each(LOOKS)('the app is readable: $language, $theme, narrow: $narrow', async (look) => {
  const page = await openSignedIn('/settings', look);
  const displayName = look.language === 'ru' ? 'Анна Аистова' : 'Anna Stork';
  await requestOn(page, ['PATCH', '/api/profile', { displayName }]);
  for (const [path, ready] of SCREENS) {
    await page.goto(path);
    await page.locator(ready).first().waitFor();
    await expectReadable(page, path);
    if (/settings$|devices|welcome/.test(path))
      await takePicture(page, `${path.split('/').at(-1)}-${nameOf(look)}`);
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
