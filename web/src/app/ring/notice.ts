import type { Ring } from 'aist-client/inbox';
import { nameOf } from '../names.ts';
import { words } from '../words.ts';

/** How often the title changes while it rings, in milliseconds. */
const BLINK_MS = 1_000;

/** Says in the title of the tab who is calling; returns what ends it. */
export const blinkTitle = (ring: Ring): (() => void) => {
  const said = `📞 ${words.value.calls.ringTitle(nameOf(ring.from))}`;
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

/**
 * Shows a notification of a call while nobody looks at the page; returns what takes it away. The
 * tabs of a browser, and a push, show one of each call.
 */
export const notifyOfRing = (ring: Ring): (() => void) => {
  const { calls: text } = words.value;
  const mayNotify = 'Notification' in globalThis && Notification.permission === 'granted';
  if (!mayNotify || document.visibilityState === 'visible') return () => undefined;
  let isOver = false;
  let plain: Notification | undefined;
  const title = nameOf(ring.from);
  const options = { body: ring.video ? text.videoRing : text.voiceRing, tag: ring.call };
  const show = async () => {
    const worker = await registration();
    if (isOver) return;
    if (worker) await worker.showNotification(title, { ...options, requireInteraction: true });
    else {
      plain = new Notification(title, options);
      plain.onclick = () => window.focus();
    }
  };
  show().catch(() => undefined);
  return () => {
    isOver = true;
    plain?.close();
    registration()
      .then((worker) => worker?.getNotifications({ tag: ring.call }))
      .then((shown) => {
        for (const one of shown ?? []) one.close();
      })
      .catch(() => undefined);
  };
};
