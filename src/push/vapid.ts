import { base64url, importJWK, SignJWT } from 'jose';
import type { Settings } from '../platform/settings.ts';

/** What pushes are signed with. */
export interface Vapid {
  /** The key that browsers subscribe with, in base64url. */
  readonly publicKey: string;
  /**
   * Signs for a push service (RFC 8292): the value of the header `Authorization`.
   *
   * @param endpoint the address of a subscription there
   * @param now milliseconds since 1970
   */
  authorize(endpoint: string, now: number): Promise<string>;
}

/** How long a signature holds, in seconds: a push service takes 24 hours at most. */
const TTL_SECONDS = 3_600;

/** The 32 bytes of a coordinate in a point, whose first byte is its form, as base64url. */
const coordinateOf = (publicKey: string, from: number): string =>
  base64url.encode(base64url.decode(publicKey).slice(from, from + 32));

/** Creates what pushes are signed with; undefined where no keys are set: nothing is pushed. */
export const createVapid = (
  settings: Pick<Settings, 'VAPID_PUBLIC_KEY' | 'VAPID_PRIVATE_KEY' | 'VAPID_SUBJECT'>,
): Vapid | undefined => {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: d, VAPID_SUBJECT: subject } = settings;
  if (!publicKey || !d || !subject) return undefined;
  const [x, y] = [coordinateOf(publicKey, 1), coordinateOf(publicKey, 33)];
  let key: ReturnType<typeof importJWK> | undefined;
  return {
    publicKey,
    authorize: async (endpoint, now) => {
      key ??= importJWK({ kty: 'EC', crv: 'P-256', x, y, d }, 'ES256');
      const token = await new SignJWT()
        .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
        .setAudience(new URL(endpoint).origin)
        .setExpirationTime(Math.floor(now / 1_000) + TTL_SECONDS)
        .setSubject(subject)
        .sign(await key);
      return `vapid t=${token}, k=${publicKey}`;
    },
  };
};
