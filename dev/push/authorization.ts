import { base64url, importJWK, jwtVerify } from 'jose';

/** How long a signature may hold, in seconds (RFC 8292 §2). */
const LONGEST_SECONDS = 86_400;

/** The key of P-256 in an uncompressed point. */
const readPublicKey = (publicKey: string) => {
  const bytes = base64url.decode(publicKey);
  const coordinate = (from: number) => base64url.encode(bytes.slice(from, from + 32));
  return importJWK({ kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) }, 'ES256');
};

/**
 * Whether a push service takes the header `Authorization` of a push (RFC 8292): signed by the key
 * that the browser subscribed with, for this push service, for a day at most, with a contact.
 *
 * @param header `vapid t=<JWT>, k=<public key>`
 */
export const isAuthorized = async (
  header: string | undefined,
  { audience, publicKey }: { readonly audience: string; readonly publicKey: string },
): Promise<boolean> => {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header ?? '') ?? [];
  if (key !== publicKey) return false;
  try {
    const { payload } = await jwtVerify(token, await readPublicKey(key), {
      algorithms: ['ES256'],
      audience,
      requiredClaims: ['exp', 'sub'],
    });
    const { exp = 0, sub = '' } = payload;
    const isShort = exp <= Date.now() / 1_000 + LONGEST_SECONDS;
    return isShort && /^(mailto:|https:)/.test(sub);
  } catch {
    return false;
  }
};
