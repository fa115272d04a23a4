import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { answer, callFromChat, seesCamera, talks } from './calls.ts';
import type { Person } from './person.ts';
import { openChromium } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

/** Lets the devices of a page fail, or come back, as browsers tell it. */
const breakDevices = ({ context }: Person, error: string) =>
  context.addInitScript((name) => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    Object.assign(globalThis, { broken: name });
    devices.getUserMedia = (wanted) => {
      const { broken } = globalThis as { broken?: string };
      return broken ? Promise.reject(new DOMException('Broken', broken)) : open(wanted);
    };
  }, error);

const mendDevices = ({ page }: Person) =>
  page.evaluate(() => Object.assign(globalThis, { broken: undefined }));

describe('devices that give nothing', () => {
  test('are named with what one may do, and a call goes on without them', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    await breakDevices(boris, 'NotAllowedError');
    await boris.page.reload();
    await callFromChat(both, 'Call');
    await answer(boris.page);
    for (const { page } of both) await talks(page);
    const banner = boris.page.locator('.banner.warn');
    await banner.getByText('No access to the microphone').waitFor();
    await banner.getByRole('button', { name: 'How to allow it' }).click();
    await boris.page.getByText('left of the address').waitFor();
    await boris.page.keyboard.press('Escape');
    await mendDevices(boris);
    await banner.getByRole('button', { name: 'Try again' }).click();
    await banner.waitFor({ state: 'detached' });
    await anna.page.getByRole('button', { name: 'Hang up' }).click();
  });

  test('that another program uses are told apart', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    await breakDevices(anna, 'NotReadableError');
    await anna.page.reload();
    await callFromChat(both, 'Video call');
    await anna.page.getByText('Another program uses the camera').waitFor();
    await anna.page.getByText('Another program uses the microphone').waitFor();
    await boris.page.locator('dialog.incoming').waitFor();
    await anna.page.getByRole('button', { name: 'Hang up' }).click();
    await boris.page.locator('dialog.incoming').waitFor({ state: 'detached' });
  });
});

describe('in a call', () => {
  test('the network is away and back: the banner says so, and the talk goes on', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    await callFromChat(both, 'Video call');
    await answer(boris.page, 'Answer with video');
    for (const { page } of both) await talks(page);
    await boris.context.setOffline(true);
    await boris.page.getByText('Restoring the connection').first().waitFor();
    await boris.context.setOffline(false);
    await talks(boris.page);
    await boris.page.locator('.banner').waitFor({ state: 'detached' });
    for (const { page } of both) await seesCamera(page);
    await anna.page.getByRole('button', { name: 'Hang up' }).click();
    await boris.page.locator('.call-ended').waitFor();
  });

  test('devices are chosen, and the meter shows that the microphone hears', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    await callFromChat(both, 'Call');
    await answer(boris.page);
    for (const { page } of both) await talks(page);
    await anna.page.getByRole('button', { name: 'More', exact: true }).click();
    await anna.page.getByRole('button', { name: 'Devices' }).click();
    const meter = anna.page.getByRole('meter');
    await expect
      .poll(async () => Number(await meter.getAttribute('aria-valuenow')))
      .toBeGreaterThan(10);
    const microphones = anna.page.getByLabel('Microphone', { exact: true });
    const before = await microphones.inputValue();
    await microphones.selectOption({ index: 1 });
    await expect.poll(() => microphones.inputValue()).not.toBe(before);
    await anna.page.keyboard.press('Escape');
    await anna.page.getByRole('button', { name: 'Hang up' }).click();
    await boris.page.locator('.call-ended').waitFor();
  });
});
