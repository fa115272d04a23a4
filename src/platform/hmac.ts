const utf8 = new TextEncoder();

/**
 * The keys of secrets that were used already: importing one costs more than using it. There are as
 * many as there are secrets in the settings.
 */
const keys = new Map<string, Promise<CryptoKey>>();

/** Imports a secret as a key for HMAC-SHA-256, once. */
export const hmacKeyOf = (secret: string): Promise<CryptoKey> => {
  const known = keys.get(secret);
  if (known) return known;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const bytes = utf8.encode(secret);
  const key = crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify']);
  keys.set(secret, key);
  return key;
};
