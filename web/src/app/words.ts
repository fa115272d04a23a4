import { computed, signal } from '@preact/signals';
import { en } from '../words/en.ts';
import { ru } from '../words/ru.ts';
import type { Language, Theme } from './preferences.ts';
import * as preferences from './preferences.ts';

const chosen = signal<Language>(preferences.currentLanguage());

/** The language of the app. */
export const language = computed(() => chosen.value);

/** All words of the app, in its language: `words.value.settings.title`. */
export const words = computed(() => (chosen.value === 'ru' ? ru : en));

/** Puts the app into another language. */
export const chooseLanguage = (next: Language): void => {
  preferences.chooseLanguage(next);
  chosen.value = next;
};

const theme = signal<Theme>(preferences.chosenTheme());

/** The theme that was chosen. */
export const chosenTheme = computed(() => theme.value);

/** Paints the app in another theme. */
export const chooseTheme = (next: Theme): void => {
  preferences.chooseTheme(next);
  theme.value = next;
};
