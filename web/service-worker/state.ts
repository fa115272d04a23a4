/** What the app tells the service worker: who is signed in ("" = nobody), and in which language. */
export type About = { readonly userId: string; readonly language: 'ru' | 'en' };

/** Keeps what the app has told; the worker may be ended and begun at any time. */
export const keepAbout = async ({ userId, language }: About): Promise<void> =>
  (await caches.open('aist-about')).put('/about', Response.json({ userId, language }));

/** What the app has told last; nobody, in Russian, before it has. */
export const readAbout = async (): Promise<About> =>
  (await (await caches.open('aist-about')).match('/about'))?.json() ??
  ({ userId: '', language: 'ru' } as const);
