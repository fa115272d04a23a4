import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { api, makeChat, openChromium, sendAs, shownTexts, write } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

describe('two people chat', () => {
  test('[M1, M2] a message is there at once on both sides, and its reading is seen', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
    await write(anna, 'Hello!');
    await expect.poll(() => shownTexts(anna)).toEqual(['Hello!']);

    await boris.page.locator('.chat-row', { hasText: 'Anna' }).waitFor();
    expect(await boris.page.locator('.chat-row .badge').textContent()).toContain('1');
    await boris.page.locator('.chat-row a').click();
    await expect.poll(() => shownTexts(boris)).toEqual(['Hello!']);
    await anna.page.locator('.message-state.read').waitFor();

    await boris.page.locator('.composer textarea').pressSequentially('And');
    await anna.page.getByText('typing…').first().waitFor();
    await boris.page.locator('.composer textarea').press('Enter');
    await expect.poll(() => shownTexts(anna)).toEqual(['Hello!', 'And']);
    // A screen reader hears of it.
    await expect.poll(() => anna.page.locator('[role=log]').textContent()).toBe('Boris: And');
  });

  test('what was written while one was without a network comes when it is back', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    await boris.page.goto(new URL(`/c/${chat}`, boris.page.url()).href);
    await boris.page.getByText('No messages yet').last().waitFor();
    await boris.context.setOffline(true);
    await sendAs(anna, chat, 'Are you there?');
    await boris.page.locator('.composer textarea').fill('I am away');
    await boris.page.locator('.composer textarea').press('Enter');
    await boris.page.locator('.message-state.sending').waitFor();
    await boris.context.setOffline(false);
    await expect.poll(() => shownTexts(boris)).toEqual(['Are you there?', 'I am away']);
    await boris.page.locator('.message-state.sent').waitFor();
  });

  test('a message that the server refuses stays, says why, and is sent again', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
    await anna.page.locator('.composer').waitFor();
    const refused = {
      ok: false,
      code: 'too_many_requests',
      message: 'Too many',
      error: 'Too many',
    };
    await anna.page.route('**/messages', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 400, json: { ...refused, code: 'message_empty' } })
        : route.continue(),
    );
    await write(anna, 'Not this time');
    await anna.page.locator('.message.failed').waitFor();
    expect(await anna.page.locator('.message-failed').textContent()).toContain('Too many');
    await anna.page.unroute('**/messages');
    await anna.page.getByRole('button', { name: 'Send again' }).click();
    await anna.page.locator('.message-state.sent').waitFor();
    await expect.poll(() => shownTexts(anna)).toEqual(['Not this time']);
  });

  test('[M14] a message is edited and deleted, on both sides', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    await sendAs(anna, chat, 'Frist');
    await sendAs(anna, chat, 'Second');
    for (const { page } of [anna, boris]) await page.goto(new URL(`/c/${chat}`, page.url()).href);
    await expect.poll(() => shownTexts(boris)).toEqual(['Frist', 'Second']);

    await anna.page.locator('.message-more').first().click();
    await anna.page.getByRole('button', { name: 'Edit', exact: true }).click();
    await write(anna, 'First');
    await expect.poll(() => shownTexts(boris)).toEqual(['First', 'Second']);
    await boris.page.getByText('edited').waitFor();

    await anna.page.locator('.message-more').nth(1).click();
    await anna.page.getByRole('button', { name: 'Delete' }).click();
    await anna.page.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => shownTexts(boris)).toEqual(['First', 'Message deleted']);
  });

  test('a draft is kept and shown in the list', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
    await anna.page.locator('.composer textarea').fill('Not yet');
    await anna.page.locator('.chat-row .is-draft').waitFor();
    await anna.page.reload();
    await expect.poll(() => anna.page.locator('.composer textarea').inputValue()).toBe('Not yet');
  });

  test('[M13] a picture is sent and shown, and nothing else passes for one', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    for (const { page } of [anna, boris]) await page.goto(new URL(`/c/${chat}`, page.url()).href);
    const pixel =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Er' +
      'kJggg==';
    const files = anna.page.locator('input[type=file]');
    await files.setInputFiles({
      name: 'a.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('no picture'),
    });
    await anna.page.getByText('This is no picture that can be sent').waitFor();
    await files.setInputFiles({
      name: 'a.png',
      mimeType: 'image/png',
      buffer: Buffer.from(pixel, 'base64'),
    });
    await anna.page.locator('.composer-above img').waitFor();
    await anna.page.getByRole('button', { name: 'Send', exact: true }).click();
    const shown = boris.page.locator('.picture img');
    await shown.waitFor();
    await expect
      .poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBe(1);
    expect(await shown.getAttribute('src')).toMatch(/^data:image\/jpeg;base64,/);
  });
});

