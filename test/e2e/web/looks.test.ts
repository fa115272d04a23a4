import { afterAll, afterEach, describe, test } from 'vitest';
import { answer, callFromChat, talks } from './calls.ts';
import type { Look, Person } from './person.ts';
import { api, makeChat, openChromium, sendAs } from './person.ts';
import { expectReadable, takePictures } from './readable.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

const LOOKS = [{ language: 'ru' }, { language: 'en' }] as const satisfies readonly Look[];

/** What is said, by turns. */
const LINES = {
  ru: [
    'Привет! Ты завтра на озеро?',
    'Да, в девять у станции. Говорят, аисты вернулись на северный луг, целых две пары.',
    'Тогда беру бинокль и термос',
    'С меня бутерброды',
    'Карта тропы: https://aist.example/map',
    'Спасибо! Позвоню вечером',
  ],
  en: [
    'Hello! Will you be at the lake tomorrow?',
    'Yes, at nine by the station. The storks are back on the northern meadow, two pairs of them.',
    'I bring binoculars and a thermos then',
    'And I bring sandwiches',
    'The map of the path: https://aist.example/map',
    'Thanks! I call you tonight',
  ],
} as const;

/** Two people with a chat, a group and a call that was missed. */
const fill = async (look: Look): Promise<readonly [Person, Person]> => {
  const names = look.language === 'ru' ? ['Анна Петрова', 'Борис Волков'] : ['Anna', 'Boris'];
  const [anna, boris] = [
    await person(names[0] ?? '', look),
    await person(names[1] ?? '', { ...look, width: 390, height: 780 }),
  ];
  const chat = await makeChat(anna, boris);
  for (const [index, line] of LINES[look.language ?? 'en'].entries())
    await sendAs(index % 2 ? boris : anna, chat, line);
  const name = look.language === 'ru' ? 'Поход на озеро' : 'To the lake';
  const group = { type: 'group', name, members: [boris.userId] };
  const made = await api.send('POST', '/api/chats', { body: group, token: anna.token });
  await sendAs(boris, String(made.body.id), 'https://aist.example/map');
  await anna.page.goto(new URL(`/c/${chat}`, anna.page.url()).href);
  await boris.page.goto(new URL(`/c/${chat}`, boris.page.url()).href);
  for (const { page } of [anna, boris]) await page.locator('.message').nth(1).waitFor();
  return [anna, boris];
};

describe.each(LOOKS)('in $language, in both themes and sizes', (look) => {
  const { language } = look;

  test('chats, people and calls are accessible', async () => {
    const [anna, boris] = await fill(look);
    await expectReadable(anna.page, 'a chat');
    await takePictures(anna.page, `chat-${language}`);
    await takePictures(boris.page, `chat-narrow-${language}`);
    await anna.page.locator('.message-more').first().click();
    await expectReadable(anna.page, 'what one may do with a message');
    await anna.page.keyboard.press('Escape');
    await anna.page.locator('.chat-bar > .icon-button').last().click();
    await expectReadable(anna.page, 'about a chat');
    await anna.page.keyboard.press('Escape');
    await anna.page.locator('.list-pane .bar .icon-button').click();
    await expectReadable(anna.page, 'a new chat');
    await anna.page.keyboard.press('Escape');
    await anna.page
      .locator('.chat-row', { hasText: /озеро|lake/ })
      .locator('a')
      .click();
    await anna.page.locator('.message a').waitFor();
    await anna.page.locator('.chat-bar > .icon-button').last().click();
    await anna.page.locator('.members .row').first().waitFor();
    await expectReadable(anna.page, 'about a group');
    for (const path of ['/', '/people', '/calls', '/call/nothing']) {
      await anna.page.goto(new URL(path, anna.page.url()).href);
      await anna.page.locator('h1').first().waitFor();
      await expectReadable(anna.page, path);
    }
    await anna.page.goto(new URL('/people', anna.page.url()).href);
    await anna.page.locator('input[type=search]').fill(boris.username);
    await anna.page.locator('.row-with-actions').waitFor();
    await expectReadable(anna.page, 'people who were found');
  });

  test('a call is accessible: ringing, talking, its dialogs, its end', async () => {
    const [anna, boris] = await fill(look);
    const russian = look.language === 'ru';
    const say = (ru: string, en: string) => (russian ? ru : en);
    await anna.page
      .getByRole('button', { name: say('Видеозвонок', 'Video call'), exact: true })
      .click();
    await boris.page.locator('dialog.incoming').waitFor();
    await expectReadable(boris.page, 'a call that rings');
    await expectReadable(anna.page, 'a call that is made');
    await takePictures(boris.page, `incoming-${language}`);
    await answer(boris.page, say('Ответить с видео', 'Answer with video'));
    for (const { page } of [anna, boris]) await talks(page);
    await anna.page.locator('.stage .tile video').waitFor();
    await anna.page.locator('.safety').waitFor();
    await expectReadable(anna.page, 'a call');
    await anna.page.locator('.safety').click();
    await expectReadable(anna.page, 'the safety emoji');
    await anna.page.keyboard.press('Escape');
    const rows = [
      say('Устройства', 'Devices'),
      say('Добавить человека', 'Add a person'),
      say('Проверить звук', 'Test the sound'),
    ];
    for (const row of rows) {
      await anna.page.locator('.controls .control').nth(3).click();
      await expectReadable(anna.page, 'what else one may do');
      await anna.page.getByRole('button', { name: row }).click();
      await expectReadable(anna.page, row);
      await anna.page.keyboard.press('Escape');
    }
    await boris.page.getByRole('link', { name: say('Назад', 'Back') }).click();
    await boris.page.locator('.call-bar').waitFor();
    await expectReadable(boris.page, 'the bar of a call');
    await anna.page.locator('.control.hang-up').click();
    await anna.page.locator('.call-ended').waitFor();
    await expectReadable(anna.page, 'a call that is over');
    await anna.page.locator('.call-ended .text-button').click();
    await anna.page.locator('.report').waitFor();
    await expectReadable(anna.page, 'the report');
  });
});

test('a missed call is accessible', async () => {
  const both = [await person('Anna'), await person('Boris')] as const;
  await callFromChat(both, 'Call');
  await both[1].page.locator('dialog.incoming').waitFor();
  await both[0].page.getByRole('button', { name: 'Hang up' }).click();
  await both[1].page.goto(new URL('/calls', both[1].page.url()).href);
  await both[1].page.locator('.call-row.missed').waitFor();
  await expectReadable(both[1].page, 'a missed call');
});
