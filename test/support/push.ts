import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { PostedPush } from '../../dev/push/server.ts';
import { PushPayload } from '../../src/contract/push.ts';
import type { Answer, Api } from './client.ts';
import { stack } from './stack.ts';

/** A push as a browser gets it, with what it was posted with. */
export interface ReceivedPush extends Omit<PostedPush, 'body'> {
  readonly payload: PushPayload;
}

/** A browser that has subscribed at the stand-in, with its keys. */
export interface Browser {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** What was pushed to it so far, decrypted, in order. */
  pushes(): Promise<ReceivedPush[]>;
  /** Unsubscribes at the stand-in, which answers 410 from then on. */
  leave(): Promise<void>;
  /** Has the stand-in answer something else to the next pushes. */
  fail(fault: {
    readonly times?: number;
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly hang?: number;
  }): Promise<void>;
}

const hkdf = (salt: Buffer, secret: Buffer, info: Buffer, length: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length));

/** The length of the header of a body: salt, size of a record, length and value of the key. */
const HEADER = 16 + 4 + 1 + 65;

/** Decrypts a body as RFC 8291 §4 and RFC 8188 say, with the keys of the browser. */
const decrypt = (body: Buffer, ecdh: ReturnType<typeof createECDH>, auth: Buffer): string => {
  const [salt, serverKey] = [body.subarray(0, 16), body.subarray(21, HEADER)];
  expect([body.readUInt32BE(16), body[20]]).toEqual([4096, 65]);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), serverKey]);
  const secret = hkdf(auth, ecdh.computeSecret(serverKey), info, 32);
  const key = hkdf(salt, secret, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = hkdf(salt, secret, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(body.subarray(-16));
  const padded = Buffer.concat([decipher.update(body.subarray(HEADER, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  expect(padded[end], 'the delimiter of the last record').toBe(2);
  return padded.subarray(0, end).toString();
};

/**
 * Makes a browser that has subscribed.
 *
 * @param publicKey the server's key; the stack's when absent
 */
export const newBrowser = async (
  publicKey = String(stack.settings.VAPID_PUBLIC_KEY),
): Promise<Browser> => {
  const ecdh = createECDH('prime256v1');
  const auth = randomBytes(16);
  const keys = { p256dh: ecdh.generateKeys('base64url'), auth: auth.toString('base64url') };
  const root = `${stack.pushUrl}/_/subscriptions`;
  const post = (url: string, body: object) =>
    fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { endpoint } = (await (await post(root, { publicKey })).json()) as { endpoint: string };
  const own = `${root}/${endpoint.split('/').at(-1)}`;
  return {
    endpoint,
    keys,
    pushes: async () => {
      const posted = (await (await fetch(own)).json()) as PostedPush[];
      return posted.map(({ body, ...rest }) => {
        const text = decrypt(Buffer.from(body, 'base64'), ecdh, auth);
        return { ...rest, payload: PushPayload.parse(JSON.parse(text)) };
      });
    },
    leave: async () => void (await fetch(own, { method: 'DELETE' })),
    fail: async (fault) => void (await post(`${own}/fail`, fault)),
  };
};

/** Subscribes a session as a browser. */
export const subscribe = (
  api: Api,
  token: string,
  { endpoint, keys }: Pick<Browser, 'endpoint' | 'keys'>,
  publicKey: unknown = stack.settings.VAPID_PUBLIC_KEY,
): Promise<Answer> =>
  api.send('PUT', '/api/push/subscription', { token, body: { endpoint, keys, publicKey } });

/** A browser to which a session is subscribed. */
export const subscribedBrowser = async (api: Api, token: string): Promise<Browser> => {
  const browser = await newBrowser();
  expect((await subscribe(api, token, browser)).status).toBe(200);
  return browser;
};

/** Waits for the pushes of these kinds, in this order and no others. */
export const untilPushed = async (
  browser: Browser,
  kinds: readonly PushPayload['kind'][],
): Promise<ReceivedPush[]> => {
  await expect
    .poll(async () => (await browser.pushes()).map(({ payload }) => payload.kind))
    .toEqual(kinds);
  return browser.pushes();
};
