import { base64url } from 'jose';
import { QR_ROOM, qrRoomExpiry } from '../contract/sockets/qr.ts';
import { drawRandomText } from '../platform/random.ts';
import type { JwtSecrets } from '../session/token.ts';

const utf8 = new TextEncoder();

/** The keys of secrets that were used already: deriving one costs more than using it. */
const keys = new Map<string, Promise<CryptoKey>>();

/** Derives the key of a secret for room ids, once. */
const roomKeyOf = (secret: string): Promise<CryptoKey> => {
  const known = keys.get(secret);
  if (known) return known;
  const key = deriveKey(secret);
  keys.set(secret, key);
  return key;
};

/**
 * Derives a key for room ids alone, so that no room id can be a token or the reverse (RFC 5869).
 */
const deriveKey = async (secret: string): Promise<CryptoKey> => {
  const material = await crypto.subtle.importKey('raw', utf8.encode(secret), 'HKDF', false, [
    'deriveKey',
  ]);
  const derivation = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: utf8.encode('aist qr room'),
  };
  const use = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  return crypto.subtle.deriveKey(derivation, material, use, false, ['sign', 'verify']);
};

/**
 * Makes the id of a new room. It is signed and has its end in it, so nobody can make one up, and no
 * store has to be asked. The HMAC also makes it a secret of whoever gets it.
 *
 * @param expiresAt milliseconds since 1970; rounded up to seconds
 */
export const createQrRoomId = async ([secret]: JwtSecrets, expiresAt: number): Promise<string> => {
  const signed = `${Math.ceil(expiresAt / 1000).toString(36)}-${drawRandomText(9)}`;
  const mac = await crypto.subtle.sign('HMAC', await roomKeyOf(secret), utf8.encode(signed));
  return `${signed}-${base64url.encode(new Uint8Array(mac))}`;
};

/** Whether a room id was given out by us and its room has not ended. */
export const verifyQrRoomId = async (
  secrets: JwtSecrets,
  id: string,
  now: number,
): Promise<boolean> => {
  const [, , , mac] = QR_ROOM.exec(id) ?? [];
  if (mac === undefined || qrRoomExpiry(id) <= now) return false;
  const bytes = base64url.decode(mac);
  // The last character has two spare bits, with which one room would have four names.
  if (base64url.encode(bytes) !== mac) return false;
  const signed = utf8.encode(id.slice(0, -mac.length - 1));
  for (const secret of secrets) {
    if (await crypto.subtle.verify('HMAC', await roomKeyOf(secret), new Uint8Array(bytes), signed))
      return true;
  }
  return false;
};
