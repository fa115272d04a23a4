import { describe, expect, test } from 'vitest';
import { COMMANDS, DESCRIPTION, SHORT_DESCRIPTION } from '../../../src/bot/about.ts';
import * as texts from '../../../src/telegram/texts.ts';

const { languageOf, ...said } = texts;
const everyText = Object.entries({ ...said, DESCRIPTION, SHORT_DESCRIPTION }).map(
  ([name, text]) =>
    [name, typeof text === 'function' ? text('+799***67', '+799***00') : text] as const,
);

describe('what the bot says', () => {
  test.each([
    ['ru', 'ru'],
    ['ru-RU', 'ru'],
    ['RU', 'ru'],
    [undefined, 'ru'],
    ['', 'ru'],
    ['en', 'en'],
    ['en-GB', 'en'],
    ['de', 'en'],
    ['run', 'en'],
    ['\u0000', 'en'],
  ])('the language of somebody whose app speaks %j is %s', (tag, language) => {
    expect(languageOf(tag)).toBe(language);
  });

  test.each(everyText)('%s is there in Russian and in English', (_, { ru, en }) => {
    expect(ru).toMatch(/[а-я]{3}/i);
    expect(en).toMatch(/[a-z]{3}/i);
    expect(en).not.toMatch(/[а-я]/i);
  });

  test('the help names every command', () => {
    for (const { command } of COMMANDS) {
      expect(texts.HELP.ru).toContain(`/${command} `);
      expect(texts.HELP.en).toContain(`/${command} `);
    }
  });
});
