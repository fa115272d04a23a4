import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  answer,
  callFromChat,
  hearsBeeps,
  isSilent,
  keepHeardStreams,
  seesCamera,
  talks,
} from './calls.ts';
import type { Person } from './person.ts';
import { openChromium } from './person.ts';

const { person, secondDevice, end, close } = await openChromium();
afterEach(end);
afterAll(close);

const hangUp = ({ page }: Pick<Person, 'page'>) =>
  page.getByRole('button', { name: 'Hang up' }).click();

const ended = ({ page }: Pick<Person, 'page'>, text: string) =>
  page.getByRole('heading', { name: text, exact: true }).waitFor();

describe('a call of two', () => {
  test('[C1] rings, is answered with video, is seen and heard on both sides, and is ended', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    for (const one of both) await keepHeardStreams(one);
    await boris.page.reload();
    await callFromChat(both, 'Video call');
    await boris.page.locator('dialog.incoming', { hasText: 'Anna' }).waitFor();
    expect(await boris.page.title()).toMatch(/Anna is calling|AIST/);
    await answer(boris.page, 'Answer with video');
    for (const { page } of both) {
      await talks(page);
      await seesCamera(page);
      await hearsBeeps(page);
    }
    expect(new URL(anna.page.url()).pathname).toBe(new URL(boris.page.url()).pathname);
    // The same four emoji on both sides.
    await anna.page.locator('.safety').waitFor();
    await expect
      .poll(() => boris.page.locator('.safety').textContent())
      .toBe(await anna.page.locator('.safety').textContent());

    await anna.page.getByRole('button', { name: 'Turn the microphone off' }).click();
    await boris.page.getByRole('img', { name: 'Anna has the microphone off' }).waitFor();
    await anna.page.getByRole('button', { name: 'Turn the camera off' }).click();
    await boris.page.locator('.tile video').waitFor({ state: 'detached' });

    await boris.page.getByRole('link', { name: 'Back' }).click();
    await boris.page.locator('.call-bar').getByRole('button', { name: 'Hang up' }).click();
    await ended(anna, 'The call is over');
    await anna.page.getByRole('button', { name: 'Something was wrong' }).click();
    const report = await anna.page.locator('.report').textContent();
    expect(report).toContain('"timeline"');
    for (const secret of [anna.name, boris.name, anna.userId, boris.userId])
      expect(report).not.toContain(secret);
  });

  test('[C3] is declined, and the caller is told', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    await callFromChat(both, 'Call');
    await answer(both[1].page, 'Decline');
    await ended(both[0], 'The call was declined');
    await isSilent(both[1].page);
  });

  test('is given up: it stops in every tab, and is missed in red', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    const other = await boris.tab('/people');
    await callFromChat(both, 'Call');
    for (const page of [boris.page, other]) {
      await page.locator('dialog.incoming').waitFor();
      // Whoever writes at this moment decides nothing about the call.
      for (const key of ['Enter', 'Space', 'Escape', 'Escape']) await page.keyboard.press(key);
      await expect.poll(() => page.locator('dialog.incoming').isVisible()).toBe(true);
    }
    await hangUp(anna);
    for (const page of [boris.page, other]) await isSilent(page);
    await boris.page.getByText('Missed call from Anna').waitFor();
    await boris.page.goto(new URL('/calls', boris.page.url()).href);
    await boris.page.locator('.call-row.missed', { hasText: 'Anna' }).waitFor();
    await boris.page.getByRole('button', { name: 'Call Anna' }).waitFor();
  });

  test('[C3] to somebody who talks already is told to be busy', async () => {
    const [anna, boris, vera] = [await person('Anna'), await person('Boris'), await person('Vera')];
    await callFromChat([anna, boris], 'Call');
    await answer(boris.page);
    await talks(anna.page);
    await callFromChat([vera, anna], 'Call');
    await ended(vera, 'They are in another call');
    await hangUp(anna);
    await ended(boris, 'The call is over');
  });
});

describe('a person who is added', () => {
  test('[C58, C61] is rung into the call, which goes on, and all three see each other', async () => {
    const [anna, boris, vera] = [await person('Anna'), await person('Boris'), await person('Vera')];
    const all = [anna, boris, vera];
    await callFromChat([anna, boris], 'Video call');
    await answer(boris.page, 'Answer with video');
    for (const { page } of [anna, boris]) await talks(page);
    const { pathname } = new URL(anna.page.url());
    await anna.page.getByRole('button', { name: 'More', exact: true }).click();
    await anna.page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = anna.page.getByRole('dialog');
    await dialog.getByRole('searchbox').fill(vera.username);
    await dialog.getByRole('button', { name: 'Vera' }).press('Enter');
    await vera.page.locator('dialog.incoming', { hasText: 'Anna' }).waitFor();
    // The two talk on while it rings.
    await seesCamera(boris.page);
    await answer(vera.page, 'Answer with video');
    for (const { page } of all) {
      await page.locator('.stage .tile video').nth(1).waitFor();
      await seesCamera(page);
      expect(new URL(page.url()).pathname).toBe(pathname);
    }
    await hangUp(anna);
    for (const { page } of [boris, vera]) {
      await expect.poll(() => page.locator('.stage .tile video').count()).toBe(1);
      await seesCamera(page);
    }
    await hangUp(boris);
    await ended(vera, 'The call is over');
  });
});

describe('several tabs and devices', () => {
  test('the second tab answers, and the first one stops at once', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    const second = await boris.tab('/calls');
    await callFromChat(both, 'Call');
    await boris.page.locator('dialog.incoming').waitFor();
    await answer(second);
    await isSilent(boris.page);
    await talks(second);
    await talks(anna.page);
    await boris.page.goto(second.url());
    await boris.page.getByRole('heading', { name: 'The call is open in another tab' }).waitFor();
    await hangUp({ page: second });
    await ended(anna, 'The call is over');
  });

  test('a page that is loaded anew in a call comes back to it', async () => {
    const both = [await person('Anna'), await person('Boris')] as const;
    const [anna, boris] = both;
    await callFromChat(both, 'Video call');
    await answer(boris.page, 'Answer with video');
    for (const { page } of both) await talks(page);
    await boris.page.reload();
    await talks(boris.page);
    for (const { page } of both) await seesCamera(page);
    await hangUp(boris);
    await ended(anna, 'The call is over');
  });

  test('a running call is moved to another device', async () => {
    const anna = await person('Anna');
    const boris = await person('Boris');
    await callFromChat([boris, anna], 'Call');
    await answer(anna.page);
    for (const { page } of [anna, boris]) await talks(page);
    const elsewhere = await secondDevice(anna, { path: '/calls' });
    await elsewhere.page.getByRole('button', { name: 'Move it here' }).click();
    await talks(elsewhere.page);
    await ended(anna, 'The call was moved to another device');
    await talks(boris.page);
    await hangUp(elsewhere);
    await ended(boris, 'The call is over');
  });
});
