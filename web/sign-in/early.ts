/**
 * Runs before the page is painted: it sets language and theme, and says whether the page of signing
 * in is to be seen at all.
 */
const page = document.documentElement;
const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
page.dataset['theme'] = read('aist.theme') ?? (isDark ? 'dark' : 'light');
page.lang =
  read('aist.language') ?? (/^(ru|be|uk|kk|ky|uz|tg)/.test(navigator.language) ? 'ru' : 'en');
if (page.lang !== 'ru') page.dataset['words'] = 'later';
page.dataset['session'] = read('aist.token') ? 'in' : 'out';

export {};
