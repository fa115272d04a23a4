import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the app may use of a device; everything else is off for it and for whatever it shows. */
const ALLOWED = ['camera', 'display-capture', 'microphone', 'autoplay', 'fullscreen'].concat([
  'picture-in-picture',
  'screen-wake-lock',
  'speaker-selection',
]);
const FORBIDDEN = ['accelerometer', 'geolocation', 'gyroscope', 'hid', 'magnetometer']
  .concat(['midi', 'payment', 'publickey-credentials-get', 'serial', 'usb', 'xr-spatial-tracking'])
  .concat(['identity-credentials-get', 'idle-detection', 'local-fonts', 'browsing-topics']);

/**
 * Where sockets lead: this host, or the rooms of a host of their own (ROOMS_URL).
 *
 * @param {string | undefined} rooms
 */
const connections = (rooms) => {
  if (!rooms) return "'self'";
  const { origin } = new URL(rooms);
  return `'self' ${origin} ${origin.replace(/^http/, 'ws')}`;
};

/**
 * The policy of the app: nothing is loaded, run or sent but what it names.
 *
 * @param {{ script: string, style: string }} hashes of what stands in the page itself
 */
const policy = ({ script, style }) =>
  [
    "default-src 'none'",
    `script-src 'self' ${script}`,
    `style-src 'self' ${style}`,
    "img-src 'self' data: blob: https:",
    "media-src 'self' blob:",
    "font-src 'self'",
    `connect-src ${connections(process.env.ROOMS_URL)}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types aist-worker',
  ].join('; ');

/**
 * Writes the headers that Cloudflare gives to each asset.
 *
 * @param {string} assets
 */
export const writeHeaders = (assets) => {
  const hashes = JSON.parse(readFileSync(join(assets, '..', 'app-hashes.json'), 'utf8'));
  const permissions = [
    ...ALLOWED.map((name) => `${name}=(self)`),
    ...FORBIDDEN.map((name) => `${name}=()`),
  ].join(', ');
  const text = `/*
  Content-Security-Policy: ${policy(hashes)}
  Permissions-Policy: ${permissions}
  Referrer-Policy: no-referrer
  X-Content-Type-Options: nosniff
  Strict-Transport-Security: max-age=15552000; includeSubDomains
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Resource-Policy: same-origin
/app/*
  Cache-Control: public, max-age=31536000, immutable
`;
  const file = join(assets, '_headers');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
};
