import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Person } from './person.ts';
import { makeChat } from './person.ts';

/** Calls somebody from the chat with them. */
export const callFromChat = async (
  [caller, callee]: readonly [Person, Person],
  kind: 'Call' | 'Video call',
): Promise<void> => {
  const chat = await makeChat(caller, callee);
  await caller.page.goto(new URL(`/c/${chat}`, caller.page.url()).href);
  await caller.page.getByRole('button', { name: kind, exact: true }).click();
};

/** Takes the call that rings in a tab. */
export const answer = async (page: Page, label = 'Answer'): Promise<void> => {
  await page.locator('dialog.incoming').getByRole('button', { name: label, exact: true }).click();
};

/** Waits until a tab shows that they talk. */
export const talks = (page: Page): Promise<void> => page.locator('.call-time').waitFor();

/** Expects that nothing rings in a tab any more. */
export const isSilent = (page: Page): Promise<void> =>
  page.locator('dialog.incoming').waitFor({ state: 'detached' });

/** What of a picture is shown: its size, its colour in the middle, and how far it has come. */
const readPicture = (page: Page) =>
  page
    .locator('.stage .tile video')
    .first()
    .evaluate((video: HTMLVideoElement) => {
      const canvas = document.createElement('canvas');
      canvas.width = 32;
      canvas.height = 24;
      const context = canvas.getContext('2d');
      context?.drawImage(video, 0, 0, 32, 24);
      const { data = new Uint8ClampedArray(4) } = context?.getImageData(0, 0, 32, 24) ?? {};
      const sums = [0, 0, 0];
      for (let at = 0; at < data.length; at += 4)
        for (const channel of [0, 1, 2])
          sums[channel] = (sums[channel] ?? 0) + (data[at + channel] ?? 0);
      const [red = 0, green = 0, blue = 0] = sums.map((sum) => sum / (data.length / 4));
      const { totalVideoFrames } = video.getVideoPlaybackQuality();
      return { width: video.videoWidth, red, green, blue, frames: totalVideoFrames };
    });

/** Expects the picture of Chromium's fake camera, which is green, and that it moves. */
export const seesCamera = async (page: Page): Promise<void> => {
  await page.locator('.stage .tile video').first().waitFor();
  await expect.poll(async () => (await readPicture(page)).green).toBeGreaterThan(80);
  const { width, red, green, blue, frames } = await readPicture(page);
  expect(width).toBeGreaterThan(100);
  expect(green).toBeGreaterThan(red + blue);
  await expect.poll(async () => (await readPicture(page)).frames).toBeGreaterThan(frames + 10);
};

/** Expects the beeps of Chromium's fake microphone, as they arrive from the other side. */
export const hearsBeeps = async (page: Page): Promise<void> => {
  const listen = () =>
    page.evaluate(async () => {
      const media = document.querySelector<HTMLVideoElement>('.stage .tile video')?.srcObject;
      const heard = (globalThis as { heardStreams?: MediaStream[] }).heardStreams ?? [];
      const stream = heard.at(-1) ?? (media as MediaStream);
      const tracks = stream?.getAudioTracks() ?? [];
      if (tracks.length === 0) return 0;
      const context = new AudioContext();
      await context.resume();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(new MediaStream(tracks)).connect(analyser);
      const samples = new Float32Array(analyser.fftSize);
      let loudest = 0;
      const end = performance.now() + 1_500;
      while (performance.now() < end) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        analyser.getFloatTimeDomainData(samples);
        for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
      }
      await context.close();
      return loudest;
    });
  await expect.poll(listen).toBeGreaterThan(0.02);
};

/** Lets a page keep the streams that its audio elements play, for {@link hearsBeeps}. */
export const keepHeardStreams = async ({ context }: Person): Promise<void> => {
  await context.addInitScript(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heardStreams: heard });
    const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
    Object.defineProperty(HTMLAudioElement.prototype, 'srcObject', {
      configurable: true,
      get() {
        return own?.get?.call(this);
      },
      set(stream) {
        if (stream) heard.push(stream);
        own?.set?.call(this, stream);
      },
    });
  });
};
