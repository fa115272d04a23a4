import { showToast } from '../parts/toast.tsx';
import { client } from './client.ts';
import { myId } from './session.ts';
import { language, words } from './words.ts';

const ADDRESS = '/service-worker.js';

/** How often a page that stays open asks for a new version, in milliseconds. */
const ASK_MS = 3_600_000;

/** The address as Trusted Types want it: this policy lets through that one alone. */
const scriptUrl = (): string => {
  const { trustedTypes } = globalThis as {
    trustedTypes?: {
      createPolicy(
        name: string,
        rules: { createScriptURL(url: string): string },
      ): { createScriptURL(url: string): unknown };
    };
  };
  const createScriptURL = (url: string): string => {
    if (url !== ADDRESS) throw new TypeError('Another script than the service worker');
    return url;
  };
  if (!trustedTypes) return ADDRESS;
  const policy = trustedTypes.createPolicy('aist-worker', { createScriptURL });
  return policy.createScriptURL(ADDRESS) as string;
};

/** Offers a new version, once it has been loaded beside this one. */
const offerUpdate = (waiting: ServiceWorker): void => {
  const { frame } = words.get();
  showToast({
    text: frame.updated,
    stays: true,
    action: { label: frame.update, run: () => waiting.postMessage('take-over') },
  });
};

const watchUpdates = (registration: ServiceWorkerRegistration): void => {
  if (registration.waiting && navigator.serviceWorker.controller) offerUpdate(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const fresh = registration.installing;
    fresh?.addEventListener('statechange', () => {
      // Without a controller it is the first one, and there is nothing to update.
      if (fresh.state === 'installed' && navigator.serviceWorker.controller) offerUpdate(fresh);
    });
  });
  setInterval(() => void registration.update().catch(() => undefined), ASK_MS);
};

/** Tells the worker who is signed in and in which language, for its notifications. */
const tellWorker = (registration: ServiceWorkerRegistration): void => {
  const tell = () =>
    (registration.active ?? registration.installing)?.postMessage({
      userId: myId(),
      language: language.get(),
    });
  client.session.subscribe(tell);
  language.subscribe(tell);
};

/**
 * Starts the service worker: the app then opens without a network, and hears pushes.
 *
 * @param route goes to an address, when a notification was pressed
 */
export const startServiceWorker = async (route: (path: string) => void): Promise<void> => {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  let had = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    // The first worker takes over a page that is of its own version.
    if (had) location.reload();
    had = true;
  });
  serviceWorker.addEventListener('message', ({ data }) => {
    if (typeof data?.open === 'string') route(data.open);
  });
  const registration = await serviceWorker.register(scriptUrl()).catch(() => undefined);
  if (!registration) return;
  watchUpdates(registration);
  tellWorker(registration);
};
