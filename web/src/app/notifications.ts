import { computed, signal } from '@preact/signals';

/** What this browser can do about notifications. */
export type PushState = 'possible' | 'denied' | 'ios' | 'missing';

const permission = signal(globalThis.Notification?.permission ?? 'default');
const subscribed = signal(false);

/** An iPhone shows notifications for apps on the Home Screen alone. */
const isPlainIos =
  /iPhone|iPad/.test(navigator.userAgent) && !matchMedia('(display-mode: standalone)').matches;

const canPush = 'serviceWorker' in navigator && 'PushManager' in globalThis;

/** What this browser can do about notifications now. */
export const pushState = computed<PushState>(() => {
  if (!canPush || !('Notification' in globalThis)) return isPlainIos ? 'ios' : 'missing';
  return permission.value === 'denied' ? 'denied' : 'possible';
});

/** Whether calls and messages are told on this device while the app is closed. */
export const isPushOn = computed(() => permission.value === 'granted' && subscribed.value);

/** Turns notifications on, which the browser asks about first, or off. */
export const turnPush = async (on: boolean): Promise<void> => {
  if (on) permission.value = await Notification.requestPermission();
  subscribed.value = on && permission.value === 'granted';
};
