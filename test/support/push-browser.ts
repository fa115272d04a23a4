import type { PushRegistration } from '../../client/src/push.ts';
import type { Browser } from './push.ts';
import { newBrowser } from './push.ts';

/** What a person answers when their browser asks whether a page may push. */
type Will = 'granted' | 'denied' | 'default';

/** A browser whose push service is the stand-in, as a page sees it. */
export interface PushBrowser {
  readonly registration: PushRegistration;
  /** The subscription that it has at the stand-in. */
  subscribed(): Browser | undefined;
  /** How often the person was asked. */
  asked(): number;
  /** Has the browser refuse to subscribe, with an error of this name. */
  refuse(name: string): void;
}

const toBytes = (key: string) => new Uint8Array(Buffer.from(key, 'base64url')).buffer;

/**
 * Makes a browser, whose `Notification` is the one of this process from then on. Like a real one it
 * refuses to subscribe with another key while it has a subscription.
 *
 * @param will what the person answers; `permission` is what they have said before
 */
export const pushBrowser = (will: Will, permission: Will = 'default'): PushBrowser => {
  let current: { browser: Browser; key: string } | undefined;
  let times = 0;
  let refusal: string | undefined;
  const notification = {
    permission,
    requestPermission: async () => {
      if (notification.permission === 'default') {
        times += 1;
        notification.permission = will;
      }
      return notification.permission;
    },
  };
  Object.assign(globalThis, { Notification: notification });

  const shown = ({ browser, key }: NonNullable<typeof current>) => ({
    options: { applicationServerKey: toBytes(key), userVisibleOnly: true },
    toJSON: () => ({ endpoint: browser.endpoint, expirationTime: null, keys: browser.keys }),
    unsubscribe: async () => {
      await browser.leave();
      current = undefined;
      return true;
    },
  });
  const pushManager = {
    getSubscription: async () => (current ? shown(current) : null),
    subscribe: async ({ applicationServerKey: key }: { applicationServerKey: string }) => {
      if (refusal) throw new DOMException('Refused', refusal);
      if (current && current.key !== key) throw new DOMException('Other key', 'InvalidStateError');
      current ??= { browser: await newBrowser(key), key };
      return shown(current);
    },
  };
  return {
    registration: { pushManager } as unknown as PushRegistration,
    subscribed: () => current?.browser,
    asked: () => times,
    refuse: (name) => {
      refusal = name;
    },
  };
};

/** Takes the `Notification` of this process away again, as where there are no pushes. */
export const withoutNotification = (): void => {
  Reflect.deleteProperty(globalThis, 'Notification');
};
