import type { Settings } from './settings.ts';

/**
 * How many times the limit of an IPv6 /64 an IPv4 address gets [A20]: one household has a /64,
 * while carriers put thousands of people behind one IPv4 address.
 */
export const IPV4_FACTOR = 10;

/**
 * Computes how often an address may do something; 0 = as often as it likes.
 *
 * @param address an address from `addressOf`
 * @param limit the limit of an IPv6 /64
 */
export const limitForAddress = (
  { ADDRESS_LIMITS }: Pick<Settings, 'ADDRESS_LIMITS'>,
  address: string,
  limit: number,
): number => {
  if (!ADDRESS_LIMITS) return 0;
  return address.includes('.') ? limit * IPV4_FACTOR : limit;
};
