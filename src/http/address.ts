import type { Context } from 'hono';
import { distinctRemoteAddr, expandIPv6 } from 'hono/utils/ipaddr';

/**
 * The address that limits count for: an IPv4 address, or the first 64 bits of an IPv6 address, since one customer has all the rest.
 *
 * Cloudflare sets CF-Connecting-IP itself, whatever the client sends. Requests without a usable one share one address.
 */
export const clientAddress = (c: Context): string => {
  const given = c.req.header('CF-Connecting-IP')?.trim() ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(given)?.[1];
  if (mapped) return mapped;
  switch (distinctRemoteAddr(given)) {
    case 'IPv4':
      return given;
    case 'IPv6':
      return expandIPv6(given).split(':').slice(0, 4).join(':').toLowerCase();
    default:
      return 'unknown';
  }
};
