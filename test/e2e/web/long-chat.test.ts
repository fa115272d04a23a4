import { afterAll, afterEach, expect, test } from 'vitest';
import { sql } from '../../support/chats/chats.ts';
import { longestTask, say } from './measure.ts';
import type { Person } from './person.ts';
import { makeChat, openChromium } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

const COUNT = 1_000;
/** What the main thread may compute at once, in milliseconds: with more, scrolling stands still. */
const TASK_MS = 100;
/** The same for a press that shows another end of the chat: whoever pressed sees it at once. */
const PRESS_MS = 200;

/** Fills a chat with lines of several lengths, by turns. */
const fill = async (chat: string, [one, other]: readonly [Person, Person]): Promise<void> => {
  await sql`insert into messages (id, chat_id, sender_id, text, seq, version, created_at)
    select gen_random_uuid(), ${chat},
      case n % 3 when 0 then ${one.userId} else ${other.userId} end,
      'Line ' || n || repeat(' of storks and lakes', n % 7) ||
        case n % 10 when 0 then ' https://aist.example/map' else '' end,
      n, n, now() - (${COUNT}::int - n) * interval '1 minute'
    from generate_series(1, ${COUNT}::int) as n`;
  await sql`update chats set last_seq = ${COUNT}, version = ${COUNT} where id = ${chat}`;
};

test('a chat of a thousand messages is read from its end to its beginning without a stop', async () => {
  const both = [await person('Anna'), await person('Boris')] as const;
  const [{ page }] = both;
  const chat = await makeChat(...both);
  await fill(chat, both);
  await page.goto(new URL(`/c/${chat}`, page.url()).href);
  const messages = page.locator('.message');
  await messages.first().waitFor();
  const scroller = page.locator('.messages-scroller');
  await scroller.hover();
  const firstLine = () => page.locator('.message .message-text').first().textContent();
  const longest = await longestTask(page, async () => {
    // As a wheel does it: each turn goes on, whatever is loaded meanwhile.
    const isAtTop = async () => /^Line 1( |$)/.test((await firstLine()) ?? '');
    while (!(await isAtTop())) {
      await page.mouse.wheel(0, -2_500);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
  });
  expect(await messages.count()).toBe(COUNT);
  const texts = await page.locator('.message .message-text').allTextContents();
  const numbers = texts.map((text) => Number(/^Line (\d+)/.exec(text)?.[1]));
  expect(numbers).toEqual(Array.from({ length: COUNT }, (_, index) => index + 1));

  const down = await longestTask(page, async () => {
    for (let turn = 0; turn < 20; turn++) {
      await page.mouse.wheel(0, 1_500);
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
  });
  const press = await longestTask(page, async () => {
    await page.getByRole('button', { name: 'To the latest messages' }).click();
    await expect
      .poll(() => scroller.evaluate(({ scrollTop }) => Math.abs(Math.round(scrollTop))))
      .toBe(0);
  });
  const figures = [longest, down, press].map((figure) => figure.toFixed(0));
  say(`the longest tasks in a chat of ${COUNT}, up, down and at a press: ${figures.join(', ')} ms`);
  expect(Math.max(longest, down)).toBeLessThanOrEqual(TASK_MS);
  expect(press).toBeLessThanOrEqual(PRESS_MS);
});
