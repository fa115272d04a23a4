import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'uqr';
import { afterAll, afterEach, expect, test } from 'vitest';
import { showQr } from '../../support/qr.ts';
import { api, openChromium } from './person.ts';

const WIDTH = 640;
const HEIGHT = 480;

const shown = await showQr(api);
await shown.poll();

/** A film of one picture, as Chromium reads it for its fake camera: a QR code on white. */
const filmOf = (text: string): Buffer => {
  const { data, size } = encode(text, { border: 4 });
  const cell = Math.floor(HEIGHT / size);
  const bright = Buffer.alloc(WIDTH * HEIGHT, 235);
  for (const [row, line] of data.entries())
    for (const [column, isDark] of line.entries())
      for (let y = 0; isDark && y < cell; y++) {
        const from = (row * cell + y) * WIDTH + column * cell + (WIDTH - size * cell) / 2;
        bright.fill(16, Math.floor(from), Math.floor(from) + cell);
      }
  const grey = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), bright, grey]);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`),
    ...Array.from({ length: 3 }, () => frame),
  ]);
};

const folder = mkdtempSync(join(tmpdir(), 'aist-film-'));
const film = join(folder, 'code.y4m');
writeFileSync(film, filmOf(shown.url));

const { person, end, close } = await openChromium([`--use-file-for-fake-video-capture=${film}`]);
afterEach(end);
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

test('a code before the camera is read, and signs the other device in', async () => {
  const { page } = await person('Anna', { path: '/qr', width: 360, height: 740 });
  await page.getByRole('heading', { name: 'Is this you?' }).waitFor();
  // What was read needs the camera no longer.
  expect(await page.locator('.camera video').count()).toBe(0);
  await page.getByRole('button', { name: 'Yes, it is me' }).click();
  await page.getByRole('heading', { name: 'Signed in' }).waitFor();
  expect((await shown.poll()).body.token).toEqual(expect.any(String));
});

test('a lamp is offered where the camera has one, and nowhere else', async () => {
  const { context, page } = await person('Anna');
  // A picture that is never read, so that the camera stays on.
  await context.addInitScript(() => {
    const { drawImage } = CanvasRenderingContext2D.prototype;
    Object.assign(CanvasRenderingContext2D.prototype, { drawImage: () => drawImage.length });
  });
  await page.goto(new URL('/qr', page.url()).href);
  const video = page.locator('.camera video');
  const isOn = () => video.evaluate((element: HTMLVideoElement) => element.currentTime > 0);
  await expect.poll(isOn).toBe(true);
  const torch = page.getByRole('button', { name: 'Torch' });
  expect(await torch.count()).toBe(0);
  // The fake camera has no lamp: this one says that it has, and notes when it is lit.
  await context.addInitScript(() => {
    const lit: unknown[] = [];
    Object.assign(globalThis, { lit });
    const { getCapabilities } = MediaStreamTrack.prototype;
    MediaStreamTrack.prototype.getCapabilities = function () {
      return { ...getCapabilities.call(this), torch: true };
    };
    MediaStreamTrack.prototype.applyConstraints = async (wanted) => {
      lit.push(wanted?.advanced?.[0]);
    };
  });
  await page.reload();
  await torch.click();
  await expect.poll(() => torch.getAttribute('aria-pressed')).toBe('true');
  await torch.click();
  await expect.poll(() => torch.getAttribute('aria-pressed')).toBe('false');
  expect(await page.evaluate(() => Reflect.get(globalThis, 'lit'))).toEqual([
    { torch: true },
    { torch: false },
  ]);
});
