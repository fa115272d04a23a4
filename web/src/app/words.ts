import type { Store } from 'aist-client/index';
import { createStore } from 'aist-client/index';
import type { Words } from '../words/ru.ts';
import type { Language, Theme } from './preferences.ts';
import * as preferences from './preferences.ts';

const chosen = createStore<Language>(preferences.currentLanguage());

/** The language of the app. */
export const language: Store<Language> = chosen;

/** The words of a language: each is loaded only by those who read it. */
const load: { readonly [Name in Language]: () => Promise<Words> } = {
  ru: async () => (await import('../words/ru.ts')).ru,
  en: async () => (await import('../words/en.ts')).en,
};

// Nothing is drawn before there are words.
const table = createStore(await load[chosen.get()]());

/** All words of the app, in its language: `useStore(words).settings.title`. */
export const words: Store<Words> = table;

/** Puts the app into another language, as soon as its words are there; without them it stays. */
export const chooseLanguage = async (next: Language): Promise<void> => {
  const loaded = await load[next]().catch(() => undefined);
  if (!loaded) return;
  preferences.chooseLanguage(next);
  chosen.set(next);
  table.set(loaded);
};

const theme = createStore<Theme>(preferences.chosenTheme());

/** The theme that was chosen. */
export const chosenTheme: Store<Theme> = theme;

/** Paints the app in another theme. */
export const chooseTheme = (next: Theme): void => {
  preferences.chooseTheme(next);
  theme.set(next);
};
