import type { Settings } from './settings.ts';

/**
 * How many times the limit of an IPv6 /64 an IPv4 address has: one household has the former, while
 * carriers put thousands of people behind the latter.
 */
export const IPV4_FACTOR = 10;

/**
 * How often an address may do something; 0 = as often as it likes.
 *
 * @param address as `clientAddress` gives it
 * @param limit that of an IPv6 /64
 */
export const limitForAddress = (
  { ADDRESS_LIMITS }: Pick<Settings, 'ADDRESS_LIMITS'>,
  address: string,
  limit: number,
): number => {
  if (!ADDRESS_LIMITS) return 0;
  return address.includes('.') ? limit * IPV4_FACTOR : limit;
};
