import { base64url } from 'jose';
import { QR_ROOM, qrRoomExpiry } from '../contract/sockets/qr.ts';
import { randomText } from '../platform/random.ts';
import type { JwtSecrets } from '../session/token.ts';

const utf8 = new TextEncoder();

/** A key for room ids alone, so that nothing signed as one can be a token, or the other way about (RFC 5869). */
const keyOf = async (secret: string): Promise<CryptoKey> => {
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
 * The id of a new room. It says itself that we gave it out and until when, so nobody can open rooms that are not there, and nobody has to be asked. The HMAC
 * also makes it a secret of whoever it is given to.
 *
 * @param expiresAt milliseconds since 1970; rounded up to seconds
 */
export const newQrRoom = async ([secret]: JwtSecrets, expiresAt: number): Promise<string> => {
  const signed = `${Math.ceil(expiresAt / 1000).toString(36)}-${randomText(9)}`;
  const mac = await crypto.subtle.sign('HMAC', await keyOf(secret), utf8.encode(signed));
  return `${signed}-${base64url.encode(new Uint8Array(mac))}`;
};

/** Whether a room was given out by us and has not ended. */
export const isQrRoom = async (secrets: JwtSecrets, id: string, now: number): Promise<boolean> => {
  const [, , , mac] = QR_ROOM.exec(id) ?? [];
  if (mac === undefined || qrRoomExpiry(id) <= now) return false;
  const bytes = base64url.decode(mac);
  // The last character has two bits to spare: one room would have four names.
  if (base64url.encode(bytes) !== mac) return false;
  const signed = utf8.encode(id.slice(0, -mac.length - 1));
  for (const secret of secrets) {
    if (await crypto.subtle.verify('HMAC', await keyOf(secret), new Uint8Array(bytes), signed))
      return true;
  }
  return false;
};
