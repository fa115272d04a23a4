import { batch, computed, signal } from '@preact/signals';
import type { Words } from '../words/ru.ts';
import type { Language, Theme } from './preferences.ts';
import * as preferences from './preferences.ts';

const chosen = signal<Language>(preferences.currentLanguage());

/** The language of the app. */
export const language = computed(() => chosen.value);

/** The words of a language: each is loaded only by those who read it. */
const load: { readonly [Name in Language]: () => Promise<Words> } = {
  ru: async () => (await import('../words/ru.ts')).ru,
  en: async () => (await import('../words/en.ts')).en,
};

// Nothing is drawn before there are words.
const table = signal(await load[chosen.value]());

/** All words of the app, in its language: `words.value.settings.title`. */
export const words = computed(() => table.value);

/** Puts the app into another language, as soon as its words are there; without them it stays. */
export const chooseLanguage = async (next: Language): Promise<void> => {
  const loaded = await load[next]().catch(() => undefined);
  if (!loaded) return;
  batch(() => {
    preferences.chooseLanguage(next);
    chosen.value = next;
    table.value = loaded;
  });
};

const theme = signal<Theme>(preferences.chosenTheme());

/** The theme that was chosen. */
export const chosenTheme = computed(() => theme.value);

/** Paints the app in another theme. */
export const chooseTheme = (next: Theme): void => {
  preferences.chooseTheme(next);
  theme.value = next;
};
