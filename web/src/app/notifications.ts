import { createStore } from 'aist-client/index';
import type { PushState } from 'aist-client/push';
import { disablePush, enablePush, readPushState } from 'aist-client/push';
import { client } from './client.ts';

/** What can be done about notifications here. */
export type NotificationState =
  | 'loading'
  | 'on'
  | 'possible'
  | 'denied'
  | 'off'
  | 'ios'
  | 'missing'
  | 'no_service';

/** An iPhone shows notifications for apps on the Home Screen alone. */
const isPlainIos =
  /iPhone|iPad/.test(navigator.userAgent) && !matchMedia('(display-mode: standalone)').matches;

const stateOf = (push: PushState): NotificationState => {
  switch (push) {
    case 'granted':
    case 'stale':
      return 'on';
    case 'default':
    case 'paused':
      return 'possible';
    case 'unsupported':
      return isPlainIos ? 'ios' : 'missing';
    default:
      return push;
  }
};

/** What can be done about notifications in this browser now. */
export const notifications = createStore<NotificationState>('loading');

let worker: ServiceWorkerRegistration | undefined;

/** Reads how it stands; subscribes again where that was wanted before. Asks the person nothing. */
export const readNotifications = async (): Promise<void> => {
  worker = await navigator.serviceWorker?.getRegistration();
  const state = stateOf(await readPushState(client, worker));
  notifications.set(state);
  if (worker && state === 'on') await enablePush(client, worker);
};

/** Turns notifications on, which the browser asks about first, or off. */
export const turnNotifications = async (on: boolean): Promise<void> => {
  if (!worker) return;
  if (!on) await disablePush(client, worker);
  const made = on ? await enablePush(client, worker) : undefined;
  const isMissing = made === 'no_service';
  notifications.set(isMissing ? made : stateOf(await readPushState(client, worker)));
};
