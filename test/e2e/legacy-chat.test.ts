import { randomBytes } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import type { Browser } from './browsers.ts';
import { openBrowser, servePage } from './browsers.ts';

const api = runningApi();
const page = await servePage('legacy');
const opened: Browser[] = [];
afterAll(async () => {
  for (const browser of opened) await browser.close();
  page.close();
});

/** What the page offers, see legacy.js. */
interface Legacy {
  start(where: { api: string; token: string }): void;
  showChats(): Promise<{ id: string }[]>;
  openChat(id: string): Promise<void>;
  openChatWith(username: string): Promise<string>;
  send(text: string): Promise<void>;
}
declare const legacy: Legacy;

/** Somebody at a browser with the legacy page, which is connected. */
const person = async (displayName: string) => {
  const token = await signIn(api);
  const username = `u${randomBytes(8).toString('hex')}`;
  const profile = { body: { username, displayName }, token };
  expect((await api.send('PATCH', '/api/profile', profile)).status).toBe(200);
  const browser = await openBrowser(page.url);
  opened.push(browser);
  await browser.page.evaluate((where) => legacy.start(where), { api: stack.apiUrl, token });
  await expect.poll(() => browser.page.textContent('#state')).toBe('connected');
  return { username, page: browser.page };
};
type Person = Awaited<ReturnType<typeof person>>;

const linesOf = ({ page }: Person, list: 'messages' | 'chats') =>
  page.locator(`#${list} li`).allTextContents();

test('[M1, M2, M3, M4] two legacy pages chat, and each shows the other’s message without reload', async () => {
  const [anna, boris] = [await person('Анна'), await person('Борис')];
  const chat = await anna.page.evaluate((name) => legacy.openChatWith(name), boris.username);
  await anna.page.evaluate(() => legacy.send('Привет!'));

  await boris.page.evaluate(() => legacy.showChats());
  expect(await linesOf(boris, 'chats')).toEqual(['Анна: Привет!']);
  await boris.page.evaluate((id) => legacy.openChat(id), chat);
  expect(await linesOf(boris, 'messages')).toEqual(['собеседник: Привет!']);

  await boris.page.evaluate(() => legacy.send('И тебе привет'));
  const [hers, his] = [
    ['я: Привет!', 'собеседник: И тебе привет'],
    ['собеседник: Привет!', 'я: И тебе привет'],
  ];
  await expect.poll(() => linesOf(anna, 'messages'), { timeout: 15_000 }).toEqual(hers);
  await anna.page.evaluate(() => legacy.send('Как дела?'));
  await expect
    .poll(() => linesOf(boris, 'messages'), { timeout: 15_000 })
    .toEqual([...his, 'собеседник: Как дела?']);

  await anna.page.evaluate(() => legacy.showChats());
  expect(await linesOf(anna, 'chats')).toEqual(['Борис: Как дела?']);
});
