import { afterAll, afterEach, expect, test } from 'vitest';
import { callFromChat } from './calls.ts';
import { api, makeChat, openChromium, sendAs } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

/** Texts that would do something if a page took them for more than text. */
const HOSTILE = [
  '<img src=x onerror="document.title=`bad`">',
  '"><script>document.title="bad"</script>',
  'javascript:document.title="bad"',
  '<a href="javascript:document.title=1">x</a>',
  '{{constructor.constructor("document.title=1")()}}',
] as const;

test('whatever people write stays text: names, messages, titles, descriptions', async () => {
  const name = '<img src=x onerror=document.title=1>';
  const [anna, boris] = [await person('Anna'), await person(name)];
  const chat = await makeChat(boris, anna);
  for (const text of HOSTILE) await sendAs(boris, chat, text);
  const group = await api.send('POST', '/api/chats', {
    body: {
      type: 'group',
      name: '<b onmouseover=alert(1)>Birds</b>',
      description: HOSTILE[0],
      members: [anna.userId],
    },
    token: boris.token,
  });
  await sendAs(boris, String(group.body.id), HOSTILE[1]);

  await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
  await expect
    .poll(() => anna.page.locator('.message-text').allTextContents())
    .toEqual([...HOSTILE]);
  expect(await anna.page.locator('.chat-title h1').textContent()).toBe(name);
  expect(await anna.page.locator('.message a, .messages img, .messages script').count()).toBe(0);

  await anna.page.goto(new URL(`/c/${group.body.id}`, anna.page.url()).href);
  await anna.page.getByRole('button', { name: 'About the chat' }).click();
  expect(await anna.page.locator('.description').textContent()).toBe(HOSTILE[0]);
  await anna.page.locator('.members .row', { hasText: name }).waitFor();
  await anna.page.keyboard.press('Escape');

  await callFromChat([boris, anna], 'Call');
  await anna.page.locator('dialog.incoming').waitFor();
  expect(await anna.page.locator('#incoming-name').textContent()).toBe(name);
  await anna.page.getByRole('button', { name: 'Decline' }).click();
  expect(await anna.page.locator('[onerror], [onmouseover], img[src="x"]').count()).toBe(0);
});

test('links open without a way back, and only to the web', async () => {
  const [anna, boris] = [await person('Anna'), await person('Boris')];
  const chat = await makeChat(boris, anna);
  await sendAs(boris, chat, 'See https://aist.example/?a=<b> and javascript:alert(1)');
  await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
  const link = anna.page.locator('.message a');
  await link.waitFor();
  expect(await link.count()).toBe(1);
  expect(await link.getAttribute('href')).toBe('https://aist.example/?a=');
  expect(await link.getAttribute('target')).toBe('_blank');
  expect(await link.getAttribute('rel')).toContain('noopener');
});

test('an attachment that a hostile server names is not shown', async () => {
  const [anna, boris] = [await person('Anna'), await person('Boris')];
  const chat = await makeChat(boris, anna);
  await sendAs(boris, chat, 'Look');
  await anna.page.route('**/messages*', async (route) => {
    const answer = await route.fetch();
    const messages = ((await answer.json()) as object[]).map((message) => ({
      ...message,
      attachment: { type: 'image', url: 'data:image/svg+xml;base64,PHN2Zy8+' },
    }));
    await route.fulfill({ response: answer, json: messages });
  });
  await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
  await anna.page.getByText('The attachment cannot be shown').waitFor();
  expect(await anna.page.locator('.messages img').count()).toBe(0);
});
