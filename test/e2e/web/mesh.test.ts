import type { Page } from 'playwright-core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { answer, talks } from './calls.ts';
import type { Person } from './person.ts';
import { api, openChromium } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

/** What people may wait for a press to be seen, in milliseconds. */
const SEEN_MS = 200;

/** How long it takes from presses until they are painted: the longest of some, in milliseconds. */
const longestPress = async (page: Page): Promise<number> => {
  await page.evaluate(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seenPresses: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
  for (const name of ['Turn the microphone off', 'Turn the microphone on', 'More'])
    await page.getByRole('button', { name, exact: true }).click();
  await page.keyboard.press('Escape');
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  return page.evaluate(() =>
    Math.max(0, ...(globalThis as unknown as { seenPresses: number[] }).seenPresses),
  );
};

// Sound alone: eight browsers' worth of pictures are more than the machines of tests can code.
test('[C12] eight people talk, and whatever is pressed is seen within 200 ms', async () => {
  const names = ['Anna', 'Boris', 'Vera', 'Gleb', 'Darya', 'Egor', 'Zhanna', 'Ivan'];
  const people: Person[] = [];
  for (const name of names) people.push(await person(name, { width: 640, height: 480 }));
  const [caller, ...others] = people;
  if (!caller) throw new Error('Nobody calls');
  const made = await api.send('POST', '/api/chats', {
    body: { type: 'group', name: 'All', members: others.map(({ userId }) => userId) },
    token: caller.token,
  });
  await caller.page.goto(new URL(`/c/${made.body.id}`, caller.page.url()).href);
  await caller.page.getByRole('button', { name: 'Call', exact: true }).click();
  for (const { page } of others) {
    await page.locator('dialog.incoming').waitFor();
    await answer(page);
  }
  for (const { page } of people) {
    await talks(page);
    await expect.poll(() => page.locator('.tile').count()).toBe(7);
    await expect.poll(() => page.locator('.tile .tile-state').count()).toBe(0);
  }
  await expect.poll(() => longestPress(caller.page)).toBeLessThanOrEqual(SEEN_MS);
  for (const { page } of people.slice(0, 7)) await page.locator('.control.hang-up').click();
  await others.at(-1)?.page.locator('.call-ended').waitFor();
});
