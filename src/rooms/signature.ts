import { base64url } from 'jose';

/** How long a signed request is good for, in milliseconds. */
const VALID_MS = 30_000;

/** The header that carries `<expiry, milliseconds since 1970>.<HMAC-SHA-256, base64url>`. */
export const SIGNATURE = 'X-AIST-Signature';

/** The header that says who enters a room, as JSON in base64url; signed with the rest. */
export const ENTRANT = 'X-AIST-Entrant';

const utf8 = new TextEncoder();
const keys = new Map<string, Promise<CryptoKey>>();

const keyOf = (secret: string): Promise<CryptoKey> => {
  const known = keys.get(secret);
  if (known) return known;
  const key = crypto.subtle.importKey('raw', utf8.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);
  keys.set(secret, key);
  return key;
};

/** What is signed. It begins like no JWT does, so the secret of tokens may be the one here. */
const signed = (target: string, expiry: string, entrant: string, body: string) =>
  utf8.encode(['aist rooms', target, expiry, entrant, body].join('\n'));

/**
 * The headers of a request between the Worker and the rooms.
 *
 * @param target `<party>/<id>` of the room that it goes to, or `worker`
 * @param now milliseconds since 1970
 */
export const sign = async (
  secret: string,
  target: string,
  { entrant, body = '' }: { entrant?: object; body?: string },
  now: number,
): Promise<Record<string, string>> => {
  const expiry = String(now + VALID_MS);
  const who = entrant ? base64url.encode(JSON.stringify(entrant)) : '';
  const mac = await crypto.subtle.sign('HMAC', await keyOf(secret), signed(target, expiry, who, body));
  const signature = { [SIGNATURE]: `${expiry}.${base64url.encode(new Uint8Array(mac))}` };
  return entrant ? { ...signature, [ENTRANT]: who } : signature;
};

/** A request that was signed: who enters, as it was given to {@link sign}. */
export interface Verified {
  readonly entrant: unknown;
}

/** Whether a request was signed for this target, and lately; undefined when not. Compares in constant time. */
export const verify = async (
  secret: string,
  target: string,
  { headers, body = '' }: { headers: Headers; body?: string },
  now: number,
): Promise<Verified | undefined> => {
  const [, expiry = '', mac = ''] = /^(\d{1,15})\.([\w-]{43})$/.exec(headers.get(SIGNATURE) ?? '') ?? [];
  const left = Number(expiry) - now;
  // Clocks are together to far less than that.
  if (!expiry || left <= 0 || left > 2 * VALID_MS) return undefined;
  const who = headers.get(ENTRANT) ?? '';
  const bytes = new Uint8Array(base64url.decode(mac));
  const right = await crypto.subtle.verify('HMAC', await keyOf(secret), bytes, signed(target, expiry, who, body));
  if (!right) return undefined;
  return { entrant: who ? JSON.parse(new TextDecoder().decode(base64url.decode(who))) : undefined };
};

/**
 * The secret of requests between the Worker and the rooms. Rooms that live elsewhere have one of their own and never see the secret of tokens.
 *
 * @param env bindings or settings
 */
export const roomsSecret = (env: object): string => {
  const given: unknown = Reflect.get(env, 'ROOMS_SECRET') || Reflect.get(env, 'JWT_SECRET');
  if (typeof given !== 'string' || given === '') throw new Error('Rooms need ROOMS_SECRET, or JWT_SECRET');
  return given;
};
