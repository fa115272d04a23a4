/** What the app tells the service worker, which has no other way to know it. */
export interface About {
  /** Who is signed in; "" = nobody. */
  readonly userId: string;
  readonly language: 'ru' | 'en';
}

const CACHE = 'aist-about';
const KEY = '/about';

/** Keeps what the app has told; the worker may be ended and begun at any time. */
export const keepAbout = async ({ userId, language }: About): Promise<void> => {
  const cache = await caches.open(CACHE);
  await cache.put(KEY, Response.json({ userId, language } satisfies About));
};

/** What the app has told last; nobody, in Russian, before it has. */
export const readAbout = async (): Promise<About> => {
  const kept = await (await caches.open(CACHE)).match(KEY);
  return kept ? await kept.json() : { userId: '', language: 'ru' };
};