describe('a long chat', () => {
  test('older messages come on top without moving what is read', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    // More than two pages, and from each no more than may be sent at once.
    for (let number = 1; number <= 112; number += 1)
      await sendAs(number % 2 ? anna : boris, chat, `Line ${number}`);
    await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
    // It is opened where the unread ones begin, or at the end of what was loaded.
    await anna.page.locator('.message').first().waitFor();
    const scroller = anna.page.locator('.messages-scroller');
    await expect
      .poll(async () => {
        await scroller.evaluate((element) => {
          element.scrollTop = -element.scrollHeight;
        });
        return (await shownTexts(anna))[0];
      })
      .toBe('Line 1');
    const texts = await shownTexts(anna);
    expect(texts).toEqual(Array.from({ length: 112 }, (_, index) => `Line ${index + 1}`));
    await anna.page.getByRole('button', { name: 'To the latest messages' }).click();
    await expect
      .poll(() => scroller.evaluate(({ scrollTop }) => Math.abs(Math.round(scrollTop))))
      .toBe(0);
  });
});

describe('groups and channels', () => {
  test('[M30] a group is made, written in, added to and left', async () => {
    const [anna, boris, vera] = [await person('Anna'), await person('Boris'), await person('Vera')];
    await anna.page.getByRole('button', { name: 'New group or channel' }).click();
    await anna.page.getByLabel('Name', { exact: true }).fill('Birds');
    await anna.page.getByRole('dialog').getByRole('searchbox').fill(boris.username);
    await anna.page.getByRole('dialog').locator('.row', { hasText: 'Boris' }).click();
    await anna.page.getByRole('button', { name: 'Create' }).click();
    await anna.page.locator('.chat-title', { hasText: 'Birds' }).waitFor();
    await write(anna, 'Welcome');

    await boris.page.locator('.chat-row', { hasText: 'Birds' }).locator('a').click();
    await expect.poll(() => shownTexts(boris)).toEqual(['Welcome']);
    await expect.poll(() => boris.page.locator('.message-name').textContent()).toBe('Anna');

    await anna.page.getByRole('button', { name: 'About the chat' }).click();
    await anna.page.getByRole('button', { name: 'Add people' }).click();
    await anna.page.getByRole('dialog').getByRole('searchbox').fill(vera.username);
    await anna.page.getByRole('dialog').locator('button.row', { hasText: 'Vera' }).click();
    await anna.page.getByRole('button', { name: 'Add people' }).click();
    await anna.page.locator('.members .row', { hasText: 'Vera' }).waitFor();
    await vera.page.locator('.chat-row', { hasText: 'Birds' }).waitFor();

    await anna.page.getByRole('button', { name: 'Actions: Boris' }).click();
    await anna.page.getByRole('button', { name: 'Make an admin' }).click();
    await anna.page.locator('.members .row', { hasText: 'Boris' }).getByText('admin').waitFor();

    await boris.page.getByRole('button', { name: 'About the chat' }).click();
    await boris.page.getByRole('button', { name: 'Leave the chat' }).click();
    await boris.page.getByRole('button', { name: 'Leave the chat' }).click();
    await boris.page.locator('.chat-row').waitFor({ state: 'detached' });
    await expect.poll(() => boris.page.url()).toMatch(/\/$/);
  });

  test('[M31] a channel is joined by its link, and only its admins write in it', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const made = await api.send('POST', '/api/chats', {
      body: { type: 'channel', name: 'News' },
      token: anna.token,
    });
    await boris.page.goto(new URL(`/c/${made.body.id}`, boris.page.url()).href);
    await boris.page.getByRole('button', { name: 'Join' }).click();
    await boris.page.getByText('Only admins write in this channel').waitFor();
    await sendAs(anna, String(made.body.id), 'Good morning');
    await expect.poll(() => shownTexts(boris)).toEqual(['Good morning']);
  });

  test('[M42] whoever is blocked cannot write, and can again when that is undone', async () => {
    const [anna, boris] = [await person('Anna'), await person('Boris')];
    const chat = await makeChat(anna, boris);
    await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
    await anna.page.getByRole('button', { name: 'About the chat' }).click();
    await anna.page.getByRole('button', { name: 'Block' }).click();
    await anna.page.getByRole('button', { name: 'Block' }).click();
    await anna.page.getByText('You have blocked this person').waitFor();
    await anna.page.getByRole('button', { name: /^Unblock/ }).click();
    await anna.page.getByRole('button', { name: 'Block', exact: true }).waitFor();
    await sendAs(boris, chat, 'Thanks');
  });
});
