import { encryptNotification } from '@block65/webcrypto-web-push';
import { base64url } from 'jose';
import type { PushPayload } from '../contract/push.ts';
import { readPushEndpoint } from '../platform/push-services.ts';
import type { Settings } from '../platform/settings.ts';
import type { Subscription } from './store.ts';
import type { Vapid } from './vapid.ts';

/** A push, as all browsers of a user get it. */
export interface Push {
  readonly payload: PushPayload;
  /** For how long the push service keeps it for a browser that is away, in seconds. */
  readonly ttl: number;
  readonly urgency: 'high' | 'normal';
  /** What it replaces, if that was not delivered yet: 32 characters of base64url at most. */
  readonly topic: string;
}

/** What a push service needs to know of who sends. */
export interface Sender {
  readonly settings: Pick<Settings, 'PUSH_SERVICES'>;
  readonly vapid: Vapid;
  readonly now: number;
  /** Gives the push up. */
  readonly stop: AbortSignal;
}

/**
 * What became of a push: `gone`: there is no such subscription any more · `later`: it may be tried
 * again · `refused`: it would be refused another time too, with the status that was answered.
 */
export type PushOutcome =
  | { readonly outcome: 'sent' | 'gone' }
  | { readonly outcome: 'later'; readonly retryAfterMs: number }
  | { readonly outcome: 'refused'; readonly status: number };

/** How long one push service may take to answer, in milliseconds. */
const TIMEOUT_MS = 4_000;

const GONE = [404, 410];

/** Reads the header `Retry-After`, as milliseconds: dates are not read, since clocks differ. */
const readRetryAfter = (answer: Response): number => {
  const seconds = answer.headers.get('Retry-After') ?? '';
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : 0;
};

const toOutcome = (answer: Response): PushOutcome => {
  const { ok, status } = answer;
  if (ok) return { outcome: 'sent' };
  if (GONE.includes(status)) return { outcome: 'gone' };
  if (status === 429 || status >= 500)
    return { outcome: 'later', retryAfterMs: readRetryAfter(answer) };
  return { outcome: 'refused', status };
};

/** Whether a text is a key to encrypt for: a point of 65 bytes that is on the curve. */
export const isEncryptionKey = async (p256dh: string): Promise<boolean> => {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const point = new Uint8Array(base64url.decode(p256dh));
  return crypto.subtle.importKey('raw', point, curve, false, []).then(
    () => true,
    () => false,
  );
};

/**
 * Posts a push to one subscription, encrypted for its browser alone (RFC 8291). Redirects are not
 * followed, and the body of the answer is not read: a client named the address [P3].
 */
export const sendPush = async (
  { settings, vapid, now, stop }: Sender,
  { endpoint, p256dh, auth }: Subscription,
  { payload, ttl, urgency, topic }: Push,
): Promise<PushOutcome> => {
  if (readPushEndpoint(settings.PUSH_SERVICES, endpoint) !== endpoint)
    return { outcome: 'refused', status: 0 };
  const plain = new TextEncoder().encode(JSON.stringify(payload));
  const keys = { p256dh, auth };
  const body = await encryptNotification({ endpoint, expirationTime: null, keys }, plain);
  const headers = {
    Authorization: await vapid.authorize(endpoint, now),
    'Content-Encoding': 'aes128gcm',
    'Content-Type': 'application/octet-stream',
    TTL: String(ttl),
    Urgency: urgency,
    Topic: topic,
  };
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const request = { method: 'POST', headers, body, redirect: 'manual', signal } as const;
    const answer = await fetch(endpoint, request);
    await answer.body?.cancel();
    return toOutcome(answer);
  } catch {
    return { outcome: 'later', retryAfterMs: 0 };
  }
};
