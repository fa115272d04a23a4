import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WORDS } from '../../web/sign-in/words.ts';
import { en } from '../../web/src/words/en.ts';
import { plural } from '../../web/src/words/plural.ts';
import { ru } from '../../web/src/words/ru.ts';

/** Every text of a table by its path; functions as what they make of sample values. */
const textsOf = (table: object, path = ''): [string, string][] =>
  Object.entries(table).flatMap(([key, value]): [string, string][] => {
    const here = `${path}/${key}`;
    if (typeof value === 'object' && value !== null) return textsOf(value, here);
    return [[here, typeof value === 'function' ? String(value(5, 5)) : String(value)]];
  });

describe.each([
  ['the app', ru, en],
  ['signing in', WORDS.ru, WORDS.en],
])('the words of %s', (_, russian, english) => {
  test('both languages have the same ones', () => {
    const [first, second] = [textsOf(russian), textsOf(english)];
    expect(first.map(([path]) => path)).toEqual(second.map(([path]) => path));
    for (const [path, text] of [...first, ...second])
      expect([path, text.trim()]).not.toEqual([path, '']);
  });

  test('no English text has a Russian letter but in the name of the language', () => {
    const wrong = textsOf(english).filter(([, text]) => /[а-яё]/i.test(text));
    expect(wrong.filter(([, text]) => text !== 'Русский')).toEqual([]);
  });

  test('the places of a text are the same in both', () => {
    const placesOf = (table: object) =>
      textsOf(table).map(([path, text]) => [path, (text.match(/\{\w+\}/g) ?? []).sort()]);
    expect(placesOf(russian)).toEqual(placesOf(english));
  });
});

/** The scripts of a folder of the web app, but for the words themselves. */
const readScripts = (name: string): string[] => {
  const folder = join(import.meta.dirname, '..', '..', 'web', name);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('words'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
};

/** Texts that are found by the name of a state, of a reason or of a problem. */
const FOUND = Object.entries({
  calls: [
    ...['calling', 'connecting', 'talking', 'away', 'left', 'declined', 'busy', 'cancelled'],
    ...['causeMy', 'causeTheir', 'causeRoom', 'causeMedia'],
  ],
  chats: ['notAPicture', 'tooLarge', 'sending', 'sent', 'read'],
  trouble: [
    ...['denied', 'missing', 'in_use', 'ended', 'failed'],
    ...['missingText', 'in_useText', 'endedText', 'failedText'],
  ],
}).flatMap(([area, names]) => names.map((name) => `${area}.${name}`));

test('each text of the app is in use', () => {
  const used = new Set(FOUND);
  for (const script of readScripts('src')) {
    const areas = Array.from(script.matchAll(/\{([^{}]+)\} = (?:useStore\(words\)|words\.get)/g))
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => name.trim().split(': '));
    // A component may call an area as it likes: `{ calls: text }`.
    for (const [area = '', alias = area] of areas)
      for (const [, name] of script.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g')))
        used.add(`${area}.${name}`);
    for (const [, area, name] of script.matchAll(/\bwords\S*\)\.(\w+)\.(\w+)/g))
      used.add(`${area}.${name}`);
    for (const [, word] of script.matchAll(/\bword: '(\w+)'/g)) used.add(`frame.${word}`);
  }
  const all = Object.entries(ru).flatMap(([area, texts]) =>
    Object.keys(texts).map((name) => `${area}.${name}`),
  );
  expect(all.filter((name) => !used.has(name))).toEqual([]);
});

test('each text of signing in is in use', () => {
  const source = readScripts('sign-in').join('\n');
  const used = new Set(source.match(/(?<=')\w+(?=')|(?<=\bwords\.)\w+/g));
  expect(Object.keys(WORDS.ru).filter((name) => !used.has(name))).toEqual([]);
});

test('a number has its noun, in every form of a language', () => {
  const calls = plural('ru', { one: 'звонок', few: 'звонка', many: 'звонков', other: 'звонка' });
  expect([1, 2, 5, 11, 21, 22, 112, 1.5].map(calls)).toEqual([
    ...['1 звонок', '2 звонка', '5 звонков', '11 звонков'],
    ...['21 звонок', '22 звонка', '112 звонков', '1.5 звонка'],
  ]);
  const english = plural('en', { one: 'call', other: 'calls' });
  expect([0, 1, 2, 21].map(english)).toEqual(['0 calls', '1 call', '2 calls', '21 calls']);
});
