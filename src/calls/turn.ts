import * as z from 'zod';
import type { IceServer } from '../contract/http/calls.ts';
import type { Settings } from '../platform/settings.ts';

/** STUN and TURN servers for one user. */
export interface Ice {
  readonly iceServers: IceServer[];
  /** When the credentials end, in milliseconds since 1970. */
  readonly until?: number;
  /** The credential's name, where it can be revoked. */
  readonly revocable?: string;
}

/** How long a request waits for Cloudflare, in milliseconds: a call works without TURN too. */
const TIMEOUT_MS = 1_500;

const Generated = z.object({
  iceServers: z.array(
    z.object({
      urls: z.union([z.array(z.string()), z.string().transform((one) => [one])]),
      username: z.string().exactOptional(),
      credential: z.string().exactOptional(),
    }),
  ),
});

/** Asks Cloudflare's API of TURN keys (developers.cloudflare.com/realtime/turn). */
const askCloudflare = (settings: Settings, path: string, body?: object): Promise<Response> => {
  const { TURN_API_URL: root, TURN_KEY_ID: key = '', TURN_KEY_API_TOKEN: token } = settings;
  return fetch(`${root}/v1/turn/keys/${encodeURIComponent(key)}/credentials/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
};

/** Parses JSON; undefined for anything else, since the parser's error would quote it in the log. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const utf8 = new TextEncoder();

/**
 * Makes a credential by the convention of coturn (draft-uberti-behave-turn-rest-00 §2.2):
 * `<expiry, seconds since 1970>:<user>`, and its HMAC-SHA-1.
 *
 * @param until when it ends, in milliseconds since 1970
 */
export const signCredential = async (secret: string, userId: string, until: number) => {
  const username = `${Math.floor(until / 1000)}:${userId}`;
  const hmac = { name: 'HMAC', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('raw', utf8.encode(secret), hmac, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, utf8.encode(username));
  return { username, credential: btoa(String.fromCharCode(...new Uint8Array(mac))) };
};

/** Answers STUN servers alone, when TURN fails or is not configured. */
export const listStunServers = ({ STUN_URLS }: Settings): Ice => ({
  iceServers: STUN_URLS.length > 0 ? [{ urls: STUN_URLS }] : [],
});

/** Says whether TURN is configured. */
export const hasTurn = ({ TURN_KEY_ID, TURN_SECRET }: Settings): boolean =>
  TURN_KEY_ID !== undefined || TURN_SECRET !== undefined;

/**
 * Makes the list of configured STUN and TURN servers, with a new credential for the user.
 *
 * @param now milliseconds since 1970
 * @throws when Cloudflare is configured and gives no credential in time
 */
export const generateIce = async (
  settings: Settings,
  userId: string,
  now: number,
): Promise<Ice> => {
  const { TURN_KEY_ID, TURN_URLS, TURN_SECRET, TURN_TTL_SECONDS } = settings;
  const until = now + TURN_TTL_SECONDS * 1000;
  const stun = listStunServers(settings);
  if (TURN_SECRET) {
    const turn = { urls: TURN_URLS, ...(await signCredential(TURN_SECRET, userId, until)) };
    return { iceServers: [...stun.iceServers, turn], until };
  }
  if (!TURN_KEY_ID) return stun;
  const answer = await askCloudflare(settings, 'generate-ice-servers', { ttl: TURN_TTL_SECONDS });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Cloudflare answered ${answer.status}`);
  const generated = Generated.safeParse(parseJson(text));
  const revocable = generated.data?.iceServers.find(({ username }) => username)?.username;
  if (!generated.success || !revocable) throw new Error('Cloudflare gave no credential');
  return { iceServers: generated.data.iceServers, until, revocable };
};

/**
 * Revokes a credential that Cloudflare gave.
 *
 * @throws when Cloudflare does not confirm that the credential is gone
 */
export const revokeCredential = async (settings: Settings, username: string): Promise<void> => {
  if (!settings.TURN_KEY_ID) return;
  const { ok, status, body } = await askCloudflare(
    settings,
    `${encodeURIComponent(username)}/revoke`,
  );
  await body?.cancel();
  if (!ok && status !== 404) throw new Error(`Cloudflare answered ${status}`);
};
