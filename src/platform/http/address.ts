import type { Context } from 'hono';
import { expandIPv6 } from 'hono/utils/ipaddr';
import * as z from 'zod';

// A schema is made once: making it costs fifty times what it takes to use it.
const Ipv4 = z.ipv4();
const Ipv6 = z.ipv6();

/**
 * Finds the address that limits count for: an IPv4 address, or the first 64 bits of an IPv6
 * address, since one customer has all the rest [H21].
 *
 * Cloudflare sets CF-Connecting-IP itself, whatever the client sends. Requests without a usable one
 * share the address `unknown`.
 */
export const addressOf = (c: Context): string => {
  const given = c.req.header('CF-Connecting-IP')?.trim() ?? '';
  const ipv4 = given.replace(/^::ffff:(?=\d+\.)/i, '');
  if (Ipv4.safeParse(ipv4).success) return ipv4;
  if (Ipv6.safeParse(given).success)
    return expandIPv6(given).split(':').slice(0, 4).join(':').toLowerCase();
  return 'unknown';
};
