import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { answer, callFromChat, talks } from './calls.ts';
import type { Look, Person } from './person.ts';
import { api, makeChat, openChromium, sendAs } from './person.ts';

const { person, end, close } = await openChromium();
afterEach(end);
afterAll(close);

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** PICTURES=on writes docs/pictures anew, which the README shows. */
const PICTURES = process.env.PICTURES === 'on';
const FOLDER = join(import.meta.dirname, '../../../docs/pictures');

declare const axe: {
  run(
    context: Document,
    options: object,
  ): Promise<{
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
  }>;
};

/** Expects that axe finds nothing on the page as it is. */
const isAccessible = async (page: Page, screen: string): Promise<void> => {
  // Colours that are still changing are measured wrongly; what goes on for ever is not waited for.
  await page.evaluate(async () => {
    const changing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(changing.map(({ finished }) => finished));
  });
  const loaded = await page.evaluate(() => 'axe' in globalThis);
  if (!loaded) await page.evaluate(readFileSync(AXE, 'utf8'));
  const found = await page.evaluate(async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    );
  });
  expect(found, screen).toEqual([]);
};

/** The screens that are shown in documents. */
const PICTURED: readonly string[] = ['chat-ru-light', 'chat-narrow-ru-dark', 'incoming-ru-dark'];

const takePicture = async (page: Page, name: string): Promise<void> => {
  if (PICTURES && PICTURED.includes(name))
    await page.screenshot({ path: join(FOLDER, `${name}.png`) });
};

const LOOKS = (['ru', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).map((theme) => ({ language, theme }) satisfies Look),
);

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

describe.each(LOOKS)('in $language and $theme', (look) => {
  const tag = `${look.language}-${look.theme}`;

  test('chats, people and calls are accessible', async () => {
    const [anna, boris] = await fill(look);
    await isAccessible(anna.page, 'a chat, wide');
    await isAccessible(boris.page, 'a chat, narrow');
    await takePicture(anna.page, `chat-${tag}`);
    await takePicture(boris.page, `chat-narrow-${tag}`);
    await anna.page.locator('.message-more').first().click();
    await isAccessible(anna.page, 'what one may do with a message');
    await anna.page.keyboard.press('Escape');
    await anna.page.locator('.chat-bar > .icon-button').last().click();
    await isAccessible(anna.page, 'about a chat');
    await anna.page.keyboard.press('Escape');
    await anna.page.locator('.list-pane .bar .icon-button').click();
    await isAccessible(anna.page, 'a new chat');
    await anna.page.keyboard.press('Escape');
    await anna.page
      .locator('.chat-row', { hasText: /озеро|lake/ })
      .locator('a')
      .click();
    await anna.page.locator('.message a').waitFor();
    await anna.page.locator('.chat-bar > .icon-button').last().click();
    await anna.page.locator('.members .row').first().waitFor();
    await isAccessible(anna.page, 'about a group');
    for (const path of ['/', '/people', '/calls', '/call/nothing']) {
      await anna.page.goto(new URL(path, anna.page.url()).href);
      await anna.page.locator('h1').first().waitFor();
      await isAccessible(anna.page, path);
    }
    await anna.page.goto(new URL('/people', anna.page.url()).href);
    await anna.page.locator('input[type=search]').fill(boris.username);
    await anna.page.locator('.row-with-actions').waitFor();
    await isAccessible(anna.page, 'people who were found');
  });

  test('a call is accessible: ringing, talking, its dialogs, its end', async () => {
    const [anna, boris] = await fill(look);
    const russian = look.language === 'ru';
    const say = (ru: string, en: string) => (russian ? ru : en);
    await anna.page
      .getByRole('button', { name: say('Видеозвонок', 'Video call'), exact: true })
      .click();
    await boris.page.locator('dialog.incoming').waitFor();
    await isAccessible(boris.page, 'a call that rings');
    await isAccessible(anna.page, 'a call that is made');
    await takePicture(boris.page, `incoming-${tag}`);
    await answer(boris.page, say('Ответить с видео', 'Answer with video'));
    for (const { page } of [anna, boris]) await talks(page);
    await anna.page.locator('.stage .tile video').waitFor();
    await anna.page.locator('.safety').waitFor();
    await isAccessible(anna.page, 'a call');
    await isAccessible(boris.page, 'a call, narrow');
    await anna.page.locator('.safety').click();
    await isAccessible(anna.page, 'the safety emoji');
    await anna.page.keyboard.press('Escape');
    const rows = [
      say('Устройства', 'Devices'),
      say('Добавить человека', 'Add a person'),
      say('Проверить звук', 'Test the sound'),
    ];
    for (const row of rows) {
      await anna.page.locator('.controls .control').nth(3).click();
      await isAccessible(anna.page, 'what else one may do');
      await anna.page.getByRole('button', { name: row }).click();
      await isAccessible(anna.page, row);
      await anna.page.keyboard.press('Escape');
    }
    await boris.page.getByRole('link', { name: say('Назад', 'Back') }).click();
    await boris.page.locator('.call-bar').waitFor();
    await isAccessible(boris.page, 'the bar of a call');
    await anna.page.locator('.control.hang-up').click();
    await anna.page.locator('.call-ended').waitFor();
    await isAccessible(anna.page, 'a call that is over');
    await anna.page.locator('.call-ended .text-button').click();
    await anna.page.locator('.report').waitFor();
    await isAccessible(anna.page, 'the report');
  });
});

test('a missed call is accessible', async () => {
  const both = [await person('Anna'), await person('Boris')] as const;
  await callFromChat(both, 'Call');
  await both[1].page.locator('dialog.incoming').waitFor();
  await both[0].page.getByRole('button', { name: 'Hang up' }).click();
  await both[1].page.goto(new URL('/calls', both[1].page.url()).href);
  await both[1].page.locator('.call-row.missed').waitFor();
  await isAccessible(both[1].page, 'a missed call');
});
