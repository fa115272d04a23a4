import { afterAll, afterEach, expect, test } from 'vitest';
import type { Person } from './person.ts';
import { makeChat, openChromium, shownTexts, write } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

/** Somebody in a chat, and what offers them notifications. */
const openOffered = async () => {
  const [anna, boris] = [await person('Anna'), await person('Boris')];
  const chat = await makeChat(anna, boris);
  await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
  await anna.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  return { anna, offer: anna.page.getByRole('region', { name: 'Do not miss calls' }) };
};

const send = async (one: Person, text: string) => {
  await write(one, text);
  await expect.poll(async () => (await shownTexts(one)).at(-1)).toBe(text);
  await one.page.locator('.message-state.sent').last().waitFor();
};

test('notifications are offered after a message was sent, and once only', async () => {
  const { anna, offer } = await openOffered();
  expect(await offer.count()).toBe(0);
  await send(anna, 'Hello!');
  await offer.getByRole('button', { name: 'Not now' }).click();
  await offer.waitFor({ state: 'detached' });
  await anna.page.reload();
  await send(anna, 'Hello again!');
  expect(await offer.count()).toBe(0);
});

test('whoever wants them has them, or is told that this browser has no way to them', async () => {
  const { anna, offer } = await openOffered();
  await send(anna, 'Hello!');
  await offer.getByRole('button', { name: 'Turn notifications on' }).click();
  await offer.waitFor({ state: 'detached' });
  // A browser of a test keeps nothing, and has no push service for that.
  await anna.page.locator('.toasts').getByText('does not reach its notification service').waitFor();
  await anna.page.goto(new URL('/settings/notifications', anna.page.url()).href);
  const turned = anna.page.getByRole('switch');
  await expect.poll(() => turned.getAttribute('aria-checked')).toBe('false');
  await expect.poll(() => turned.isEnabled()).toBe(true);
  // Chromium says so in its console as well.
  expect(anna.faults.splice(0)).toEqual([expect.stringContaining('Push API in incognito')]);
});
