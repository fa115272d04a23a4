/** A language of the app. */
export type Language = 'ru' | 'en';

/** How light or dark the app is: as the person chose, or as the device is. */
export type Theme = 'light' | 'dark' | 'system';

const LANGUAGE_KEY = 'aist.language';
const THEME_KEY = 'aist.theme';

const page = document.documentElement;
const darkDevice = matchMedia('(prefers-color-scheme: dark)');

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

const keep = (key: string, value: string | null): void => {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // What cannot be kept holds as long as the page.
  }
};

/** The language that the page is in: chosen, or the browser's (web/sign-in/early.ts). */
export const currentLanguage = (): Language => (page.lang === 'en' ? 'en' : 'ru');

/** Puts the page into a language, and remembers it. */
export const chooseLanguage = (language: Language): void => {
  keep(LANGUAGE_KEY, language);
  page.lang = language;
};

/** The theme that was chosen; that of the device when none was. */
export const chosenTheme = (): Theme => {
  const kept = read(THEME_KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

/** Whether the page is dark. */
export const isDark = (): boolean => page.dataset['theme'] === 'dark';

const paint = (): void => {
  const theme = chosenTheme();
  const dark = theme === 'dark' || (theme === 'system' && darkDevice.matches);
  page.dataset['theme'] = dark ? 'dark' : 'light';
  const color = dark ? '#161e25' : '#ffffff';
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', color);
};

/** Paints the page in a theme, and remembers it. */
export const chooseTheme = (theme: Theme): void => {
  keep(THEME_KEY, theme === 'system' ? null : theme);
  paint();
};

darkDevice.addEventListener('change', paint);
paint();
