import { currentLanguage } from '../src/app/preferences.ts';
import type { Word } from './words.ts';
import { fill, WORDS } from './words.ts';

/** The element with an id. */
export const byId = <Kind extends HTMLElement = HTMLElement>(id: string): Kind =>
  document.getElementById(id) as Kind;

/** A word in the language of the page, with values in its places. */
export const say = (word: Word, values: Readonly<Record<string, string | number>> = {}): string =>
  fill(WORDS[currentLanguage()][word], values);

/** Shows a text in an element, or hides it when there is none. */
export const show = (id: string, text: string | undefined): void => {
  const element = byId(id);
  element.hidden = text === undefined;
  if (element.textContent !== (text ?? '')) element.textContent = text ?? '';
};

/** Puts the words of the page's language into it. */
export const translate = (): void => {
  for (const element of document.querySelectorAll<HTMLElement>('#sign-in [data-word]'))
    element.textContent = say(element.dataset['word'] as Word);
  byId('bot').textContent = say('bot');
  byId('other-language').textContent = say('other');
  byId('other-language').lang = currentLanguage() === 'ru' ? 'en' : 'ru';
  document.title = say('title');
  delete document.documentElement.dataset['words'];
};
