import { base64url } from 'jose';
import { hmacKeyOf } from '../../src/platform/hmac.ts';

/** How long a signed request is good for, in milliseconds. */
const VALID_MS = 30_000;

/** The header that carries `<expiry, milliseconds since 1970>.<HMAC-SHA-256, base64url>`. */
export const SIGNATURE = 'X-AIST-Signature';

/** The header that says who enters a room, as JSON in base64url; signed with the rest. */
export const ENTRANT = 'X-AIST-Entrant';

/** The secrets of requests between the Worker and the rooms; the first is the one that signs. */
export type RoomSecrets = readonly [string, ...string[]];

const utf8 = new TextEncoder();

/** The text that is signed; no JWT begins like it, so the secret of tokens may be used here. */
const encodeSigned = (parts: readonly string[]) => utf8.encode(['aist rooms', ...parts].join('\n'));

/**
 * Signs a request between the Worker and the rooms: the headers that it needs.
 *
 * `target` is `<party>/<id>` of the room that it goes to, or `worker`; `now` is in milliseconds
 * since 1970. The signature is good for {@link VALID_MS}.
 */
export const sign = async (
  [secret]: RoomSecrets,
  { target, entrant, body = '' }: { target: string; entrant?: object; body?: string },
  now: number,
): Promise<Record<string, string>> => {
  const expiry = String(now + VALID_MS);
  const who = entrant ? base64url.encode(JSON.stringify(entrant)) : '';
  const mac = await crypto.subtle.sign(
    'HMAC',
    await hmacKeyOf(secret),
    encodeSigned([target, expiry, who, body]),
  );
  const signature = { [SIGNATURE]: `${expiry}.${base64url.encode(new Uint8Array(mac))}` };
  return entrant ? { ...signature, [ENTRANT]: who } : signature;
};

/** A request with a good signature: who enters, as it was given to {@link sign}. */
export interface Verified {
  readonly entrant: unknown;
}

/** Verifies in constant time that a request was signed lately for this target. */
export const verify = async (
  secrets: RoomSecrets,
  { target, headers, body = '' }: { target: string; headers: Headers; body?: string },
  now: number,
): Promise<Verified | undefined> => {
  const [, expiry = '', mac = ''] =
    /^(\d{1,15})\.([\w-]{43})$/.exec(headers.get(SIGNATURE) ?? '') ?? [];
  const left = Number(expiry) - now;
  // An expiry further away than clocks can differ was made by nobody.
  if (!expiry || left <= 0 || left > 2 * VALID_MS) return undefined;
  const who = headers.get(ENTRANT) ?? '';
  const bytes = new Uint8Array(base64url.decode(mac));
  const text = encodeSigned([target, expiry, who, body]);
  for (const secret of secrets) {
    if (!(await crypto.subtle.verify('HMAC', await hmacKeyOf(secret), bytes, text))) continue;
    return {
      entrant: who ? JSON.parse(new TextDecoder().decode(base64url.decode(who))) : undefined,
    };
  }
  return undefined;
};

/**
 * The secrets of rooms. Rooms that live elsewhere have a secret of their own and never see those of
 * tokens; in the Worker both are the same and are changed in the same two steps.
 *
 * @param env bindings or settings
 */
export const roomSecrets = (env: object): RoomSecrets => {
  const of = (name: string): string[] => {
    const value: unknown = Reflect.get(env, name);
    return typeof value === 'string' && value !== '' ? [value] : [];
  };
  const own = of('ROOMS_SECRET');
  const [first, ...others] =
    own.length > 0 ? own : [...of('JWT_SECRET'), ...of('JWT_SECRET_PREVIOUS')];
  if (first === undefined) throw new Error('Rooms need ROOMS_SECRET, or JWT_SECRET');
  return [first, ...others];
};
