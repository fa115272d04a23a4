import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { callFromChat, isSilent } from './calls.ts';
import type { Person } from './person.ts';
import { openChromium } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

const hangUp = ({ page }: Person) => page.getByRole('button', { name: 'Hang up' }).click();

describe('a call that rings', () => {
  test('says in the title of the tab who is calling, and puts back what stood there', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    await boris.page.goto(new URL('/people', boris.page.url()).href);
    await boris.page.locator('h1:visible').first().waitFor();
    const before = await boris.page.title();
    expect(before).not.toBe('');
    await callFromChat(both, 'Call');
    await boris.page.locator('dialog.incoming').waitFor();
    // It changes to and fro, so that it is seen among other tabs.
    for (const title of ['📞 Anna is calling', before, '📞 Anna is calling'])
      await expect.poll(() => boris.page.title()).toBe(title);
    await hangUp(anna);
    await isSilent(boris.page);
    expect(await boris.page.title()).toBe(before);
  });

  test('is notified of where nobody looks, once for all tabs, and no longer than it rings', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    // Tabs that lie behind others say so; Chromium without a window has them all in front.
    await boris.context.addInitScript(() => {
      const isHidden = () => sessionStorage.getItem('hidden') !== null;
      Object.defineProperty(document, 'visibilityState', {
        get: () => (isHidden() ? 'hidden' : 'visible'),
      });
    });
    await boris.page.reload();
    const tabs = [boris.page, await boris.tab('/people')];
    await boris.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const shown = () =>
      boris.page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        const all = (await registration?.getNotifications()) ?? [];
        return all.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
      });
    await callFromChat(both, 'Video call');
    for (const tab of tabs) await tab.locator('dialog.incoming').waitFor();
    expect(await shown()).toEqual([]);
    // The page was in front when it began to ring, and is left now.
    for (const tab of tabs)
      await tab.evaluate(() => {
        sessionStorage.setItem('hidden', '1');
        document.dispatchEvent(new Event('visibilitychange'));
      });
    await expect.poll(async () => (await shown()).length).toBe(1);
    const [note] = await shown();
    const call = new URL(anna.page.url()).pathname.split('/').at(-1);
    // As a push of the same call, which takes its place, and leads to it.
    expect(note).toEqual({
      title: 'Anna',
      body: 'Incoming video call',
      tag: `call-${call}`,
      data: { path: `/call/${call}` },
    });
    await hangUp(anna);
    await expect.poll(shown).toEqual([]);
    // Who is away from the start is notified as well.
    await callFromChat(both, 'Call');
    await expect
      .poll(async () => (await shown()).map(({ body }) => body))
      .toEqual(['Incoming call']);
    await hangUp(anna);
    await expect.poll(shown).toEqual([]);
  });
});
