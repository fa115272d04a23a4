import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openApp, openSignedIn } from './app.ts';

/** The code that a desktop shows, once it does. */
const codeOn = async (page: Page): Promise<string> => {
  const box = page.locator('#qr-box[data-state=shown] img');
  await box.waitFor();
  return /([A-Z2-9]{6})$/.exec((await box.getAttribute('alt')) ?? '')?.[1] ?? '';
};

const PHONE = { narrow: true } as const;

describe('signing in by QR code', () => {
  test('a phone reads the code, sees what it is about, and the desktop is in', async () => {
    const desktop = await openApp('/');
    const code = await codeOn(desktop);
    // The image is drawn: the server sent it, and the policy lets it in.
    const width = () =>
      desktop.evaluate(() => document.querySelector<HTMLImageElement>('#qr-box img')?.naturalWidth);
    await expect.poll(width).toBeGreaterThan(20);
    const phone = await openSignedIn(`/qr?code=${code}`, PHONE);
    await expect.poll(() => phone.textContent('.facts')).toContain('Chrome, Linux');
    const [deny, confirm] = await Promise.all(
      ['Это не я', 'Да, это я'].map((name) => phone.getByRole('button', { name }).boundingBox()),
    );
    expect(deny?.height).toBe(confirm?.height);
    expect(Math.abs((deny?.width ?? 0) - (confirm?.width ?? 1))).toBeLessThan(24);
    await phone.getByRole('button', { name: 'Да, это я' }).click();
    await phone.getByText('Вход выполнен').waitFor();
    await desktop.locator('.shell').waitFor();
  });

  test('what the phone refuses the desktop says, and shows another code', async () => {
    const desktop = await openApp('/', { language: 'en' });
    const code = await codeOn(desktop);
    const phone = await openSignedIn('/qr', PHONE);
    await phone.locator('input').fill(code.toLowerCase());
    await phone.keyboard.press('Enter');
    await phone.getByRole('button', { name: 'Это не я' }).click();
    await phone.getByText('Вход отклонён').waitFor();
    await desktop.getByText('The sign-in was refused on the phone.').waitFor();
    await desktop.getByRole('button', { name: 'Show a new code' }).click();
    expect(await codeOn(desktop)).not.toBe(code);
  });

  test('the code renews itself before it ends, and nobody has to press anything', async () => {
    const desktop = await openApp('/robots.txt');
    await desktop.clock.install();
    await desktop.goto('/');
    const first = await codeOn(desktop);
    await desktop.clock.fastForward(290_000);
    expect(await codeOn(desktop)).toBe(first);
    await expect
      .poll(async () => {
        await desktop.clock.runFor(2_000);
        return codeOn(desktop);
      })
      .not.toBe(first);
  });

  test('a code that is unknown, or none, is said to be so', async () => {
    const phone = await openSignedIn('/qr?code=ZZZZZZ', PHONE);
    await phone.getByText('Код истёк или не найден').waitFor();
    await phone.getByRole('button', { name: 'Прочитать другой код' }).click();
    await phone.locator('input').fill('O0I1');
    await phone.keyboard.press('Enter');
    await phone.getByText('Это не код AIST').waitFor();
  });

  test('a phone shows no code of its own, a desktop that became narrow keeps the form', async () => {
    const phone = await openApp('/', PHONE);
    await phone.fill('#phone', '+7');
    expect(await phone.locator('.qr').isVisible()).toBe(false);
    expect(await phone.locator('#qr-box').getAttribute('data-state')).toBeNull();
  });

  test('the camera of the phone is read, without being asked for before', async () => {
    const phone = await openSignedIn('/qr', { ...PHONE, permissions: [] });
    const video = phone.locator('video');
    const start = phone.getByRole('button', { name: 'Включить камеру' });
    await start.or(video).first().waitFor();
    if (await start.isVisible()) await start.click();
    const width = () => video.evaluate((element) => (element as HTMLVideoElement).videoWidth);
    await expect.poll(width).toBeGreaterThan(0);
  });
});
