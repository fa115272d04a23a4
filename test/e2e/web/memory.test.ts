import { afterAll, afterEach, expect, test } from 'vitest';
import type { PageOfTests } from '../page.ts';
import { createAccount, openDevice, rings, shows } from '../people.ts';
import { seesCamera, talks } from './calls.ts';
import type { Used } from './measure.ts';
import { collectGarbage, say, watchUse } from './measure.ts';
import type { Person } from './person.ts';
import { api, makeChat, openChromium, sendAs } from './person.ts';

declare const page: PageOfTests;

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

/** How many rounds fill what is kept for good, and how many are measured after them. */
const ROUNDS = { filling: 1, measured: 3 };
/** How long a round takes by the clock of the page: all rounds together are an hour. */
const ROUND_MS = 900_000;
/** How far the clock goes at once: what the page asks for meanwhile is answered before the next. */
const STEP_MS = 15_000;
/** By how much a page may grow in a round: a message is kept, and texts that were shown. */
const GROWTH = { nodes: 10, listeners: 2, heapBytes: 250_000 };

/** Lets time pass in a call: looks at its statistics, pings, and what else comes by the clock. */
const passTime = async ({ page }: Person): Promise<void> => {
  for (let passed = 0; passed < ROUND_MS; passed += STEP_MS) {
    await page.clock.runFor(STEP_MS);
    // What was sent before it is answered now.
    await page.evaluate(async () => (await fetch('/robots.txt')).text());
    await talks(page);
  }
};

const press = ({ page }: Person, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();

/** All that somebody does in a call now and then, and that happens to it. */
const live = async (one: Person): Promise<void> => {
  const { context, page } = one;
  await press(one, 'Turn the microphone off');
  await press(one, 'Turn the microphone on');
  await press(one, 'Turn the camera off');
  await press(one, 'Turn the camera on');
  await press(one, 'Share the screen');
  await press(one, 'Stop sharing the screen');
  await page.getByRole('button', { name: 'Share the screen' }).waitFor();
  await press(one, 'More');
  await page.getByRole('dialog').getByRole('button', { name: 'Devices' }).click();
  await page.getByRole('meter').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await context.setOffline(true);
  await page.getByText('Restoring the connection').first().waitFor();
  await context.setOffline(false);
  await talks(page);
  await passTime(one);
};

test('a call of an hour holds no more than a call of a quarter of an hour', async () => {
  const anna = await person('Anna', { width: 640, height: 480 });
  await anna.page.clock.install();
  await anna.page.reload();
  const account = await createAccount();
  const boris = await openDevice({ account });
  const about = { ...anna, userId: account.userId, token: await account.token() };
  const chat = await makeChat(anna, about);
  await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
  await anna.page.getByRole('button', { name: 'Video call', exact: true }).click();
  await rings(boris);
  await boris.page.evaluate(() => page.accept({ camera: true }));
  await talks(anna.page);
  await seesCamera(anna.page);

  const use = await watchUse(anna.page);
  const after = async (rounds: number): Promise<Used> => {
    for (let round = 0; round < rounds; round++) {
      await live(anna);
      await sendAs(about, chat, `Round ${round}`);
    }
    await collectGarbage(anna.page);
    return use();
  };
  const before = await after(ROUNDS.filling);
  const last = await after(ROUNDS.measured);
  const growthOf = (of: 'nodes' | 'listeners' | 'heapBytes') =>
    (last[of] - before[of]) / ROUNDS.measured;
  say(
    `a call of an hour grows in each ${ROUND_MS / 60_000} min by ${growthOf('nodes').toFixed(1)} ` +
      `nodes, ${growthOf('listeners').toFixed(1)} listeners, ` +
      `${(growthOf('heapBytes') / 1_000).toFixed(0)} KB`,
  );
  await anna.page.getByRole('button', { name: 'Hang up' }).click();
  await shows(boris, 'ended hung_up');
  expect(await api.send('GET', '/api/profile', { token: anna.token })).toMatchObject({
    status: 200,
  });
  expect(growthOf('nodes')).toBeLessThanOrEqual(GROWTH.nodes);
  expect(growthOf('listeners')).toBeLessThanOrEqual(GROWTH.listeners);
  expect(growthOf('heapBytes')).toBeLessThanOrEqual(GROWTH.heapBytes);
  expect(last).toMatchObject({ connections: 1, audioParts: before.audioParts });
});
