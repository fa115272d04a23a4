import type { Client } from './client.ts';
import type { PushPayload } from './contract.ts';

export type { PushPayload };

/**
 * Whether this browser gets pushes. `unsupported`: it cannot, or its push service is not known to
 * the server · `off`: the server pushes nothing · `denied`: the person said no, which only they can
 * change, in the browser's settings · `default`: nobody has asked them · `paused`: they have said
 * yes, and there is no subscription · `stale`: the subscription was made with a former key of the
 * server · `granted`: they have said yes, and there is a subscription.
 */
export type PushState =
  | 'unsupported'
  | 'off'
  | 'denied'
  | 'default'
  | 'paused'
  | 'stale'
  | 'granted';

/** What came of {@link enablePush}. `no_service`: the browser does not reach its push service. */
export type PushEnabled = 'granted' | 'denied' | 'default' | 'unsupported' | 'off' | 'no_service';

/** A service worker's registration, as far as pushes need it. */
export type PushRegistration = Pick<ServiceWorkerRegistration, 'pushManager'>;

/** What the person has said; undefined where the browser has no pushes. */
const readPermission = (registration: PushRegistration | undefined) => {
  const { Notification } = globalThis;
  // A page of an iPhone has neither before it is on the home screen.
  return Notification && registration?.pushManager ? Notification.permission : undefined;
};

const currentRegistration = async (): Promise<PushRegistration | undefined> =>
  globalThis.navigator?.serviceWorker?.getRegistration();

/** The server's key; undefined when it pushes nothing. */
const readKey = async (client: Client): Promise<string | undefined> => {
  const tried = await client.attempt('getPushKey');
  if (tried.ok) return tried.answer.publicKey;
  if (tried.error.code === 'push_off') return undefined;
  throw tried.error;
};

const toBase64Url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const hasKey = ({ options }: PushSubscription, publicKey: string): boolean =>
  options.applicationServerKey !== null && toBase64Url(options.applicationServerKey) === publicKey;

/**
 * Reads whether this browser gets pushes. It asks the person nothing.
 *
 * @param registration the service worker's; that of this page when absent
 * @throws {AistError} when the server does not answer
 */
export const readPushState = async (
  client: Client,
  registration?: PushRegistration,
): Promise<PushState> => {
  const worker = registration ?? (await currentRegistration());
  const permission = readPermission(worker);
  if (!worker || !permission) return 'unsupported';
  if (permission === 'denied') return 'denied';
  const publicKey = await readKey(client);
  if (publicKey === undefined) return 'off';
  if (permission === 'default') return 'default';
  const subscription = await worker.pushManager.getSubscription();
  if (!subscription) return 'paused';
  return hasKey(subscription, publicKey) ? 'granted' : 'stale';
};

/**
 * Subscribes this session to pushes. It asks the person, if nobody has asked them yet, so call it
 * when they press something. Where they have said yes it asks nothing: call it at each start of the
 * app, and after each sign-in, when {@link readPushState} says `granted` or `stale`. It subscribes
 * again if the key of the server has changed.
 *
 * @throws {AistError} when the server refuses it or does not answer
 */
export const enablePush = async (
  client: Client,
  registration: PushRegistration,
): Promise<PushEnabled> => {
  if (!readPermission(registration)) return 'unsupported';
  // It comes before all requests, since browsers ask only right after something was pressed.
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return permission;
  return subscribe(client, registration);
};

/**
 * Makes the subscription with the present key, and tells the server.
 *
 * @param again whether it was refused, since the key had just changed
 */
const subscribe = async (
  client: Client,
  registration: PushRegistration,
  again = false,
): Promise<PushEnabled> => {
  const { pushManager } = registration;
  const publicKey = await readKey(client);
  if (publicKey === undefined) return 'off';
  const known = await pushManager.getSubscription();
  // A browser refuses to subscribe with another key while it has a subscription.
  if (known && !hasKey(known, publicKey)) await known.unsubscribe();
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  const subscription = await pushManager.subscribe(options).catch(toRefusal);
  if (typeof subscription === 'string') return subscription;
  const { endpoint = '', keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON();
  const given = { endpoint, keys: { p256dh, auth }, publicKey };
  const tried = await client.attempt('subscribeToPush', given);
  if (tried.ok) return 'granted';
  const { code } = tried.error;
  if (code === 'push_off') return 'off';
  if (code === 'push_key_changed' && !again) return subscribe(client, registration, true);
  if (code !== 'push_service_unknown') throw tried.error;
  await subscription.unsubscribe();
  return 'unsupported';
};

/** What a browser's error says: the person took their yes back, or there is no push service. */
const toRefusal = (error: unknown): 'denied' | 'no_service' => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError') return 'denied';
  if (name === 'AbortError' || name === 'NetworkError') return 'no_service';
  throw error;
};

/**
 * Ends the pushes to this browser. Call it before the person signs out. When the server does not
 * hear of it, the browser's push service tells it with the next push.
 */
export const disablePush = async (
  client: Client,
  registration: PushRegistration,
): Promise<void> => {
  const subscription = await registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
  await client.attempt('unsubscribeFromPush');
};
