import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { callFromChat, isSilent } from './calls.ts';
import { say } from './measure.ts';
import type { Person } from './person.ts';
import { openChromium } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

/** How long a call may still ring that rings no more, in milliseconds. */
const SILENT_MS = 1_000;

/** What a tab has done to be heard, as the browser was asked for it. */
interface Heard {
  /** How many notes were begun. */
  readonly notes: number;
  readonly vibrations: readonly (number | readonly number[])[];
  /** When the sound was last put away, by the clock. */
  readonly closedAt: number;
}

/** Lets all tabs of somebody that are opened from now on note what they do to be heard. */
const noteSounds = async ({ context, page }: Person): Promise<void> => {
  await context.addInitScript(() => {
    const heard = { notes: 0, vibrations: [] as unknown[], closedAt: 0 };
    Object.assign(globalThis, { heard });
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function (when) {
      heard.notes += 1;
      start.call(this, when);
    };
    const { close } = AudioContext.prototype;
    AudioContext.prototype.close = function () {
      heard.closedAt = Date.now();
      return close.call(this);
    };
    navigator.vibrate = (pattern) => {
      heard.vibrations.push(pattern);
      return true;
    };
  });
  await page.reload();
};

const heardIn = (tab: Page): Promise<Heard> =>
  tab.evaluate(() => (globalThis as unknown as { heard: Heard }).heard);

const hangUp = ({ page }: Person) => page.getByRole('button', { name: 'Hang up' }).click();

describe('a call that rings', () => {
  test('sounds and vibrates in one tab of a browser, and in none within a second after', async () => {
    const boris = await person('Boris');
    await noteSounds(boris);
    const tabs = [boris.page, await boris.tab('/people'), await boris.tab('/settings')];
    // A browser lets only those be heard who were used.
    for (const tab of tabs) await tab.locator('h1:visible').first().click();
    const took: number[] = [];
    // A time or two more, when the rest of the machine is in the way: somebody else calls, since
    // nobody may call again at once.
    while (took.length < 3 && !took.some((ms) => ms <= SILENT_MS)) {
      const anna = await person('Anna');
      const before = await Promise.all(tabs.map(heardIn));
      const since = async () =>
        (await Promise.all(tabs.map(heardIn))).map(
          ({ notes }, index) => notes - (before[index]?.notes ?? 0),
        );
      await callFromChat([anna, boris], 'Call');
      for (const tab of tabs) await tab.locator('dialog.incoming').waitFor();
      // It sounds more than once, and still in one tab alone.
      await expect.poll(async () => Math.max(...(await since()))).toBeGreaterThan(3);
      expect((await since()).filter((notes) => notes > 0)).toHaveLength(1);
      await anna.page.evaluate(() =>
        addEventListener('click', () => Object.assign(globalThis, { pressedAt: Date.now() }), true),
      );
      await hangUp(anna);
      for (const tab of tabs) await isSilent(tab);
      const pressedAt = await anna.page.evaluate(() => Reflect.get(globalThis, 'pressedAt'));
      const closedAt = async () =>
        Math.max(...(await Promise.all(tabs.map(heardIn))).map((heard) => heard.closedAt));
      // A tab closes its sound right after its dialog.
      await expect.poll(closedAt).toBeGreaterThan(pressedAt);
      const last = await closedAt();
      took.push(last - pressedAt);
    }
    const ms = Math.min(...took);
    say(`a call that was given up is silent in all tabs after ${ms} ms`);
    expect(ms).toBeLessThanOrEqual(SILENT_MS);

    const vibrated = await Promise.all(tabs.map(heardIn));
    for (const { notes, vibrations } of vibrated) {
      expect(vibrations.length > 0).toBe(notes > 0);
      if (notes > 0) expect(vibrations[0]).toEqual([300, 150, 300]);
      // What vibrates still is told to stop.
      if (notes > 0) expect(vibrations.at(-1)).toBe(0);
    }
  });

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
