import type { Ring } from 'aist-client/inbox';
import { nameOf } from '../names.ts';
import { words } from '../words.ts';

/** How often the title changes while it rings, in milliseconds. */
const BLINK_MS = 1_000;

/** Says in the title of the tab who is calling; returns what ends it. */
export const blinkTitle = (ring: Ring): (() => void) => {
  const said = `📞 ${words.get().calls.ringTitle(nameOf(ring.from))}`;
  let before = document.title;
  const timer = setInterval(() => {
    if (document.title === said) document.title = before;
    else {
      before = document.title;
      document.title = said;
    }
  }, BLINK_MS);
  document.title = said;
  return () => {
    clearInterval(timer);
    if (document.title === said) document.title = before;
  };
};

/** Who shows notifications: the service worker where there is one, so that phones show them too. */
const registration = async (): Promise<ServiceWorkerRegistration | undefined> =>
  (await navigator.serviceWorker?.getRegistration()) ?? undefined;

/** A push of the same call has it too (web/service-worker/notify.ts): only one is shown. */
const tagOf = (ring: Ring): string => `call-${ring.call}`;

const closeAll = async (tag: string): Promise<void> => {
  const worker = await registration();
  for (const one of (await worker?.getNotifications({ tag })) ?? []) one.close();
};

/**
 * Shows a notification of a call while nobody looks at the page, also when it is left meanwhile;
 * returns what takes it away. The tabs of a browser, and a push, show one of each call.
 */
export const notifyOfRing = (ring: Ring): (() => void) => {
  if (!('Notification' in globalThis)) return () => undefined;
  let isShown = false;
  let isOver = false;
  let plain: Notification | undefined;
  const show = async () => {
    const { calls: text } = words.get();
    const title = nameOf(ring.from);
    const body = ring.video ? text.videoRing : text.voiceRing;
    const options = { body, tag: tagOf(ring), data: { path: `/call/${ring.call}` } };
    const worker = await registration();
    if (isOver) return;
    if (worker) await worker.showNotification(title, { ...options, requireInteraction: true });
    else {
      plain = new Notification(title, options);
      plain.onclick = () => window.focus();
    }
    // It may have ended while the browser was showing it.
    if (isOver) await closeAll(options.tag);
  };
  const look = () => {
    const isSeen = document.visibilityState === 'visible';
    if (isShown || isSeen || Notification.permission !== 'granted') return;
    isShown = true;
    show().catch(() => undefined);
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    isOver = true;
    document.removeEventListener('visibilitychange', look);
    plain?.close();
    if (isShown) closeAll(tagOf(ring)).catch(() => undefined);
  };
};
