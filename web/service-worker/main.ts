import { notify } from './notify.ts';
import { keepAbout } from './state.ts';

/** The files of the app, and what this version of them is called; the build puts them in. */
declare const SHELL: readonly string[];
declare const VERSION: string;

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
const CACHE = `aist-shell-${VERSION}`;

/** The addresses that the app's page answers (src/platform/http/app-pages.ts). */
const PAGES = /^\/($|(c|call|settings)\/[^/]+$|(calls|people|qr|settings|sign-in|welcome)$)/;

worker.addEventListener('install', (event) => {
  const fill = async () => {
    const cache = await caches.open(CACHE);
    // What the browser has kept may be of another version.
    await cache.addAll(SHELL.map((path) => new Request(path, { cache: 'reload' })));
  };
  event.waitUntil(fill());
});

worker.addEventListener('activate', (event) => {
  const tidy = async () => {
    const old = (await caches.keys()).filter((name) => /^aist-shell-/.test(name) && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(tidy());
});

/** Answers from the shell, else from the network. */
const answer = async (path: string, request: Request): Promise<Response> => {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
};

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  // The page and its files are of one version: both come from here, or neither does.
  if (request.mode === 'navigate' && PAGES.test(pathname)) event.respondWith(answer('/', request));
  else if (SHELL.includes(pathname)) event.respondWith(answer(pathname, request));
});

worker.addEventListener('message', (event) => {
  const { data } = event;
  if (data === 'take-over') void worker.skipWaiting();
  else if (typeof data?.userId === 'string') event.waitUntil(keepAbout(data));
});

worker.addEventListener('push', (event) => {
  event.waitUntil(notify(worker, event.data?.json()));
});

/** Opens an address in a window that there is, or in a new one. */
const open = async (path: string): Promise<void> => {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const [first] = windows;
  if (!first) return void (await worker.clients.openWindow(path));
  await first.focus();
  first.postMessage({ open: path });
};

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const path: unknown = event.notification.data?.path;
  event.waitUntil(open(typeof path === 'string' ? path : '/'));
});
