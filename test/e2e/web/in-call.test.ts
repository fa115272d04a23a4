import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { startMediaLine } from '../../support/media-line.ts';
import { leadMediaThrough } from '../media-hook.ts';
import { answer, callFromChat, seesCamera, talks } from './calls.ts';
import type { Person } from './person.ts';
import { openChromium } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

type Both = readonly [Person, Person];

/** Two people who talk, with pictures or without. */
const beginTalk = async (both: Both, video: boolean): Promise<void> => {
  await callFromChat(both, video ? 'Video call' : 'Call');
  await answer(both[1].page, video ? 'Answer with video' : 'Answer');
  for (const { page } of both) await talks(page);
};

const hangUp = async ([one, other]: Both): Promise<void> => {
  await one.page.getByRole('button', { name: 'Hang up' }).click();
  for (const { page } of [one, other]) await page.locator('.call-ended').waitFor();
};

const chooseMore = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name }).click();
};

describe('in a call', () => {
  test('the picture floats over other programs, and comes back', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [{ page }] = both;
    await beginTalk(both, true);
    await seesCamera(page);
    const floats = () =>
      page.evaluate(() => {
        const { pictureInPictureElement } = document;
        return (
          pictureInPictureElement !== null && pictureInPictureElement.closest('.tile') !== null
        );
      });
    expect(await floats()).toBe(false);
    await chooseMore(page, 'Picture in picture');
    await expect.poll(floats).toBe(true);
    await chooseMore(page, 'Picture in picture');
    await expect.poll(floats).toBe(false);
    // Without a picture there is nothing that could float.
    await both[1].page.getByRole('button', { name: 'Turn the camera off' }).click();
    await page.locator('.tile video').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Devices' }).waitFor();
    expect(await page.getByRole('button', { name: 'Picture in picture' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await hangUp(both);
  });

  test('a picture that floats goes on beside the chats, and ends with the call', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [{ page }] = both;
    await beginTalk(both, true);
    await seesCamera(page);
    await chooseMore(page, 'Picture in picture');
    /** How far the picture has come; undefined when none floats. */
    const playedTo = () =>
      page.evaluate(() => (document.pictureInPictureElement as HTMLVideoElement)?.currentTime);
    await expect.poll(playedTo).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'Back' }).click();
    await page.locator('.call-bar').waitFor();
    const left = await playedTo();
    await expect.poll(playedTo).toBeGreaterThan(left + 1);
    await page.locator('.call-bar').getByRole('button', { name: 'Hang up' }).click();
    await expect.poll(() => page.evaluate(() => document.pictureInPictureElement)).toBe(null);
  });

  test('the screen stays on, also after the page was left, and may go off afterwards', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [{ context, page }] = both;
    await context.addInitScript(() => {
      const locks: WakeLockSentinel[] = [];
      Object.assign(globalThis, { locks });
      const request = navigator.wakeLock.request.bind(navigator.wakeLock);
      navigator.wakeLock.request = async (type) => {
        const lock = await request(type);
        locks.push(lock);
        return lock;
      };
    });
    await page.reload();
    const held = () =>
      page.evaluate(() => {
        const { locks } = globalThis as unknown as { locks: WakeLockSentinel[] };
        return locks.filter(({ released }) => !released).length;
      });
    expect(await held()).toBe(0);
    await beginTalk(both, false);
    await expect.poll(held).toBe(1);
    // A browser lets it go when the page is left.
    await page.evaluate(async () => {
      const { locks } = globalThis as unknown as { locks: WakeLockSentinel[] };
      for (const lock of locks) await lock.release();
    });
    expect(await held()).toBe(0);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(held).toBe(1);
    await hangUp(both);
    await expect.poll(held).toBe(0);
  });

  test('people hear themselves to see whether microphone and loudspeaker work', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [{ page }] = both;
    await beginTalk(both, false);
    await chooseMore(page, 'Test the sound');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Say something: it is recorded').waitFor();
    await dialog.getByRole('button', { name: 'Test the sound' }).click();
    await dialog.getByText('You hear what was recorded.').waitFor();
    await dialog.getByText('If you heard yourself, microphone and speaker work.').waitFor();
    await page.keyboard.press('Escape');
    await hangUp(both);
  });

  test('a line that loses much is said to be bad, and without video the hint is gone', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna] = both;
    const line = startMediaLine();
    onTestFinished(line.close);
    for (const { page } of both) {
      await leadMediaThrough(page, line);
      await page.reload();
    }
    await beginTalk(both, true);
    await seesCamera(anna.page);
    expect(line.packets).toBeGreaterThan(0);
    const hint = anna.page.locator('.banner', {
      hasText: 'Without video the sound will be better',
    });
    expect(await hint.count()).toBe(0);
    line.loseEvery(3);
    await anna.page.getByRole('img', { name: 'Bad connection' }).waitFor();
    await hint.getByRole('button', { name: 'Turn video off' }).click();
    await hint.waitFor({ state: 'detached' });
    await anna.page.getByRole('button', { name: 'Turn the camera on' }).waitFor();
    await both[1].page.locator('.tile video').waitFor({ state: 'detached' });
    line.loseEvery(Number.POSITIVE_INFINITY);
    await anna.page.locator('.quality').waitFor({ state: 'detached' });
    await hangUp(both);
  });

  test('sound that the browser holds back is heard after a press', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [{ context, page }] = both;
    // Browsers hold back what nobody has pressed for; a page that is driven by a test is let off.
    await context.addInitScript(() => {
      const players = new Set<HTMLAudioElement>();
      let isPressed = false;
      Object.assign(globalThis, { players });
      const press = ({ target }: Event) => {
        isPressed ||= target instanceof Element && target.closest('.banner') !== null;
      };
      addEventListener('click', press, true);
      const { play } = HTMLMediaElement.prototype;
      HTMLAudioElement.prototype.play = function () {
        players.add(this);
        if (isPressed) return play.call(this);
        this.autoplay = false;
        return Promise.reject(new DOMException('Nobody has pressed', 'NotAllowedError'));
      };
    });
    await page.reload();
    const isHeard = () =>
      page.evaluate(() => {
        const { players } = globalThis as unknown as { players: Set<HTMLAudioElement> };
        return [...players].some(({ paused, currentTime }) => !paused && currentTime > 0);
      });
    await beginTalk(both, false);
    const banner = page.locator('.banner', {
      hasText: 'The browser does not start sound by itself',
    });
    await banner.waitFor();
    expect(await isHeard()).toBe(false);
    await banner.getByRole('button', { name: 'Click to hear' }).click();
    await banner.waitFor({ state: 'detached' });
    await expect.poll(isHeard).toBe(true);
    await hangUp(both);
  });
});
