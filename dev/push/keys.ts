import { generateKeyPairSync } from 'node:crypto';

/** A pair of keys that pushes are signed with (RFC 8292), in base64url. */
export interface VapidKeys {
  /** An uncompressed point of P-256. */
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Makes a new pair of keys. */
export const makeVapidKeys = (): VapidKeys => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const [first, second] = [x, y].map((coordinate) => Buffer.from(coordinate, 'base64url'));
  if (!first || !second) throw new Error('The key has no point');
  const point = Buffer.concat([Buffer.of(4), first, second]);
  return { publicKey: point.toString('base64url'), privateKey: d };
};
